/**
 * Speed and memory of `seclog trace` on a file of many lines.
 *
 * `node bench/trace-file.mjs [lines]`, after `npm run build`; 1,000,000 lines by default.
 */
import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'

const count = Number(process.argv[2] ?? 1_000_000)
const folder = mkdtempSync(join(tmpdir(), 'seclog-bench-'))
const file = join(folder, 'lines.jsonl')
const bin = fileURLToPath(new URL('../dist/cli/bin.js', import.meta.url))
// Says at the end what the operating system counted of the process.
const peak = join(folder, 'peak.mjs')

const id = (number, digits) =>
  ((number * 2654435761) >>> 0).toString(16).padStart(8, '0').repeat(4).slice(0, digits)

/** Ten lines a trace: six of the caller's, four records of spans. */
function line(number) {
  const trace = Math.floor(number / 10)
  const time = new Date(Date.UTC(2026, 10, 20, 21) + number * 3).toISOString()
  const head = {
    level: 'info',
    time,
    service: `svc-${number % 3}`,
    pid: 41,
    hostname: 'n1',
    trace_id: id(trace + 1, 32),
    span_id: id(number + 1, 16),
    trace_flags: '01',
  }
  if (number % 10 < 6) {
    const user = { id: `u-${number % 997}`, role: 'admin' }
    const msg = 'looking up a package in the registry'
    return { ...head, package: 'left-pad', request_id: `r-${number}`, user, msg }
  }
  const parent = number % 10 === 9 ? {} : { parent_span_id: id(trace * 10 + 10, 16) }
  const span = { name: `op ${number % 10}`, kind: 'internal', start: time, duration_ms: 2.5 }
  return { ...head, 'event.kind': 'span', span: { ...span, status: 'unset', ...parent } }
}

async function writeLines() {
  const out = createWriteStream(file)
  for (let from = 0; from < count; from += 5_000) {
    const numbers = Array.from({ length: Math.min(5_000, count - from) }, (_, at) => from + at)
    const text = numbers.map((number) => `${JSON.stringify(line(number))}\n`).join('')
    if (!out.write(text)) await once(out, 'drain')
  }
  out.end()
  await once(out, 'close')
  const say = '(process.resourceUsage().maxRSS)'
  writeFileSync(peak, `process.on('exit', () => console.error('peak', ${say}))`)
}

function measure(name, args) {
  const began = process.hrtime.bigint()
  const run = spawnSync(process.execPath, ['--import', peak, bin, 'trace', ...args, file], {
    encoding: 'utf8',
    maxBuffer: 1e9,
  })
  const seconds = Number(process.hrtime.bigint() - began) / 1e9
  if (run.status !== 0) throw new Error(run.stderr)
  const megabytes = statSync(file).size / 1e6
  const kilobytes = Number(/peak (\d+)/.exec(run.stderr)?.[1])
  console.log(
    `${name}: ${seconds.toFixed(2)} s, ${(megabytes / seconds).toFixed(0)} MB/s, ${Math.round(kilobytes / 1024)} MiB at its peak`,
  )
}

await writeLines()
console.log(`${count} lines, ${(statSync(file).size / 1e6).toFixed(0)} MB`)
measure('seclog trace ID', [id(Math.floor(count * 0.09), 32)])
measure('seclog trace', [])
rmSync(folder, { recursive: true })
