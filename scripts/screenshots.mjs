// Makes the pictures of docs/ anew: the demo's trace in a terminal, as a page, and lines for people. `npm run screenshots`.
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { launchChromium } from './chromium.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const bin = join(root, 'dist/cli/bin.js')
const folder = mkdtempSync(join(tmpdir(), 'seclog-pictures-'))

const palette = {
  30: '#1b1f24',
  31: '#ff8a80',
  32: '#6fd18a',
  33: '#f5c26b',
  34: '#7db3ff',
  35: '#d6a5ff',
  36: '#6fd6d6',
  37: '#e4e7eb',
  90: '#98a2b0',
  91: '#ffb4ac',
  92: '#9be8b0',
  93: '#ffdc9a',
  94: '#a8ccff',
  95: '#e7c8ff',
  96: '#a4ecec',
}

/** Terminal output as HTML: colours, bold and faint. */
function asHtml(text) {
  const escapeHtml = (part) =>
    part.replace(/[&<>]/g, (character) => `&#${character.charCodeAt(0)};`)
  let state = {}
  return text
    .split(/\u001b\[([\d;]*)m/)
    .map((part, at) => {
      if (at % 2 === 0) {
        const style = [
          state.colour && `color:${state.colour}`,
          state.bold && 'font-weight:700',
          state.faint && 'opacity:.6',
        ].filter(Boolean)
        return part === '' ? '' : `<span style="${style.join(';')}">${escapeHtml(part)}</span>`
      }
      for (const code of part.split(';').map(Number)) {
        if (code === 0) state = {}
        else if (code === 1) state.bold = true
        else if (code === 2) state.faint = true
        else if (code === 22) state = { ...state, bold: false, faint: false }
        else if (code === 39) state.colour = undefined
        else state.colour = palette[code] ?? state.colour
      }
      return ''
    })
    .join('')
}

function seclog(...args) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [bin, ...args], {
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(stderr)
  return stdout
}

async function terminal(browser, command, output, picture) {
  const page = await browser.newPage({ deviceScaleFactor: 1.5 })
  const prompt = `<span style="opacity:.6">$ </span>${command}\n`
  await page.setContent(
    `<meta charset="utf-8"><body style="margin:0;background:#14171c"><pre style="display:inline-block;margin:0;padding:16px;color:#e4e7eb;font:13px/1.45 'DejaVu Sans Mono',monospace">${prompt}${asHtml(output)}</pre>`,
  )
  await page.locator('pre').screenshot({ path: join(root, 'docs', picture) })
  await page.close()
}

const browser = await launchChromium()
try {
  const args = ['build/examples/demo/main.js', 'test/data/suspicious-lock.json', '--logs', folder]
  execFileSync(process.execPath, args, { cwd: root })
  const files = readdirSync(folder).map((name) => join(folder, name))
  const [{ trace_id: id }] = seclog('trace', '--json', ...files)
    .split('\n')
    .slice(0, 1)
    .map(JSON.parse)
  const tree = seclog('trace', id, '--color', '--width', '120', ...files)
  const short = id.slice(0, 8)
  await terminal(
    browser,
    `seclog trace ${short} gateway.jsonl scanner.jsonl`,
    tree,
    'trace-terminal.png',
  )
  const pretty = seclog('pretty', '--color', '--service', 'gateway', ...files)
  await terminal(
    browser,
    'seclog pretty --service gateway gateway.jsonl scanner.jsonl',
    pretty,
    'pretty-terminal.png',
  )
  const html = join(folder, 'page.html')
  writeFileSync(html, seclog('trace', id, '--html', '-', ...files))
  for (const colorScheme of ['light', 'dark']) {
    const page = await browser.newPage({ viewport: { width: 1280, height: 680 }, colorScheme })
    await page.goto(pathToFileURL(html).href)
    await page.locator('.row.line', { hasText: 'finding' }).first().click()
    await page.screenshot({ path: join(root, `docs/trace-page-${colorScheme}.png`) })
    await page.close()
  }
} finally {
  await browser.close()
  rmSync(folder, { recursive: true })
}
