import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { setTimeout as pause } from 'node:timers/promises'
import { parseLogLines, traceTree } from 'seclog/testing'
import { freePort, runDemo } from './demo.mjs'

const source = 'test/backends/collector'
const buildMs = 600_000
const startMs = 30_000

/** The OpenTelemetry Collector, built from its Go modules: it must take every span of the demo as the log tells of it. */
export const collector = { name: 'OpenTelemetry Collector', run }

async function run() {
  const built = buildCollector()
  if (built.missing !== undefined) return built
  const counts = []
  for (const protocol of ['http/json', 'http/protobuf']) {
    counts.push(`${await takeDemo(built.binary, protocol)} spans over ${protocol}`)
  }
  return { seen: `took ${counts.join(' and ')}, with the ids, names and attributes of the log` }
}

/** The binary, built once for one go.sum, or why there is none. */
export function buildCollector() {
  const hash = createHash('sha256')
  for (const file of ['go.sum', 'go.mod', 'main.go']) hash.update(readFileSync(join(source, file)))
  const binary = join(tmpdir(), `seclog-collector-${hash.digest('hex').slice(0, 16)}`)
  if (existsSync(binary)) return { binary }
  const fresh = `${binary}-${process.pid}`
  const { status, stderr, error } = spawnSync(
    'go',
    ['build', '-trimpath', '-ldflags=-s -w', '-o', fresh, '.'],
    { cwd: source, encoding: 'utf8', timeout: buildMs },
  )
  if (error) return { missing: `go: ${error.message}` }
  if (status !== 0) return { missing: `go build ended with ${status}: ${stderr.slice(-600)}` }
  renameSync(fresh, binary)
  return { binary }
}

async function takeDemo(binary, protocol) {
  const folder = mkdtempSync(join(tmpdir(), 'seclog-collector-'))
  const port = await freePort()
  const config = join(folder, 'config.yaml')
  const file = join(folder, 'spans.jsonl')
  writeFileSync(config, configOf(port, file))
  const child = spawn(binary, [`--config=file:${config}`], { stdio: ['ignore', 'ignore', 'pipe'] })
  let stderr = ''
  child.stderr.on('data', (chunk) => {
    stderr += chunk
  })
  const exited = once(child, 'exit')
  try {
    await listens(port, child, () => stderr)
    const logged = await demoSpans(folder, port, protocol)
    child.kill('SIGTERM')
    await exited
    const taken = takenSpans(file)
    assert.ok(logged.length > 10, 'the demo made no spans')
    assert.deepEqual(taken, logged)
    return taken.length
  } finally {
    child.kill('SIGKILL')
    await exited
    rmSync(folder, { recursive: true, force: true })
  }
}

export function configOf(port, file) {
  return `receivers:
  otlp:
    protocols:
      http:
        endpoint: 127.0.0.1:${port}
exporters:
  file:
    path: ${file}
service:
  telemetry:
    metrics:
      level: none
  pipelines:
    traces:
      receivers: [otlp]
      exporters: [file]
`
}

export async function listens(port, child, said) {
  const end = Date.now() + startMs
  while (Date.now() < end && child.exitCode === null) {
    const socket = connect(port, '127.0.0.1')
    const open = await once(socket, 'connect').then(
      () => true,
      () => false,
    )
    socket.destroy()
    if (open) return
    await pause(50)
  }
  throw new Error(`The collector does not listen:\n${said().slice(-2_000)}`)
}

/** The spans of one run of the demo, as its log lines tell of them. */
async function demoSpans(folder, port, protocol) {
  const text = await runDemo(folder, {
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
    OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
  })
  const trees = traceTree(parseLogLines(text.join('')).records)
  return sorted(trees.flatMap(({ traceId, roots }) => flat(traceId, roots)))
}

function flat(traceId, nodes) {
  return nodes.flatMap(({ spanId, parentSpanId = '', name, attributes, children }) => [
    { traceId, spanId, parentSpanId, name, attributes },
    ...flat(traceId, children),
  ])
}

/** The spans that the collector has written, as its file exporter shows them. */
function takenSpans(file) {
  const requests = readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  const groups = requests.flatMap(({ resourceSpans }) => resourceSpans)
  const spans = groups.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans))
  return sorted(
    spans.map(({ traceId, spanId, parentSpanId = '', name, attributes = [] }) => ({
      traceId,
      spanId,
      parentSpanId,
      name,
      attributes: Object.fromEntries(attributes.map(({ key, value }) => [key, plain(value)])),
    })),
  )
}

function plain(value) {
  if (value.arrayValue !== undefined) return (value.arrayValue.values ?? []).map(plain)
  return value.intValue === undefined ? Object.values(value)[0] : Number(value.intValue)
}

function sorted(spans) {
  return spans
    .map(({ attributes, ...span }) => ({
      ...span,
      attributes: Object.fromEntries(Object.entries(attributes).sort()),
    }))
    .sort((a, b) => (a.spanId < b.spanId ? -1 : 1))
}
