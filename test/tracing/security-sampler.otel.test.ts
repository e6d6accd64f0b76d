import { context, ROOT_CONTEXT, type Span, SpanStatusCode, trace } from '@opentelemetry/api'
import {
  InMemorySpanExporter,
  NodeTracerProvider,
  type ReadableSpan,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-node'
import test, { type ExecutionContext } from 'ava'
import { createSecurityLogger, SeclogError, startTracing, withSpan } from '../../src/index.js'
import { memoryDestination } from '../../src/testing/index.js'
import {
  promote,
  type SecuritySampler,
  type SecuritySamplerOptions,
  securitySampler,
} from '../../src/tracing/index.js'

interface Started {
  readonly sampler: SecuritySampler
  finished(): Promise<ReadableSpan[]>
}

async function started(t: ExecutionContext, options: SecuritySamplerOptions): Promise<Started> {
  const sampler = securitySampler(options)
  const spans: ReadableSpan[] = []
  const exporter = {
    export(batch: ReadableSpan[], done: (result: { code: number }) => void) {
      spans.push(...batch)
      done({ code: 0 })
    },
    async shutdown() {},
  }
  const tracing = await startTracing({ exporter: exporter as never, sampler })
  t.is(tracing.mode, 'exporting')
  t.teardown(() => tracing.shutdown())
  return {
    sampler,
    async finished() {
      await tracing.flush()
      return spans
    },
  }
}

const logger = () => createSecurityLogger({ spans: { level: 'silent' } }, memoryDestination())

function byTrace(spans: readonly ReadableSpan[]): Map<string, ReadableSpan[]> {
  const traces = new Map<string, ReadableSpan[]>()
  for (const span of spans) {
    const { traceId } = span.spanContext()
    traces.set(traceId, [...(traces.get(traceId) ?? []), span])
  }
  return traces
}

test.serial(
  'of 10,000 traces at 1 % those with an error or a security event are exported whole, and about 100 others',
  async (t) => {
    const { sampler, finished } = await started(t, { ratio: 0.01 })
    const log = logger()
    const kept = new Set<string>()
    for (let index = 0; index < 10_000; index++) {
      const failing = index % 200 === 7
      const telling = index % 200 === 107
      withSpan('request', (request) => {
        if (failing || telling) kept.add(request.spanContext().traceId)
        withSpan('before', () => {})
        try {
          withSpan('work', () => {
            if (telling) log.security('authz_fail')
            if (failing) throw new Error('no')
          })
        } catch {
          // The request goes on.
        }
        withSpan('after', () => {})
      })
      if (index % 100 === 0) await finished()
    }
    const traces = byTrace(await finished())
    t.is(kept.size, 100)
    for (const traceId of kept) t.is(traces.get(traceId)?.length, 4)
    for (const spans of traces.values()) t.is(spans.length, 4)
    const others = traces.size - 100
    // Binomial with n = 9,900 and p = 0.01: seven standard deviations to each side.
    t.true(others > 29 && others < 169, `${others} others`)
    const { promoted, traces: held, dropped } = sampler.health()
    t.is(held, 0)
    t.is(dropped, 0)
    const byChance = [...kept].filter(
      (traceId) => traces.get(traceId)?.[0]?.attributes['sampling.probability'] === 0.01,
    ).length
    t.is(promoted.error + promoted.event, 100 - byChance)
    const weights = [...traces]
      .filter(([traceId]) => !kept.has(traceId))
      .reduce((sum, [, [span]]) => sum + 1 / Number(span?.attributes['sampling.probability']), 0)
    t.is(Math.round(weights), others * 100)
  },
)

test.serial('a slow span and an explicit wish keep a trace, and say so', async (t) => {
  const { sampler, finished } = await started(t, { ratio: 0, keep: { slowerThan: '2s' } })
  const tracer = trace.getTracer('app')
  const startTime = Date.now()
  tracer.startSpan('slow', { startTime }).end(startTime + 2_500)
  tracer.startSpan('quick', { startTime }).end(startTime + 1_500)
  withSpan('asked', () => {
    withSpan('inner', () => {})
    promote()
  })
  const spans = await finished()
  t.deepEqual(
    spans.map(({ name, attributes }) => [
      name,
      attributes['sampling.reason'],
      attributes['sampling.probability'],
    ]),
    [
      ['slow', 'slow', 1],
      ['inner', 'asked', 1],
      ['asked', 'asked', 1],
    ],
  )
  t.deepEqual(sampler.health().promoted, { error: 0, event: 0, slow: 1, asked: 1 })
  t.notThrows(() => promote())
})

test.serial(
  'from the promotion on the trace is sampled: on lines, for spans to come, for services behind',
  async (t) => {
    const { finished } = await started(t, { ratio: 0 })
    const destination = memoryDestination()
    const log = createSecurityLogger({}, destination)
    await log.withSpan('request', async (request) => {
      log.info('before')
      t.is(request.spanContext().traceFlags, 0)
      log.security('authn_token_reuse')
      log.info('after')
      t.is(request.spanContext().traceFlags, 1)
      await withSpan('later', async (later) => {
        t.is(later.spanContext().traceFlags, 1)
      })
    })
    t.deepEqual(
      destination.records.map((record) => record['trace_flags']),
      ['00', '00', '01', '01'],
    )
    t.deepEqual(
      (await finished()).map(({ name }) => name),
      ['later', 'request'],
    )
  },
)

test.serial(
  'a caller that does not sample cannot hide what matters, one that does is followed',
  async (t) => {
    const { finished } = await started(t, { ratio: 0 })
    const remote = (traceFlags: number, traceId: string) =>
      trace.setSpanContext(ROOT_CONTEXT, {
        traceId,
        spanId: '00f067aa0ba902b7',
        traceFlags,
        isRemote: true,
      })
    const tracer = trace.getTracer('app')
    const run = (parent: ReturnType<typeof remote>, act: (span: Span) => void) =>
      context.with(parent, () => {
        const span = tracer.startSpan('server')
        act(span)
        span.end()
      })
    run(remote(0, 'a'.repeat(32)), () => {})
    run(remote(0, 'b'.repeat(32)), (span) => span.setStatus({ code: SpanStatusCode.ERROR }))
    run(remote(1, 'c'.repeat(32)), () => {})
    t.deepEqual(
      (await finished()).map((span) => span.spanContext().traceId[0]),
      ['b', 'c'],
    )
  },
)

test.serial('what is not to be kept is not', async (t) => {
  const { finished } = await started(t, { ratio: 0, keep: { errors: false, events: false } })
  const log = logger()
  withSpan('request', (span) => {
    log.security('authz_fail')
    span.setStatus({ code: 2 })
  })
  t.deepEqual(await finished(), [])
})

test.serial('an INFO event is no reason', async (t) => {
  const { finished } = await started(t, { ratio: 0 })
  withSpan('request', () => logger().security('authn_login_success'))
  t.deepEqual(await finished(), [])
})

test.serial('what is held is bounded by traces and bytes, and what goes is counted', async (t) => {
  const { sampler, finished } = await started(t, {
    ratio: 0,
    buffer: { traces: 10, bytes: 1_000_000 },
  })
  const tracer = trace.getTracer('app')
  const roots = Array.from({ length: 50 }, () => tracer.startSpan('root'))
  for (const root of roots) {
    tracer.startSpan('child', {}, trace.setSpan(ROOT_CONTEXT, root)).end()
  }
  t.is(sampler.health().traces, 10)
  t.is(sampler.health().dropped, 40)
  const [first] = roots
  const large = { note: 'x'.repeat(200_000) }
  for (let index = 0; index < 5; index++) {
    tracer
      .startSpan('large', { attributes: large }, trace.setSpan(ROOT_CONTEXT, first as Span))
      .end()
  }
  t.true(sampler.health().bytes <= 1_000_000)
  for (const root of roots) root.end()
  t.is(sampler.health().traces, 0)
  t.is(sampler.health().bytes, 0)
  t.deepEqual(await finished(), [])
})

test.serial('with a provider of one’s own it stands before the processors', async (t) => {
  const sampler = securitySampler({ ratio: 0 })
  const exporter = new InMemorySpanExporter()
  const provider = new NodeTracerProvider({
    sampler,
    spanProcessors: [sampler.processor(new SimpleSpanProcessor(exporter))],
  })
  const tracer = provider.getTracer('app')
  const root = tracer.startSpan('root')
  const child = tracer.startSpan('child', {}, trace.setSpan(ROOT_CONTEXT, root))
  child.setStatus({ code: SpanStatusCode.ERROR })
  child.end()
  root.end()
  tracer.startSpan('other').end()
  await provider.forceFlush()
  t.deepEqual(
    exporter.getFinishedSpans().map(({ name }) => name),
    ['child', 'root'],
  )
  await provider.shutdown()
})

for (const options of [
  undefined,
  {},
  { ratio: 2 },
  { ratio: Number.NaN },
  { ratio: 1, keep: { slowerThan: 'long' } },
  { ratio: 1, buffer: { bytes: 0 } },
]) {
  test(`refused in a sentence: ${JSON.stringify(options)}`, (t) => {
    t.throws(() => securitySampler(options as never), {
      instanceOf: SeclogError,
      code: 'SECLOG_OPTION_INVALID',
    })
  })
}
