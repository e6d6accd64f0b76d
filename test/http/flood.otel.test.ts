import { createRequire } from 'node:module'
import { context, propagation, trace } from '@opentelemetry/api'
import { W3CTraceContextPropagator } from '@opentelemetry/core'
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http'
import { AlwaysOffSampler, type ReadableSpan } from '@opentelemetry/sdk-trace-node'
import test from 'ava'
import { registerProvider, unregister } from '../spans/otel.js'
import { expectedShapes, flood, floodSize, frameworks } from './flood.js'

const instrumentation = new HttpInstrumentation({
  // The requests of the tests themselves are sent by fetch; what else asks is none of theirs.
  disableOutgoingRequestInstrumentation: true,
})
instrumentation.disable()

test.afterEach.always(() => {
  instrumentation.disable()
  unregister()
})

function instrument(): void {
  propagation.setGlobalPropagator(new W3CTraceContextPropagator())
  instrumentation.setTracerProvider(trace.getTracerProvider())
  instrumentation.enable()
  createRequire(import.meta.url)('http')
}

/** As the shapes of the flood, from what was exported. */
function exported(spans: readonly ReadableSpan[]): string[] {
  const shapeOf = (span: ReadableSpan): string => {
    const children = spans.filter(
      ({ parentSpanContext }) => parentSpanContext?.spanId === span.spanContext().spanId,
    )
    return `${span.name} ${span.status.code} (${children.map(shapeOf).join(', ')})`
  }
  return spans.filter(({ parentSpanContext }) => parentSpanContext === undefined).map(shapeOf)
}

for (const framework of Object.keys(frameworks)) {
  test.serial(`with OpenTelemetry the trees in the log are the same: ${framework}`, async (t) => {
    const otel = registerProvider()
    const { shapes } = await flood(t, framework)
    t.deepEqual(shapes, expectedShapes)
    const spans = otel.finished()
    t.is(spans.length, floodSize * 2 + (floodSize / 5) * 2)
    t.is(new Set(exported(spans)).size, 4)
  })

  test.serial(
    `beside OpenTelemetry's own HTTP instrumentation they are too, and no span is doubled: ${framework}`,
    async (t) => {
      const otel = registerProvider()
      instrument()
      const { shapes, logger } = await flood(t, framework)
      t.deepEqual(shapes, expectedShapes)
      const spans = otel.finished()
      t.is(spans.length, floodSize * 2 + (floodSize / 5) * 2)
      const servers = spans.filter(({ kind }) => kind === 1)
      t.deepEqual(
        [...new Set(servers.map((span) => span.instrumentationScope.name))],
        ['@opentelemetry/instrumentation-http'],
      )
      const recorded = new Map(logger.spans().map((record) => [record['span_id'], record.span]))
      for (const span of servers) {
        const record = recorded.get(span.spanContext().spanId)
        t.is(span.name, record?.['name'] as string)
        t.is(span.attributes['http.route'], record?.attributes['http.route'] as string)
      }
    },
  )
}

test.serial('requests that are not sampled have their trees in the log, too', async (t) => {
  const otel = registerProvider({ sampler: new AlwaysOffSampler() })
  const { shapes } = await flood(t, 'express')
  t.deepEqual(shapes, expectedShapes)
  t.deepEqual(otel.finished(), [])
  t.truthy(context.active())
})

test.serial(
  'nor do those that an instrumentation began and did not sample lack them',
  async (t) => {
    const otel = registerProvider({ sampler: new AlwaysOffSampler() })
    instrument()
    const { shapes } = await flood(t, 'express')
    t.deepEqual(shapes, expectedShapes)
    t.deepEqual(otel.finished(), [])
  },
)
