import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { pathToFileURL } from 'node:url'
import test, { type ExecutionContext } from 'ava'
import { type Browser, chromium, type Page } from 'playwright-core'
import { lines, runSeclog } from '../cli/run-seclog.js'

let browser: Browser

/** Starts a Chromium with further options. */
export function launch(options: readonly string[] = []): Promise<Browser> {
  const executablePath = process.env['SECLOG_CHROMIUM']
  if (executablePath === undefined)
    throw new Error('These tests need a Chromium; run them with npm run test:browser.')
  // Chromium's own sandbox needs what a container's root does not have.
  return chromium.launch({ executablePath, args: ['--no-sandbox', ...options] })
}

test.before(async () => {
  browser = await launch()
})

test.after.always(async () => {
  await browser?.close()
})

export interface Opened {
  readonly page: Page
  /** What the page complained of: errors, warnings, breaches of its policy. */
  readonly complaints: readonly string[]
  /** What it asked for beyond itself. */
  readonly requests: readonly string[]
  /** Names of the spans that are in sight, from top to bottom. */
  names(): Promise<string[]>
}

export interface OpenOptions {
  readonly colorScheme?: 'light' | 'dark'
  readonly width?: number
  readonly args?: readonly string[]
}

/** Makes a page of records with the command, and opens it from its file. */
export async function openPage(
  t: ExecutionContext,
  records: readonly unknown[],
  options: OpenOptions = {},
): Promise<Opened> {
  const folder = mkdtempSync(join(tmpdir(), 'seclog-page-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  const input = join(folder, 'lines.jsonl')
  const output = join(folder, 'page.html')
  writeFileSync(input, lines(records))
  const args = ['trace', ...(options.args ?? []), input, '--html', output]
  const { code, stderr } = await runSeclog(args)
  if (code !== 0) throw new Error(stderr)
  return openUrl(t, pathToFileURL(output).href, options)
}

export async function openUrl(
  t: ExecutionContext,
  url: string,
  { colorScheme = 'light', width = 1280 }: OpenOptions = {},
): Promise<Opened> {
  const context = await browser.newContext({ viewport: { width, height: 720 }, colorScheme })
  t.teardown(() => context.close())
  const page = await context.newPage()
  const complaints: string[] = []
  const requests: string[] = []
  page.on('console', (message) => complaints.push(message.text()))
  page.on('pageerror', (error) => complaints.push(String(error)))
  page.on('dialog', (dialog) => {
    complaints.push(`dialog ${dialog.message()}`)
    void dialog.dismiss()
  })
  page.on('request', (request) => {
    if (request.url() !== url) requests.push(request.url())
  })
  await page.goto(url)
  await page.waitForSelector('.summary > *')
  return {
    page,
    complaints,
    requests,
    names: () => page.locator('.row:not(.line) .name .text').allTextContents(),
  }
}
