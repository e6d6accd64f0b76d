import test from 'ava'
import { activeTrace } from '../../src/context/active.js'
import { withFields } from '../../src/context/fields.js'
import { currentScope } from '../../src/context/scope.js'
import {
  injectMeta,
  injectTrace,
  poolHeaders,
  withoutTrace,
  withRemoteTrace,
} from '../../src/propagation/index.js'
import { withSpan } from '../../src/spans/with-span.js'

const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'

const perRequest = [
  'traceparent',
  'Traceparent',
  'TRACESTATE',
  'baggage',
  'traceresponse',
  'b3',
  'X-B3-TraceId',
  'x-b3-sampled',
  'X-Request-ID',
  'x_request_id',
  'x-correlation-id',
  'correlation-id',
  'Correlation-Context',
  'x-trace-id',
  'trace-id',
  'traceid',
  'x-span-id',
  'x-parent-span-id',
  'request-id',
  'x-amzn-trace-id',
  'x-cloud-trace-context',
  'uber-trace-id',
  'uberctx-tenant',
  'sentry-trace',
  'x-datadog-trace-id',
  'x-datadog-parent-id',
  'elastic-apm-traceparent',
  'grpc-trace-bin',
  'x-transaction-id',
  'x-ms-client-request-id',
  'idempotency-key',
  'x-ot-span-context',
  'cf-ray',
]
const perConnection = {
  authorization: 'Bearer x',
  'user-agent': 'gateway',
  'mcp-protocol-version': '2025-06-18',
  'mcp-session-id': 's-1',
  'x-api-key': 'k',
  accept: 'application/json, text/event-stream',
  'x-tenant': 'acme',
  'x-client-id': 'gateway',
}

test('headers of a pooled connection hold nothing of one request', (t) => {
  for (const name of perRequest)
    t.deepEqual(Object.keys(poolHeaders({ [name]: 'abcdefgh', accept: '*/*' })), ['accept'], name)
})

test('they keep all that belongs to the connection', (t) => {
  t.deepEqual({ ...poolHeaders(perConnection) }, perConnection)
  t.deepEqual({ ...poolHeaders() }, {})
})

test('they are taken in any shape', (t) => {
  const expected = { accept: 'a, b', 'x-tenant': 'acme' }
  const metadata = {
    get: () => [],
    set() {},
    getMap: () => ({ accept: 'a, b', 'x-tenant': 'acme', traceparent }),
  }
  for (const headers of [
    { Accept: ['a', 'b'], 'X-Tenant': 'acme', traceparent, odd: 7 },
    new Headers([
      ['accept', 'a'],
      ['accept', 'b'],
      ['x-tenant', 'acme'],
      ['traceparent', traceparent],
    ]),
    new Map<string, unknown>([
      ['Accept', 'a, b'],
      ['x-tenant', 'acme'],
      ['Traceparent', traceparent],
    ]),
    [
      ['accept', 'a'],
      ['Accept', 'b'],
      ['x-tenant', 'acme'],
      ['baggage', 'a=1'],
    ],
    ['accept', 'a', 'accept', 'b', 'x-tenant', 'acme', 'Baggage', 'a=1'],
    metadata,
  ])
    t.deepEqual({ ...poolHeaders(headers) }, expected)
  t.is(new Headers(poolHeaders(expected)).get('accept'), 'a, b')
})

test('nothing can be put into them later, not by injecting either', (t) => {
  const headers = poolHeaders({ accept: '*/*' })
  const loose = headers as Record<string, string>
  t.throws(
    () => {
      loose['traceparent'] = traceparent
    },
    { instanceOf: TypeError },
  )
  t.throws(() => Object.assign(loose, { baggage: 'a=1' }), { instanceOf: TypeError })
  withSpan('ours', () => t.is(injectTrace(headers), headers))
  t.deepEqual({ ...headers }, { accept: '*/*' })
})

test('what was left out is said, once per name that is known, and nothing that a client chose', async (t) => {
  const said: string[] = []
  const listen = (warning: Error) => said.push(warning.message)
  process.on('warning', listen)
  t.teardown(() => process.off('warning', listen))
  for (let n = 0; n < 2_000; n += 1) {
    poolHeaders({ [`x-unheard-of-${n}-trace-id`]: 'value-of-it', 'cf-ray': 'value-of-it' })
  }
  await new Promise(setImmediate)
  t.true(said.filter((text) => text.includes('pooled')).length < 50)
  t.notRegex(said.join(), /unheard|value-of-it/)
})

test('a connection that is opened within a request lives on outside of it', async (t) => {
  const opened = await withRemoteTrace(
    { traceparent, baggage: 'tenant=acme' },
    { trust: true },
    () =>
      withFields({ tenant: 'acme' }, () =>
        withSpan('request', () =>
          withoutTrace(async () => {
            await new Promise(setImmediate)
            const later = withSpan('later', (span) => span.spanContext().traceId)
            return {
              trace: activeTrace(),
              ambient: currentScope()?.ambient,
              headers: injectTrace({}),
              later,
            }
          }),
        ),
      ),
  )
  t.deepEqual(
    { ...opened, later: undefined },
    { trace: undefined, ambient: undefined, headers: {}, later: undefined },
  )
  t.false(traceparent.includes(opened.later))
})

test('each message of a pooled session carries the trace of its own request', (t) => {
  const params = {
    name: 'scan',
    arguments: { path: '/' },
    _meta: { progressToken: 7, traceparent: 'stale', Baggage: 'a=1' },
  }
  const send = () =>
    withSpan('call', (span) => ({ sent: injectMeta(params), spanId: span.spanContext().spanId }))
  const [first, second] = [send(), send()]
  for (const { sent, spanId } of [first, second]) {
    t.deepEqual(Object.keys(sent._meta), ['progressToken', 'traceparent'])
    t.true(String(sent._meta['traceparent']).includes(spanId))
    t.deepEqual(sent.arguments, { path: '/' })
  }
  t.not(first.sent._meta['traceparent'], second.sent._meta['traceparent'])
  t.deepEqual(params._meta, { progressToken: 7, traceparent: 'stale', Baggage: 'a=1' })
})

test('a message without params gets some, and outside of a span they are empty', (t) => {
  t.deepEqual(injectMeta(), { _meta: {} })
  t.deepEqual(injectMeta({ _meta: null } as object), { _meta: {} })
  t.is(Object.keys(withSpan('call', () => injectMeta())._meta).join(), 'traceparent')
})
