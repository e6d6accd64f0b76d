import { setImmediate } from 'node:timers/promises'
import { trace } from '@opentelemetry/api'
import {
  AlwaysOffSampler,
  InMemorySpanExporter,
  NodeTracerProvider,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-node'
import test from 'ava'
import { startTracing } from '../../src/tracing/index.js'
import { createLoad } from '../../src/tracing/packages.js'
import { startTracingWith } from '../../src/tracing/start.js'

test.serial(
  'a provider that the app registered stays, and a shutdown leaves it running',
  async (t) => {
    const exporter = new InMemorySpanExporter()
    const provider = new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] })
    provider.register()
    const tracing = await startTracing({ endpoint: 'http://127.0.0.1:9' })
    t.is(tracing.mode, 'external')
    t.is(tracing.reason, 'The app has a tracer provider of its own.')
    trace.getTracer('app').startSpan('before').end()
    await tracing.flush()
    await tracing.shutdown()
    trace.getTracer('app').startSpan('after').end()
    await provider.forceFlush()
    t.deepEqual(
      exporter.getFinishedSpans().map(({ name }) => name),
      ['before', 'after'],
    )
    await provider.shutdown()
    trace.disable()
  },
)

test.serial('exporters of your own get the spans in batches and are shut down', async (t) => {
  const seen: string[] = []
  const exporter = {
    export(spans: readonly { name: string }[], done: (result: { code: number }) => void) {
      seen.push(...spans.map(({ name }) => name))
      done({ code: 0 })
    },
    async shutdown() {
      seen.push('shutdown')
    },
  }
  const memory = new InMemorySpanExporter()
  const tracing = await startTracing({ exporter: [exporter, memory] })
  trace.getTracer('app').startSpan('a').end()
  await tracing.flush()
  t.is(memory.getFinishedSpans().length, 1)
  t.like(tracing.health(), { made: 2, exported: 2, dropped: 0 })
  await tracing.shutdown()
  t.deepEqual(seen, ['a', 'shutdown'])
})

test.serial('an exporter that throws, fails or hangs costs its own spans only', async (t) => {
  const shutdown = async (): Promise<void> => {}
  const memory = new InMemorySpanExporter()
  const hang = { export() {}, shutdown: () => new Promise<void>(() => {}) }
  const tracing = await startTracing({
    exporter: [
      {
        export() {
          throw new Error('thrown')
        },
        shutdown,
      },
      { export: (_spans, done) => done({ code: 1, error: new Error('failed') }), shutdown },
      { export: (_spans, done) => done({ code: 1 }), shutdown },
      hang,
      memory,
    ],
    batch: { exportTimeoutMs: 20 },
    log: { info() {}, warn() {} },
  })
  trace.getTracer('app').startSpan('a').end()
  await tracing.flush()
  t.is(memory.getFinishedSpans().length, 1)
  t.like(tracing.health(), { made: 5, exported: 1, dropped: 4, queued: 0 })
  await tracing.shutdown(50)
  t.like(tracing.health(), { made: 5, exported: 1, dropped: 4, queued: 0 })
})

test.serial('an exporter whose promise rejects costs its own spans only', async (t) => {
  const tracing = await startTracing({
    exporter: {
      async export() {
        throw new Error('rejected')
      },
      async shutdown() {},
    },
    log: { info() {}, warn() {} },
  })
  trace.getTracer('app').startSpan('a').end()
  await tracing.flush()
  t.like(tracing.health(), { made: 1, dropped: 1, queued: 0, lastError: 'rejected' })
  await tracing.shutdown()
})

for (const [how, shutdown] of Object.entries({
  throws() {
    throw new Error('thrown')
  },
  rejects: () => Promise.reject(new Error('rejected')),
  'never settles': () => new Promise<void>(() => {}),
} satisfies Record<string, () => Promise<void>>)) {
  test.serial(`a shutdown of your own that ${how} costs nothing else`, async (t) => {
    const ended: string[] = []
    const own = (end: () => Promise<void>) => ({
      onStart() {},
      onEnd() {},
      forceFlush: async () => {},
      shutdown: end,
    })
    const slow = {
      async export(spans: readonly unknown[], done: (result: { code: number }) => void) {
        await setImmediate()
        ended.push(`${spans.length} exported`)
        done({ code: 0 })
      },
      shutdown,
    }
    const tracing = await startTracing({
      exporter: slow,
      spanProcessors: [
        own(shutdown),
        own(async () => {
          ended.push('the other processor')
        }),
      ],
    })
    trace.getTracer('app').startSpan('a').end()
    await t.notThrowsAsync(tracing.shutdown(50))
    t.deepEqual(ended.sort(), ['1 exported', 'the other processor'])
    t.is(trace.getTracer('app').startSpan('after').spanContext().traceId, '0'.repeat(32))
    const next = await startTracing({ exporter: 'none' })
    t.is(next.mode, 'log-only')
    await next.shutdown()
  })
}

test.serial(
  'span processors alone mean no OTLP export, and a sampler of your own decides',
  async (t) => {
    const memory = new InMemorySpanExporter()
    const tracing = await startTracing({ spanProcessors: [new SimpleSpanProcessor(memory)] })
    t.deepEqual(tracing.describe().exporters, [])
    trace.getTracer('app').startSpan('a').end()
    await tracing.flush()
    t.is(memory.getFinishedSpans().length, 1)
    await tracing.shutdown()
    const off = await startTracing({ exporter: memory, sampler: new AlwaysOffSampler() })
    t.false(trace.getTracer('app').startSpan('a').isRecording())
    await off.shutdown()
  },
)

test.serial('the classic SDK alone is enough', async (t) => {
  const load = createLoad()
  const memory = new InMemorySpanExporter()
  const tracing = await startTracingWith({ exporter: memory }, async (name) =>
    name === '@opentelemetry/sdk-trace' ? undefined : load(name),
  )
  t.is(tracing.mode, 'exporting')
  trace.getTracer('app').startSpan('classic').end()
  await tracing.flush()
  t.is(memory.getFinishedSpans()[0]?.name, 'classic')
  await tracing.shutdown()
})

test.serial('a copy of the API of another version is named, not silent', async (t) => {
  const key = Symbol.for('opentelemetry.js.api.1')
  const global = globalThis as unknown as Record<symbol, object | undefined>
  const before = global[key]
  global[key] = { version: '1.0.0' }
  const tracing = await startTracing({
    exporter: new InMemorySpanExporter(),
    log: { info() {}, warn() {} },
  })
  t.is(tracing.mode, 'log-only')
  t.regex(tracing.reason ?? '', /Another copy of @opentelemetry\/api, version 1\.0\.0/)
  await tracing.shutdown()
  global[key] = before
})
