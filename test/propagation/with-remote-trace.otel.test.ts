import { context, propagation, type Span, trace } from '@opentelemetry/api'
import { AlwaysOnSampler, ParentBasedSampler } from '@opentelemetry/sdk-trace-node'
import test from 'ava'
import { activeTrace } from '../../src/context/active.js'
import {
  extractTrace,
  injectTrace,
  withoutTrace,
  withRemoteTrace,
} from '../../src/propagation/index.js'
import { withSpan } from '../../src/spans/with-span.js'
import { registerProvider, unregister } from '../spans/otel.js'

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
const spanId = '00f067aa0ba902b7'
const headers = {
  traceparent: `00-${traceId}-${spanId}-01`,
  tracestate: 'vendor=1',
  baggage: 'tenant=acme;p=1',
}
const trusted = { trust: true, sampledPerSecond: Number.POSITIVE_INFINITY }
const untrusted = { peer: '203.0.113.9' }

test.afterEach.always(unregister)

for (const contextManager of [true, false]) {
  const given = contextManager ? '' : ', without a context manager'

  test.serial(`a trusted remote span is the parent of native spans${given}`, (t) => {
    const otel = registerProvider({ contextManager })
    withRemoteTrace(headers, trusted, () => withSpan('serve', () => {}))
    const [span] = otel.finished()
    t.is(span?.spanContext().traceId, traceId)
    t.is(span?.parentSpanContext?.spanId, spanId)
    t.true(span?.parentSpanContext?.isRemote)
    t.is(span?.spanContext().traceState?.serialize(), 'vendor=1')
  })

  test.serial(`an untrusted trace restarts with a native root that has a link${given}`, (t) => {
    const otel = registerProvider({ contextManager })
    withRemoteTrace(headers, untrusted, () => withSpan('serve', () => withSpan('inner', () => {})))
    const [inner, serve] = otel.finished()
    t.not(serve?.spanContext().traceId, traceId)
    t.is(serve?.parentSpanContext, undefined)
    t.is(serve?.links[0]?.context.traceId, traceId)
    t.is(serve?.links[0]?.context.traceFlags, 0)
    t.is(serve?.spanContext().traceState, undefined)
    t.is(inner?.parentSpanContext?.spanId, serve?.spanContext().spanId)
    t.deepEqual(inner?.links, [])
  })

  test.serial(`strangers do not decide what a parent-based sampler records${given}`, (t) => {
    const sampler = new ParentBasedSampler({ root: new AlwaysOnSampler() })
    const otel = registerProvider({ contextManager, sampler })
    const hidden = { traceparent: `00-${traceId}-${spanId}-00` }
    withRemoteTrace(hidden, untrusted, () => withSpan('stranger', () => {}))
    withRemoteTrace(hidden, trusted, () => withSpan('friend', () => {}))
    t.deepEqual(
      otel.finished().map(({ name }) => name),
      ['stranger'],
    )
  })
}

test.serial("OpenTelemetry's own spans are children of the remote one", (t) => {
  const otel = registerProvider()
  withRemoteTrace(headers, trusted, () => {
    trace.getTracer('app').startSpan('theirs').end()
    const active = trace.getActiveSpan() as Span
    t.notThrows(() => active.setAttribute('a', 1).addEvent('e').setStatus({ code: 1 }).end())
  })
  t.is(otel.finished()[0]?.parentSpanContext?.spanId, spanId)
})

test.serial("OpenTelemetry's own spans are roots where a trace restarts", (t) => {
  const otel = registerProvider()
  withSpan('outer', () =>
    withRemoteTrace(headers, untrusted, () => {
      t.is(trace.getActiveSpan(), undefined)
      t.is(propagation.getActiveBaggage(), undefined)
      trace.getTracer('app').startSpan('theirs').end()
    }),
  )
  t.is(otel.finished()[0]?.parentSpanContext, undefined)
})

test.serial('baggage is that of the API, in both directions', (t) => {
  registerProvider()
  withRemoteTrace(headers, trusted, () => {
    const baggage = propagation.getActiveBaggage()
    t.is(baggage?.getEntry('tenant')?.value, 'acme')
    t.is(String(baggage?.getEntry('tenant')?.metadata), 'p=1')
    const more = baggage
      ?.setEntry('user', { value: 'a b' })
      .setEntry('password', { value: 'hunter2' })
    context.with(
      propagation.setBaggage(context.active(), more ?? propagation.createBaggage()),
      () =>
        t.is(
          injectTrace<Record<string, string>>({})['baggage'],
          'tenant=acme;p=1,user=a%20b,password=%5BRedacted%5D',
        ),
    )
    t.deepEqual(more?.removeEntry('tenant').removeEntries('password').getAllEntries(), [
      ['user', { value: 'a b' }],
    ])
    t.deepEqual(more?.clear().getAllEntries(), [])
    context.with(propagation.deleteBaggage(context.active()), () =>
      t.is(injectTrace<Record<string, string>>({})['baggage'], undefined),
    )
  })
})

test.serial('baggage of the API that throws is none', (t) => {
  registerProvider()
  const broken = {
    ...propagation.createBaggage(),
    getAllEntries() {
      throw new Error('no')
    },
  } as never
  context.with(propagation.setBaggage(context.active(), broken), () =>
    t.deepEqual(injectTrace({}), {}),
  )
})

test.serial('a scope that OpenTelemetry opened inside wins over the remote one', (t) => {
  registerProvider()
  withRemoteTrace(headers, trusted, () =>
    trace.getTracer('app').startActiveSpan('theirs', (theirs) => {
      t.is(activeTrace()?.spanId, theirs.spanContext().spanId)
      t.true(
        String(injectTrace<Record<string, string>>({})['traceparent']).includes(
          theirs.spanContext().spanId,
        ),
      )
      theirs.end()
    }),
  )
})

test.serial('outside of every trace OpenTelemetry has no span and no baggage either', (t) => {
  registerProvider()
  withRemoteTrace(headers, trusted, () =>
    withSpan('serve', () =>
      withoutTrace(() => {
        t.is(trace.getActiveSpan(), undefined)
        t.is(propagation.getActiveBaggage(), undefined)
        t.deepEqual(injectTrace({}), {})
        withSpan('root', (span) => t.not(span.spanContext().traceId, traceId))
      }),
    ),
  )
})

test.serial('a span given by hand has the remote parent too', (t) => {
  const otel = registerProvider()
  const { parent } = extractTrace(headers, trusted)
  withSpan('serve', { ...(parent && { parent }) }, () => {})
  t.is(otel.finished()[0]?.parentSpanContext?.spanId, spanId)
})
