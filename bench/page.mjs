/**
 * How soon a page of a trace of many spans can be used: from opening the file until a key has moved the selection, and until
 * a search has been answered.
 *
 * `node bench/page.mjs [spans]`, after `npm run build`; 10,000 spans by default. It needs a Chromium, as `npm run test:browser`.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { launchChromium } from '../scripts/chromium.mjs'

const count = Number(process.argv[2] ?? 10_000)
const folder = mkdtempSync(join(tmpdir(), 'seclog-bench-'))
const bin = fileURLToPath(new URL('../dist/cli/bin.js', import.meta.url))
const trace = '4bf92f3577b34da6a3ce929d0e0e4736'
const began = Date.UTC(2026, 10, 20, 21)
const time = (ms) => new Date(began + ms).toISOString()
const id = (number) => number.toString(16).padStart(16, '0')

function records(number) {
  const own = {
    service: ['gateway', 'scanner', 'policy', 'registry'][number % 4],
    trace_id: trace,
    span_id: id(number),
  }
  const parent = number === 1 ? {} : { parent_span_id: id(Math.max(Math.floor(number / 3), 1)) }
  const span = {
    name: `check ${number}`,
    kind: 'internal',
    start: time(number * 2),
    duration_ms: 30 + (number % 300),
    status: number % 97 === 0 ? 'error' : 'unset',
    ...parent,
    attributes: { 'scan.id': `s-${number}`, 'package.name': 'left-pad' },
  }
  return [
    { level: 'info', time: time(number * 2 + 1), ...own, n: number, msg: 'looking up a package' },
    {
      level: 'info',
      time: time(number * 2 + 40),
      ...own,
      'event.kind': 'span',
      span,
      msg: 'ended',
    },
  ]
}

const input = join(folder, 'lines.jsonl')
const output = join(folder, 'page.html')
const numbers = Array.from({ length: count }, (_, at) => at + 1)
writeFileSync(
  input,
  numbers
    .flatMap(records)
    .map((record) => `${JSON.stringify(record)}\n`)
    .join(''),
)
spawnSync(process.execPath, [bin, 'trace', trace, input, '--html', output], { stdio: 'inherit' })

const browser = await launchChromium()
const rounds = []
for (let round = 0; round < 5; round += 1) {
  const page = await browser.newPage({ viewport: { width: 1280, height: 720 } })
  const from = performance.now()
  await page.goto(pathToFileURL(output).href, { waitUntil: 'commit' })
  await page.waitForSelector('.row')
  await page.keyboard.press('End')
  await page.waitForSelector(`.row[aria-selected="true"][aria-rowindex="${count * 2 + 1}"]`)
  const usable = performance.now() - from
  const asked = performance.now()
  await page.keyboard.press('/')
  await page.keyboard.type(`check ${count}`)
  await page.waitForFunction(() =>
    document.querySelector('output')?.textContent?.startsWith('1 of'),
  )
  rounds.push({ usable, search: performance.now() - asked })
  await page.close()
}
await browser.close()
const median = (name) =>
  rounds
    .map((round) => round[name])
    .sort((a, b) => a - b)[2]
    ?.toFixed(0)
console.log(
  `${count} spans and as many lines, a page of ${(statSync(output).size / 1e6).toFixed(1)} MB: a key is answered ${median('usable')} ms after opening, a search in ${median('search')} ms`,
)
rmSync(folder, { recursive: true })
