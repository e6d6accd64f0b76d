import { context, propagation, SpanStatusCode, trace } from '@opentelemetry/api'
import test from 'ava'
import { createSecurityLogger } from '../../src/logger/create-logger.js'
import { startTracing } from '../../src/tracing/index.js'
import { runProgram } from './child.js'
import { answerOk, type JsonSpan, startReceiver } from './receiver.js'

const json = { protocol: 'http/json' } as const

function attribute(span: JsonSpan | undefined, key: string): unknown {
  const value = span?.attributes.find((one) => one.key === key)?.value
  return value && Object.values(value)[0]
}

test.serial(
  'spans of the OpenTelemetry API arrive with ids, attributes and resource',
  async (t) => {
    const receiver = await startReceiver()
    const tracing = await startTracing({
      ...json,
      endpoint: receiver.url,
      headers: { 'X-Api-Key': 'k-1' },
      service: { name: 'scan-api', version: '1.2.3', environment: 'test' },
      resourceAttributes: { team: 'blue' },
    })
    t.is(tracing.mode, 'exporting')
    t.is(tracing.reason, undefined)
    const ids = trace.getTracer('test').startActiveSpan('outer', (outer) => {
      const inner = trace
        .getTracer('test')
        .startSpan('inner', { attributes: { 'scan.id': 's-42' } })
      inner.setStatus({ code: SpanStatusCode.ERROR, message: 'broken' })
      inner.end()
      outer.end()
      return { outer: outer.spanContext(), inner: inner.spanContext() }
    })
    t.is(tracing.health().queued, 2)
    await tracing.flush()
    const { spans, resource, path, headers } = await receiver.first
    t.is(path, '/v1/traces')
    t.is(headers['x-api-key'], 'k-1')
    t.is(headers['content-type'], 'application/json')
    const inner = spans.find((span) => span.name === 'inner')
    t.is(inner?.traceId, ids.inner.traceId)
    t.is(inner?.spanId, ids.inner.spanId)
    t.is(inner?.parentSpanId, ids.outer.spanId)
    t.is(attribute(inner, 'scan.id'), 's-42')
    t.like(resource, {
      'service.name': 'scan-api',
      'service.version': '1.2.3',
      'deployment.environment.name': 'test',
      'telemetry.sdk.language': 'nodejs',
      team: 'blue',
    })
    t.truthy(resource['host.name'])
    t.is(resource['process.pid'], process.pid)
    t.deepEqual(tracing.health(), { state: 'working', made: 2, exported: 2, dropped: 0, queued: 0 })
    await tracing.shutdown()
    await receiver.close()
  },
)

test.serial('protobuf is what is sent by default, and gzip when it is asked for', async (t) => {
  const receiver = await startReceiver()
  const tracing = await startTracing({ endpoint: receiver.url, compression: 'gzip' })
  trace.getTracer('test').startSpan('zipped').end()
  await tracing.shutdown()
  const { headers, body } = await receiver.first
  t.is(headers['content-type'], 'application/x-protobuf')
  t.is(headers['content-encoding'], 'gzip')
  t.true(body.includes('zipped'))
  t.is(tracing.health().exported, 1)
  await receiver.close()
})

test.serial('a shutdown exports what is left and takes back what was registered', async (t) => {
  const receiver = await startReceiver()
  const tracing = await startTracing({ ...json, endpoint: receiver.url })
  const carrier: Record<string, string> = {}
  trace.getTracer('test').startActiveSpan('carried', (span) => {
    propagation.inject(context.active(), carrier)
    t.true(carrier['traceparent']?.includes(span.spanContext().traceId))
    span.end()
  })
  await Promise.all([tracing.shutdown(), tracing.shutdown()])
  t.is(receiver.requests.length, 1)
  t.false(trace.getTracer('test').startSpan('after').isRecording())
  const again = await startTracing({ ...json, endpoint: receiver.url })
  t.not(again, tracing)
  trace.getTracer('test').startSpan('again').end()
  await again.shutdown()
  t.deepEqual(
    receiver.requests.map(({ spans }) => spans.map(({ name }) => name)),
    [['carried'], ['again']],
  )
  await receiver.close()
})

test.serial('a second and a concurrent call give the running instance', async (t) => {
  const [one, two] = await Promise.all([
    startTracing({ exporter: 'console', ratio: 0 }),
    startTracing({ exporter: 'console' }),
  ])
  t.is(one, two)
  t.is(await startTracing(), one)
  await one.shutdown()
})

test.serial(
  'the ratio decides for new traces, and the parent for those begun elsewhere',
  async (t) => {
    const receiver = await startReceiver()
    const tracing = await startTracing({ ...json, endpoint: receiver.url, ratio: 0 })
    const tracer = trace.getTracer('test')
    tracer.startSpan('unsampled').end()
    const parent = {
      traceId: 'a'.repeat(32),
      spanId: 'b'.repeat(16),
      traceFlags: 1,
      isRemote: true,
    }
    tracer.startSpan('sampled', {}, trace.setSpanContext(context.active(), parent)).end()
    await tracing.shutdown()
    t.deepEqual(
      receiver.requests.flatMap(({ spans }) => spans.map(({ name }) => name)),
      ['sampled'],
    )
    t.like(tracing.health(), { made: 1, exported: 1, dropped: 0 })
    await receiver.close()
  },
)

test.serial('an export makes no spans and logs outside of any span', async (t) => {
  const seen: unknown[] = []
  const receiver = await startReceiver((_request, response) => response.writeHead(400).end())
  const tracing = await startTracing({
    endpoint: receiver.url,
    log: {
      info() {},
      warn() {
        seen.push(
          trace.getActiveSpan(),
          trace.getTracer('test').startSpan('from log').isRecording(),
        )
      },
    },
  })
  const { tracer } = { tracer: trace.getTracer('test') }
  await tracer.startActiveSpan('outer', async (span) => {
    span.end()
    await tracing.flush()
  })
  t.deepEqual(seen, [undefined, false])
  await tracing.shutdown()
  await receiver.close()
})

test.serial('spans that the receiver refuses one by one are counted', async (t) => {
  const receiver = await startReceiver((_request, response) => {
    const partialSuccess = { rejectedSpans: '2', errorMessage: 'two too many' }
    response
      .writeHead(200, { 'content-type': 'application/json; charset=utf-8' })
      .end(JSON.stringify({ partialSuccess }))
  })
  const tracing = await startTracing({ ...json, endpoint: receiver.url })
  for (const name of ['a', 'b', 'c']) trace.getTracer('test').startSpan(name).end()
  await tracing.flush()
  t.like(tracing.health(), { state: 'degraded', made: 3, exported: 1, dropped: 2, queued: 0 })
  t.regex(tracing.health().lastError ?? '', /two too many/)
  await tracing.shutdown()
  await receiver.close()
})

test.serial('a burst beyond the queue is counted to the last span', async (t) => {
  const receiver = await startReceiver(answerOk)
  const tracing = await startTracing({
    ...json,
    endpoint: receiver.url,
    batch: { queueSize: 100, batchSize: 30 },
  })
  for (let i = 0; i < 1_000; i++) trace.getTracer('test').startSpan(`s${i}`).end()
  await tracing.flush()
  const { made, exported, dropped, queued } = tracing.health()
  t.deepEqual(
    { made, exported, dropped, queued },
    { made: 1_000, exported: 100, dropped: 900, queued: 0 },
  )
  t.is(
    receiver.requests.reduce((sum, { spans }) => sum + spans.length, 0),
    exported,
  )
  await tracing.shutdown()
  await receiver.close()
})

test.serial(
  'a start during a shutdown waits for it, and a shutdown of the old leaves the new',
  async (t) => {
    const receiver = await startReceiver()
    const old = await startTracing({ ...json, endpoint: receiver.url })
    trace.getTracer('test').startSpan('old').end()
    const closing = old.shutdown()
    const next = await startTracing({ ...json, endpoint: receiver.url })
    await closing
    t.is(next.mode, 'exporting')
    t.not(next, old)
    await old.shutdown()
    t.is(await startTracing(), next)
    trace.getTracer('test').startSpan('new').end()
    await next.shutdown()
    t.deepEqual(
      receiver.requests.map(({ spans }) => spans.map(({ name }) => name)),
      [['old'], ['new']],
    )
    await receiver.close()
  },
)

test.serial('a span that ends after the shutdown is counted as lost', async (t) => {
  const receiver = await startReceiver()
  const tracing = await startTracing({ ...json, endpoint: receiver.url })
  const late = trace.getTracer('test').startSpan('late')
  await tracing.shutdown()
  late.end()
  t.like(tracing.health(), { made: 1, exported: 0, dropped: 1, queued: 0 })
  await receiver.close()
})

test.serial('an exporter to the console writes spans to stdout', async (t) => {
  const { stdout, code } = await runProgram(
    `const tracing = await startTracing()
     const api = await import('@opentelemetry/api')
     api.trace.getTracer('x').startSpan('on the console').end()
     await tracing.shutdown()`,
    { OTEL_TRACES_EXPORTER: 'console' },
  )
  t.is(code, 0)
  t.regex(stdout, /name: 'on the console'/)
})

test.serial(
  'log lines and exported spans tell the same trace, and tracing speaks in the log',
  async (t) => {
    const receiver = await startReceiver()
    const lines: Record<string, unknown>[] = []
    const log = createSecurityLogger(
      { service: 'scan-api' },
      { write: (line: string) => lines.push(JSON.parse(line)) },
    )
    const tracing = await startTracing({ ...json, endpoint: receiver.url, log })
    log.withSpan('scan', { attributes: { scan_id: 's-42' } }, () => log.info('inside'))
    await tracing.flush()
    await receiver.close()
    await log.withSpan('lost', async (span) => {
      span.end()
      await tracing.shutdown(50)
    })
    const [inside, ended] = lines
    const [span] = (await receiver.first).spans
    t.is(span?.name, 'scan')
    t.is(attribute(span, 'scan_id'), 's-42')
    for (const line of [inside, ended]) {
      t.is(line?.['trace_id'], span?.traceId)
      t.is(line?.['span_id'], span?.spanId)
      t.is(line?.['trace_flags'], '01')
    }
    const said = lines.find(({ msg }) => String(msg).startsWith('Tracing has ended'))
    t.is(said?.['level'], 'warn')
    t.false('trace_id' in (said ?? {}))
    t.like(said?.['tracing'], { exported: 1, dropped: 1 })
  },
)
