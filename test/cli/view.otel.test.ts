import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { NodeTracerProvider, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-node'
import test from 'ava'
import { startTracing, withSpan } from '../../src/index.js'
import { startView } from './view-process.js'

test("OpenTelemetry's exporter of JSON sends spans that are shown", async (t) => {
  const view = await startView(t)
  const exporter = new OTLPTraceExporter({ url: `${view.base}/v1/traces` })
  const provider = new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] })
  const span = provider.getTracer('test').startSpan('GET /cart', { attributes: { n: 7, ok: true } })
  span.recordException(new TypeError('boom'))
  span.end()
  await provider.forceFlush()
  const { traceId } = span.spanContext()
  const trace = await view.trace(traceId)
  t.like(trace.spans[0], {
    name: 'GET /cart',
    attributes: { n: 7, ok: true },
    error: { type: 'TypeError', message: 'boom' },
  })
  await provider.shutdown()
})

test('startTracing sends spans that are shown, as protobuf and as JSON', async (t) => {
  const view = await startView(t)
  for (const protocol of ['http/protobuf', 'http/json'] as const) {
    const tracing = await startTracing({ endpoint: view.base, protocol, service: 'shop' })
    withSpan(protocol, () => {})
    await tracing.shutdown()
    t.is(tracing.health().exported, 1)
  }
  const { traces } = await view.state()
  t.deepEqual(traces.map(({ name, services }) => [name, ...services]).sort(), [
    ['http/json', 'shop'],
    ['http/protobuf', 'shop'],
  ])
})
