// An app makes 1,000 spans a second while its collector is killed with SIGKILL and started again, and counts what became of them.
//
//   node scripts/test-outage.mjs [seconds, 60 unless given]
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { setTimeout as pause } from 'node:timers/promises'
import { createSecurityLogger, startTracing } from 'seclog'
import { buildCollector, configOf, listens } from './backends/collector.mjs'
import { freePort } from './backends/demo.mjs'

const seconds = Number(process.argv[2] ?? 60)
const tickMs = 10
const perTick = 10
const longestP99Ms = 5
const mostGrowth = 64 * 2 ** 20
const recoveryMs = 30_000

const { binary, missing } = buildCollector()
if (missing !== undefined) throw new Error(`The collector cannot be built: ${missing}`)
const folder = mkdtempSync(join(tmpdir(), 'seclog-outage-'))
const port = await freePort()
const config = join(folder, 'config.yaml')
const logFile = join(folder, 'app.jsonl')
writeFileSync(config, configOf(port, join(folder, 'spans.jsonl')))

async function startCollector() {
  const child = spawn(binary, [`--config=file:${config}`], { stdio: 'ignore' })
  await listens(port, child, () => '')
  return child
}

let collector = await startCollector()
try {
  const fd = openSync(logFile, 'w')
  const log = createSecurityLogger({ service: 'outage' }, { write: (line) => writeSync(fd, line) })
  const said = []
  const tracing = await startTracing({
    endpoint: `http://127.0.0.1:${port}`,
    timeoutMs: 1_000,
    batch: { delayMs: 200 },
    log: { info() {}, warn: (_fields, message) => said.push(message) },
  })
  const latencies = []
  let calls = 0
  let duringOutage
  const call = () => {
    const began = performance.now()
    log.withSpan('work', (span) => {
      log.info({ n: calls++ }, 'working')
      if (duringOutage === undefined && tracing.health().state === 'degraded') {
        duringOutage = span.spanContext().traceId
      }
    })
    latencies.push(performance.now() - began)
  }
  const began = performance.now()
  const passed = () => (performance.now() - began) / 1_000 / seconds
  let rss
  let killed
  let restarted
  while (passed() < 1) {
    const due = (passed() * seconds * 1_000 * perTick) / tickMs
    while (calls < due) call()
    if (passed() > 0.25) rss ??= process.memoryUsage().rss
    if (killed !== true && passed() > 0.3) killed = collector.kill('SIGKILL')
    if (passed() > 0.6) {
      restarted ??= startCollector().then((child) => {
        collector = child
      })
    }
    await pause(tickMs)
  }
  const growth = process.memoryUsage().rss - rss
  await restarted
  const end = Date.now() + recoveryMs
  while (tracing.health().state !== 'working' && Date.now() < end) {
    call()
    await pause(100)
  }
  const recovered = tracing.health().state
  await tracing.shutdown(10_000)
  const { made, exported, dropped, queued } = tracing.health()
  const lines = readFileSync(logFile, 'utf8').trim().split('\n').length
  const p99 = latencies.sort((a, b) => a - b)[Math.floor(latencies.length * 0.99)]
  const args = ['dist/cli/bin.js', 'trace', String(duringOutage), logFile]
  const { stdout } = spawnSync(process.execPath, args, { encoding: 'utf8' })
  const rows = [
    ['made = sent + dropped', `${made} = ${exported} + ${dropped}`, made === exported + dropped],
    ['made = calls, none waits', `${calls}, ${queued}`, made === calls && queued === 0],
    ['log lines', `${lines} of ${calls * 2}`, lines === calls * 2],
    ['p99 of a call', `${p99.toFixed(3)} ms`, p99 < longestP99Ms],
    ['memory grew by', `${(growth / 2 ** 20).toFixed(1)} MiB`, growth < mostGrowth],
    ['state at the end', recovered, recovered === 'working' && said.length >= 2],
    ['a trace of the outage', duringOutage, duringOutage !== undefined && /work/.test(stdout)],
  ]
  console.log(`The OpenTelemetry Collector, killed at 30 % of ${seconds} s, back at 60 %\n`)
  for (const [name, value, holds] of rows) {
    console.log(`${name.padEnd(26)} ${String(value).padEnd(34)} ${holds ? 'holds' : 'VIOLATED'}`)
    if (!holds) process.exitCode = 1
  }
} finally {
  collector.kill('SIGKILL')
  if (collector.exitCode === null && collector.signalCode === null) await once(collector, 'exit')
  rmSync(folder, { recursive: true, force: true })
}
