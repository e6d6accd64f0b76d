import test from 'ava'
import { createEcsFormat } from '../../src/formats/ecs.js'
import type { JsonObject } from '../../src/formats/json-value.js'

const ecs = createEcsFormat()
const head = {
  time: '2026-11-20T21:00:00.000Z',
  level: 'info',
  message: undefined,
  trace: undefined,
}

function mapped(fields: JsonObject): Record<string, unknown> {
  const line = ecs.line(head, ecs.identity({}))
  for (const [key, value] of Object.entries(fields)) line.put(key, value)
  const { '@timestamp': _, 'log.level': __, 'ecs.version': ___, ...rest } = JSON.parse(line.text())
  return rest
}

test('an error has its type, message, code and stack, and its causes in the stack trace', (t) => {
  const cause = {
    type: 'RangeError',
    message: 'deep',
    stack: 'RangeError: deep\n    at z',
    code: 'E2',
  }
  t.deepEqual(
    mapped({
      err: {
        type: 'TypeError',
        message: 'boom',
        stack: 'TypeError: boom\n    at x',
        code: 42,
        retries: 3,
        cause: { type: 'Error', message: 'inner', stack: 'Error: inner\n    at y', cause },
      },
    }),
    {
      'error.type': 'TypeError',
      'error.message': 'boom',
      'error.stack_trace':
        'TypeError: boom\n    at x\nCaused by: Error: inner\n    at y\nCaused by: RangeError: deep\n    at z',
      'error.code': '42',
      labels: {
        error_retries: '3',
        error_cause_type: 'Error',
        error_cause_message: 'inner',
        error_cause_cause_type: 'RangeError',
        error_cause_cause_message: 'deep',
        error_cause_cause_code: 'E2',
      },
    },
  )
})

test('members of an aggregate are in the stack trace, and named', (t) => {
  t.deepEqual(
    mapped({
      err: {
        type: 'AggregateError',
        message: '',
        stack: 'AggregateError\n    at x',
        aggregateErrors: [
          { type: 'Error', message: 'one', stack: 'Error: one\n    at y' },
          'two',
          3,
        ],
      },
    }),
    {
      'error.type': 'AggregateError',
      'error.message': '',
      'error.stack_trace':
        'AggregateError\n    at x\nError 1: Error: one\n    at y\nError 2: two\nError 3: 3',
      labels: { error_errors: ['Error: one', 'two', '3'] },
    },
  )
})

test('causes that the stack has already are not repeated', (t) => {
  const cause = { type: 'Error', message: 'inner', stack: 'Error: inner\n    at y' }
  const stack = `Error: boom\n    at x\ncaused by: ${cause.stack}`
  t.is(mapped({ err: { message: 'boom', stack, cause } })['error.stack_trace'], stack)
})

test('an error without a stack has one of its causes alone, or none', (t) => {
  t.deepEqual(mapped({ error: { name: 'Boom', message: 'x', cause: 'why' } }), {
    'error.type': 'Boom',
    'error.message': 'x',
    'error.stack_trace': 'Boom: x\nCaused by: why',
    labels: { error_cause: 'why' },
  })
  t.deepEqual(mapped({ err: { message: 'x', cause: null } }), {
    'error.message': 'x',
    labels: { error_cause: null },
  })
  t.deepEqual(mapped({ err: { message: { a: 1 }, stack: 42, cause: { name: 'N' } } }), {
    'error.stack_trace': '42',
    labels: { error_message_a: '1', error_cause_name: 'N' },
  })
})

test('an error that is no object', (t) => {
  t.deepEqual(mapped({ err: 'boom' }), { 'error.message': 'boom' })
  t.deepEqual(mapped({ err: null, error: true }), { labels: { err: null, error: 'true' } })
})

test('fields of an error in ECS itself stay what they are', (t) => {
  t.deepEqual(mapped({ 'error.message': 'a', error: { type: 'T', stack_trace: 'at x' } }), {
    'error.message': 'a',
    'error.type': 'T',
    'error.stack_trace': 'at x',
  })
})

test('a request and a response as pino-http writes them', (t) => {
  t.deepEqual(
    mapped({
      req: {
        id: 7,
        method: 'POST',
        url: '/scan?depth=2#top',
        query: { depth: '2' },
        headers: {
          host: 'n1',
          'User-Agent': 'curl',
          'content-type': 'application/json',
          'content-length': '12',
          referer: 'https://a.example/',
        },
        remoteAddress: '10.0.0.1',
        remotePort: 5000,
      },
      res: { statusCode: 200, headers: { 'content-length': '3', 'x-a': ['b'] }, extra: 1 },
      responseTime: 1.25,
    }),
    {
      'http.request.id': '7',
      'http.request.method': 'POST',
      'url.original': '/scan?depth=2#top',
      'url.path': '/scan',
      'url.query': 'depth=2',
      'user_agent.original': 'curl',
      'http.request.mime_type': 'application/json',
      'http.request.body.bytes': 12,
      'http.request.referrer': 'https://a.example/',
      'client.address': '10.0.0.1',
      'client.ip': '10.0.0.1',
      'client.port': 5000,
      'http.response.status_code': 200,
      'http.response.body.bytes': 3,
      'event.duration': 1_250_000,
      labels: {
        req_query_depth: '2',
        req_headers: '{"host":"n1"}',
        res_headers: '{"x-a":["b"]}',
        res_extra: '1',
      },
    },
  )
})

test('a request that says less, and one that is none', (t) => {
  t.deepEqual(
    mapped({ req: { url: 'https://a.example/x', headers: 'none', remoteAddress: 'unix' } }),
    {
      'url.original': 'https://a.example/x',
      'client.address': 'unix',
      labels: { req_headers: 'none' },
    },
  )
  t.deepEqual(mapped({ req: 'x', res: 5, reqId: 'r1', duration_ms: 'long' }), {
    'http.request.id': 'r1',
    labels: { req: 'x', res: '5', duration_ms: 'long' },
  })
})

test('milliseconds become nanoseconds', (t) => {
  t.deepEqual(mapped({ duration_ms: 0.0004 }), { 'event.duration': 400 })
  t.deepEqual(mapped({ duration_ms: -1 }), { labels: { duration_ms: '-1' } })
  t.deepEqual(mapped({ duration_ms: 1e300 }), { labels: { event_duration: '1e+306' } })
})
