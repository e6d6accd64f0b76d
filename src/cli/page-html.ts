import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { CliError } from './cli-error.js'
import type { PageData } from './page-data.js'

/** A page, and the policy that it is to be served with. */
export interface Page {
  readonly html: string
  /** Content-Security-Policy: the same as the page says itself. */
  readonly policy: string
}

/**
 * One page that needs nothing else: its script and style sheet stand in it and are the only ones that its policy lets run. What
 * was logged stands in it as data, and becomes text.
 *
 * @throws CliError when the package was not built completely.
 */
export function createPage(data: PageData, title: string): Page {
  const { script, style } = loadAssets()
  const policy = [
    "default-src 'none'",
    `script-src '${hashOf(script)}'`,
    `style-src '${hashOf(style)}'`,
    ...(data.live ? ["connect-src 'self'"] : []),
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ')
  const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${escapeHtml(policy)}">
<meta name="viewport" content="width=device-width">
<meta name="referrer" content="no-referrer">
<title>${escapeHtml(title)}</title>
<style>${style}</style>
</head>
<body>
<div id="app"><noscript>This page shows traces with JavaScript, of which it holds all that it runs.</noscript></div>
<script type="application/json" id="data">${scriptJson(data)}</script>
<script>${script}</script>
</body>
</html>
`
  return { html, policy }
}

/** JSON in which no sequence ends a script element, begins a comment in it, or ends a line of JavaScript. */
export function scriptJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[<>&\u2028\u2029\ufeff\p{Cs}]/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

/** Text for an element or a quoted attribute. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"'\u0000-\u001f]/g, (character) => `&#${character.charCodeAt(0)};`)
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`
}

let assets: { readonly script: string; readonly style: string } | undefined

function loadAssets(): { readonly script: string; readonly style: string } {
  assets ??= { script: asset('page.js'), style: asset('page.css') }
  return assets
}

function asset(name: string): string {
  try {
    return readFileSync(new URL(import.meta.resolve(`#page/${name}`)), 'utf8').trim()
  } catch (error) {
    throw new CliError(
      `The page's ${name} is missing (${error instanceof Error ? error.message : error}). In a clone, npm run build makes it.`,
    )
  }
}
