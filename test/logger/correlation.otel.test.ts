import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { trace } from '@opentelemetry/api'
import test from 'ava'
import { build } from 'esbuild'
import { createSecurityLogger, withSpan } from '../../src/index.js'
import { memoryDestination } from '../../src/testing/memory-destination.js'
import { parseStrict } from '../formats/strict-json.js'
import { registerProvider, unregister } from '../spans/otel.js'

type Line = Readonly<Record<string, unknown>>

test.serial('lines in spans of the app’s own provider carry their ids, nested either way', (t) => {
  registerProvider()
  try {
    const destination = memoryDestination()
    const log = createSecurityLogger({}, destination)
    trace.getTracer('app').startActiveSpan('theirs', (span) => {
      const theirs = span.spanContext()
      log.info('theirs')
      t.like(destination.records.at(-1), { trace_id: theirs.traceId, span_id: theirs.spanId })
      log.withSpan('ours', (inner) => {
        log.info('ours')
        const { spanId } = inner.spanContext()
        t.like(destination.records.at(-1), { trace_id: theirs.traceId, span_id: spanId })
        trace.getTracer('app').startActiveSpan('inner', (innermost) => {
          log.info('innermost')
          t.is(destination.records.at(-1)?.['span_id'], innermost.spanContext().spanId)
          innermost.end()
        })
      })
      t.like(destination.records.at(-1), { 'event.kind': 'span', trace_id: theirs.traceId })
      log.info('theirs again')
      t.is(destination.records.at(-1)?.['span_id'], theirs.spanId)
      span.end()
    })
    log.info('outside')
    t.false('trace_id' in (destination.records.at(-1) as object))
  } finally {
    unregister()
  }
})

test.serial('a span begun before a provider came keeps its ids, and ends', (t) => {
  const destination = memoryDestination()
  const log = createSecurityLogger({}, destination)
  try {
    withSpan('before', (span) => {
      registerProvider()
      log.info('inside')
      t.is(destination.records[0]?.['trace_id'], span.spanContext().traceId)
    })
  } finally {
    unregister()
  }
})

const folder = mkdtempSync(join(process.cwd(), 'build', 'apps-'))
test.after.always(() => rmSync(folder, { recursive: true, force: true }))

/** Runs a program beside this repository's modules; gives the lines that it printed. */
function run(name: string, source: string, env: NodeJS.ProcessEnv = {}): Line[] {
  const file = join(folder, name)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, source)
  return runFile(file, env)
}

function runFile(file: string, env: NodeJS.ProcessEnv = {}): Line[] {
  const { NODE_OPTIONS: _options, ...rest } = process.env
  const { status, stderr, stdout } = spawnSync(process.execPath, ['--no-warnings', file], {
    cwd: process.cwd(),
    env: { ...rest, ...env },
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(stderr)
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => parseStrict(line) as Line)
}

const ours = join(process.cwd(), 'build/src/index.js')

/** A program in CommonJS whose pino is patched by OpenTelemetry before it is first loaded. */
const instrumented = (options: string) => `
const { NodeTracerProvider } = require('@opentelemetry/sdk-trace-node')
const { registerInstrumentations } = require('@opentelemetry/instrumentation')
const { PinoInstrumentation } = require('@opentelemetry/instrumentation-pino')
const { trace } = require('@opentelemetry/api')
new NodeTracerProvider().register()
registerInstrumentations({ instrumentations: [new PinoInstrumentation(${options})] })
require('pino')
const { createSecurityLogger } = require(${JSON.stringify(ours)})
for (const format of ['json', 'ecs', 'pino']) {
  const log = createSecurityLogger({ format })
  const merging = createSecurityLogger({ format, mixin: () => ({ mixed: 'in' }), mixinMergeStrategy: (call, mixin) => ({ ...mixin, ...call }) })
  trace.getTracer('app').startActiveSpan('work', (span) => {
    const { traceId } = span.spanContext()
    log.info({ trace_id: 'forged' }, traceId)
    merging.info({ a: 1 }, traceId)
    log.child({ a: 1 }).withSpan('inner', () => log.info(traceId))
    span.end()
  })
}
const log = createSecurityLogger({})
const started = Date.now()
log.flushed({ timeoutMs: 60000 }).then(() => log.info({ quick: Date.now() - started < 30000 }, 'flushed'))
`

for (const [name, options] of [
  ['as it is', '{}'],
  ['without sending logs', '{ disableLogSending: true }'],
  ['without ids of its own', '{ disableLogCorrelation: true }'],
] as const) {
  test(`beside instrumentation-pino, ${name}, each line has one set of ids, and flushed resolves`, (t) => {
    const lines = run(`instrumented-${name.replaceAll(' ', '-')}.cjs`, instrumented(options))
    t.is(lines.length, 13)
    for (const line of lines.slice(0, -1)) {
      const text = JSON.stringify(line)
      if ('event.kind' in line) continue
      const message = String(line['msg'] ?? line['message'])
      t.is(line['trace_id'] ?? line['trace.id'], message, text)
      t.is(text.split(/"trace[_.]id":/).length, text.includes('forged') ? 3 : 2, text)
      if (!text.includes('forged')) t.false(text.includes('shadowed'), text)
    }
    t.like(lines.at(-1), { msg: 'flushed', quick: true })
  })
}

const app = `
import { createSecurityLogger, withSpan } from 'seclog'
const log = createSecurityLogger({ service: 'bundled' })
withSpan('work', (span) => {
  log.child({ a: 1 }).info({ password: 'hunter2' }, span.spanContext().traceId)
})
`

for (const format of ['esm', 'cjs'] as const) {
  test(`a bundle as ${format} runs and correlates`, async (t) => {
    const outfile = join(folder, `bundle.${format === 'esm' ? 'mjs' : 'cjs'}`)
    const banner =
      format === 'esm'
        ? `import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);`
        : ''
    await build({
      stdin: { contents: app, resolveDir: process.cwd(), loader: 'js' },
      alias: { seclog: ours },
      bundle: true,
      platform: 'node',
      format,
      outfile,
      banner: { js: banner },
      logLevel: 'silent',
    })
    const [line] = runFile(outfile)
    t.is(line?.['trace_id'], line?.['msg'])
    t.like(line, { service: 'bundled', a: 1, password: '[Redacted]' })
  })
}

test('a worker thread says which it is, and the environment sets format, level and service', (t) => {
  const source = `
import { Worker, isMainThread } from 'node:worker_threads'
import { createSecurityLogger } from ${JSON.stringify(ours)}
const log = createSecurityLogger({}, { write: (line) => process.stdout.write(line) })
log.debug(isMainThread ? 'main' : 'worker')
if (isMainThread) new Worker(new URL(import.meta.url))
`
  const env = {
    LOG_LEVEL: 'Debug',
    OTEL_SERVICE_NAME: 'threads',
    OTEL_RESOURCE_ATTRIBUTES: 'service.version=1.0.0',
  }
  const [main, worker] = run('threads.mjs', source, env)
  t.like(main, { msg: 'main', service: 'threads', service_version: '1.0.0', level: 'debug' })
  t.false('thread_id' in (main as object))
  t.like(worker, { msg: 'worker', thread_id: 1 })
  const [inEcs] = run('threads-ecs.mjs', source, { ...env, LOG_FORMAT: 'ECS' })
  t.like(inEcs, { 'service.name': 'threads', 'log.level': 'debug' })
})

test('what a call has returned from is out, whatever ends the process next', (t) => {
  const source = `
import { createSecurityLogger } from ${JSON.stringify(ours)}
const log = createSecurityLogger()
for (let index = 0; index < 2000; index++) log.info({ index }, 'x'.repeat(100))
process.exit(0)
`
  t.is(run('exit.mjs', source).length, 2_000)
})
