import test from 'ava'
import { activeTrace } from '../../src/context/active.js'
import { setRootSampler } from '../../src/context/sampler.js'
import { createSecurityLogger } from '../../src/index.js'
import { extractTrace, injectTrace, withRemoteTrace } from '../../src/propagation/index.js'
import { activeSpan } from '../../src/spans/active-span.js'
import { withSpan } from '../../src/spans/with-span.js'
import { memoryDestination } from '../../src/testing/index.js'

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
const spanId = '00f067aa0ba902b7'
const headers = {
  traceparent: `00-${traceId}-${spanId}-01`,
  tracestate: 'vendor=1',
  baggage: 'tenant=acme,user=u1',
}
const trusted = { trust: true, sampledPerSecond: Number.POSITIVE_INFINITY }
const untrusted = { peer: '203.0.113.9' }

function logger() {
  const destination = memoryDestination()
  return {
    log: createSecurityLogger({ service: 's', level: 'trace' }, destination),
    records: () => destination.records,
  }
}

test.afterEach.always(() => setRootSampler(undefined))

test('a trusted trace is continued, with its state, flags and baggage', (t) => {
  const out = withRemoteTrace(headers, trusted, (remote) => {
    t.true(remote.trusted)
    t.is(remote.upstream, undefined)
    t.deepEqual(remote.links, [])
    t.is(remote.baggage.get('tenant'), 'acme')
    t.is(activeTrace()?.spanId, spanId)
    return withSpan('serve', (span) => {
      t.is(span.spanContext().traceId, traceId)
      t.is(activeTrace()?.parentSpanId, spanId)
      return injectTrace<Record<string, string>>({})
    })
  })
  t.regex(String(out['traceparent']), new RegExp(`^00-${traceId}-(?!${spanId})[\\da-f]{16}-01$`))
  t.is(out['tracestate'], 'vendor=1')
  t.is(out['baggage'], 'tenant=acme,user=u1')
})

test('without a span of ours the trace is passed on as it came', (t) => {
  t.deepEqual(
    withRemoteTrace(headers, trusted, () => injectTrace({})),
    headers,
  )
})

test('an untrusted trace restarts: new ids, a link, no flag, no state, no baggage', (t) => {
  const { log, records } = logger()
  const out = withRemoteTrace(headers, untrusted, (remote) => {
    t.false(remote.trusted)
    t.is(remote.parent, undefined)
    t.deepEqual(remote.upstream, { traceId, spanId, traceFlags: 1 })
    t.deepEqual([...remote.baggage], [])
    t.is(activeTrace(), undefined)
    t.deepEqual(injectTrace({ ...headers }), {} as typeof headers)
    log.info('before')
    return log.withSpan('serve', (span) => {
      t.not(span.spanContext().traceId, traceId)
      t.is(activeTrace()?.parentSpanId, undefined)
      log.withSpan('inner', () => log.info('inside'))
      return injectTrace<Record<string, string>>({})
    })
  })
  t.deepEqual(Object.keys(out), ['traceparent'])
  t.false(String(out['traceparent']).includes(traceId))
  const upstream = { trace_id: traceId, span_id: spanId, trace_flags: '01' }
  t.is(records().length, 4)
  for (const record of records()) t.deepEqual(record['upstream'], upstream)
  const linked = records().filter((record) =>
    JSON.stringify(record['span'] ?? {}).includes('links'),
  )
  t.is(linked.length, 1)
  t.like(linked[0], { span: { name: 'serve', links: [{ trace_id: traceId, span_id: spanId }] } })
})

test('a link of the caller is kept beside the link to the untrusted trace', (t) => {
  const { log, records } = logger()
  const context = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: 0 }
  withRemoteTrace(headers, untrusted, () =>
    log.withSpan('serve', { links: [{ context }] }, () => {}),
  )
  t.like(records()[0], { span: { links: [{ trace_id: 'a'.repeat(32) }, { trace_id: traceId }] } })
})

test('a client can neither hide a request nor have it sampled', (t) => {
  for (const sampled of [true, false]) {
    setRootSampler(() => sampled)
    for (const flags of ['00', '01']) {
      const traceparent = `00-${traceId}-${spanId}-${flags}`
      const traceFlags = withRemoteTrace({ traceparent }, untrusted, () =>
        withSpan('serve', (span) => span.spanContext().traceFlags),
      )
      t.is(traceFlags, sampled ? 1 : 0)
    }
  }
})

test('a flood of sampled requests from strangers is sampled as our own sampler says', (t) => {
  let asked = 0
  setRootSampler(() => asked++ % 100 === 0)
  let sampled = 0
  for (let n = 0; n < 1_000; n += 1) {
    sampled += withRemoteTrace(headers, untrusted, () =>
      withSpan('serve', (span) => span.spanContext().traceFlags),
    )
  }
  t.is(sampled, 10)
})

test('a restart does not stay in the trace of a span that is active', (t) => {
  withSpan('outer', (outer) => {
    withRemoteTrace(headers, untrusted, () => {
      t.is(activeTrace(), undefined)
      withSpan('serve', (span) => t.not(span.spanContext().traceId, outer.spanContext().traceId))
    })
    t.is(activeTrace()?.spanId, outer.spanContext().spanId)
  })
})

test('a restart lets nothing of an outer request through either', (t) => {
  withRemoteTrace(headers, trusted, () =>
    withRemoteTrace(headers, untrusted, () =>
      withSpan('serve', () => t.deepEqual(Object.keys(injectTrace({})), ['traceparent'])),
    ),
  )
})

test('what has no valid traceparent leaves the active span the parent', (t) => {
  withSpan('outer', (outer) => {
    for (const options of [trusted, untrusted]) {
      for (const carrier of [
        undefined,
        {},
        { traceparent: 'x' },
        { baggage: 'a=1' },
        { tracestate: 'a=1' },
      ]) {
        withRemoteTrace(carrier, options, () => {
          t.is(activeTrace()?.spanId, outer.spanContext().spanId)
          t.true(
            String(injectTrace<Record<string, string>>({})['traceparent']).includes(
              outer.spanContext().spanId,
            ),
          )
        })
      }
    }
  })
})

test('baggage comes along without a trace, and an inner request without any keeps that of the outer', (t) => {
  withRemoteTrace({ baggage: 'a=1' }, trusted, () => {
    t.deepEqual(injectTrace({}), { baggage: 'a=1' })
    withRemoteTrace({ traceparent: headers.traceparent }, trusted, () =>
      t.deepEqual(injectTrace({}), { traceparent: headers.traceparent, baggage: 'a=1' }),
    )
    withRemoteTrace({ baggage: 'b=2' }, trusted, () =>
      t.deepEqual(injectTrace({}), { baggage: 'b=2' }),
    )
  })
  t.deepEqual(injectTrace({}), {})
})

test('allowed baggage is on every line of the request', (t) => {
  const { log, records } = logger()
  withRemoteTrace(headers, { ...trusted, baggageFields: ['tenant'] }, () =>
    log.withSpan('serve', () => log.info('x')),
  )
  t.is(records().length, 2)
  for (const record of records()) {
    t.like(record, { tenant: 'acme', trace_id: traceId })
    t.false('user' in record)
    t.false('upstream' in record)
  }
})

test('baggage cannot replace what the logger says', (t) => {
  const { log, records } = logger()
  const baggage = 'level=fatal,trace_id=0,msg=forged,time=0,service=evil'
  const names = ['level', 'trace_id', 'msg', 'time', 'service']
  withRemoteTrace({ ...headers, baggage }, { ...trusted, baggageFields: names }, () =>
    log.info('true'),
  )
  t.like(records()[0], { level: 'info', trace_id: traceId, msg: 'true', service: 's' })
})

test('a remote parent can be handed on, as extractTrace gives it', (t) => {
  const { parent, links } = extractTrace(headers, trusted)
  withSpan('serve', { links, ...(parent && { parent }) }, (span) => {
    t.is(span.spanContext().traceId, traceId)
    t.is(span.spanContext().traceState?.get('vendor'), '1')
  })
  const stranger = extractTrace(headers, untrusted)
  withSpan('serve', { links: stranger.links, root: true }, (span) =>
    t.not(span.spanContext().traceId, traceId),
  )
})

test('a span can be named whose trace is sent', (t) => {
  withSpan('one', (one) =>
    withSpan('two', () => {
      const sent = injectTrace<Record<string, string>>({}, { span: one })
      t.true(String(sent['traceparent']).includes(one.spanContext().spanId))
    }),
  )
})

test('a span that tells nonsense sends nothing that may not be sent', (t) => {
  const context = { traceId, spanId, traceFlags: 255 }
  const sent = (traceState: unknown) =>
    injectTrace({}, { span: { spanContext: () => ({ ...context, traceState }) } })
  const traceparent = `00-${traceId}-${spanId}-03`
  for (const text of ['a=1\r\nX-Evil: 1', 'A=1', '', 7, undefined])
    t.deepEqual(sent({ serialize: () => text }), { traceparent })
  t.deepEqual(
    sent({
      serialize() {
        throw new Error('no')
      },
    }),
    { traceparent },
  )
  t.deepEqual(sent('a=1'), { traceparent })
  t.deepEqual(
    injectTrace(
      {},
      {
        span: {
          spanContext: () => {
            throw new Error('no')
          },
        },
      },
    ),
    {},
  )
  t.deepEqual(
    injectTrace({}, { span: { spanContext: () => ({ traceId: 'x', spanId, traceFlags: 1 }) } }),
    {},
  )
})

test('the remote span takes whatever is put into the active one, and records nothing', (t) => {
  withRemoteTrace(headers, trusted, ({ parent }) => {
    t.notThrows(() =>
      activeSpan()
        .setAttribute('a', 1)
        .addEvent('e')
        .setStatus({ code: 2 })
        .updateName('n')
        .recordException(new Error('x')),
    )
    t.notThrows(() => activeSpan().end())
    t.false(parent?.isRecording())
    const same = parent
      ?.setAttribute('a', 1)
      .setAttributes({})
      .addEvent('e')
      .addLink({})
      .addLinks([])
      .setStatus({})
      .updateName('n')
    t.is(same, parent)
    parent?.recordException('x')
    parent?.end()
  })
  withRemoteTrace(headers, untrusted, () =>
    t.notThrows(() => activeSpan().setAttribute('a', 1).end()),
  )
})

test('it gives what fn gives, and throws what fn throws', async (t) => {
  t.is(
    withRemoteTrace(headers, trusted, () => 7),
    7,
  )
  t.is(await withRemoteTrace(headers, trusted, async () => activeTrace()?.traceId), traceId)
  const error = new Error('mine')
  t.is(
    t.throws(() =>
      withRemoteTrace(headers, untrusted, () => {
        throw error
      }),
    ),
    error,
  )
  t.is(activeTrace(), undefined)
})

test('two hundred concurrent requests keep their traces apart', async (t) => {
  const hex = (n: number, length: number) => (n + 1).toString(16).padStart(length, '0')
  const serve = async (n: number) => {
    const carrier = { traceparent: `00-${hex(n, 32)}-${hex(n, 16)}-00`, baggage: `n=${n}` }
    return withRemoteTrace(carrier, n % 2 === 0 ? trusted : untrusted, () =>
      withSpan('serve', async () => {
        for (let turn = 0; turn < 1 + (n % 7); turn += 1) await new Promise(setImmediate)
        return injectTrace<Record<string, string>>({})
      }),
    )
  }
  const sent = await Promise.all(Array.from({ length: 200 }, (_, n) => serve(n)))
  for (const [n, out] of sent.entries()) {
    t.is(String(out['traceparent']).includes(hex(n, 32)), n % 2 === 0)
    t.is(out['baggage'], n % 2 === 0 ? `n=${n}` : undefined)
  }
})
