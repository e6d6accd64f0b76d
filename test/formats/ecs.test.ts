import test from 'ava'
import { createEcsFormat, type EcsLine } from '../../src/formats/ecs.js'
import type { JsonObject, JsonValue } from '../../src/formats/json-value.js'

const trace = {
  traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
  spanId: '00f067aa0ba902b7',
  traceFlags: 1,
}
const head = { time: '2026-11-20T21:00:00.000Z', level: 'info', message: 'ok', trace: undefined }
const ecs = createEcsFormat()
const identity = ecs.identity({
  service: { name: 'scan-api', environment: 'test' },
  pid: 41,
  hostname: 'n1',
})

function begin(fields: JsonObject = {}, withTrace = false): EcsLine {
  const line = ecs.line(withTrace ? { ...head, trace } : head, identity)
  for (const [key, value] of Object.entries(fields)) line.put(key, value)
  return line
}

/** The parsed line, without what stands on every line. */
function fieldsOf(line: EcsLine): Record<string, unknown> {
  const record = JSON.parse(line.text())
  for (const key of Object.keys(parsedHead)) delete record[key]
  return record
}

const parsedHead = JSON.parse(begin().text())

function mapped(fields: JsonObject): Record<string, unknown> {
  return fieldsOf(begin(fields))
}

test('a line without fields holds what the logger says, in the order of ecs-logging', (t) => {
  t.is(
    begin().text(),
    '{"@timestamp":"2026-11-20T21:00:00.000Z","log.level":"info","message":"ok","ecs.version":"9.4.0",' +
      '"service.name":"scan-api","service.environment":"test","process.pid":41,' +
      '"host.hostname":"n1","host.name":"n1","event.dataset":"scan-api"}',
  )
})

test('a line may have no message', (t) => {
  const line = ecs.line({ ...head, message: undefined }, ecs.identity({}))
  t.is(
    line.text(),
    '{"@timestamp":"2026-11-20T21:00:00.000Z","log.level":"info","ecs.version":"9.4.0"}',
  )
})

test('bindings stand before the ids, the scope and the fields of the call after them, labels and shadowed last', (t) => {
  const line = begin({ 'http.request.method': 'GET', color: 'red', level: 'fatal' }, true)
  line.ambient(ecs.part({ 'url.path': '/a', shape: 'round' }))
  line.bindings(ecs.part({ 'user.id': 'u1', size: 'L' }))
  t.deepEqual(
    Object.keys(JSON.parse(line.text())).slice(-8),
    [
      'user.id',
      'trace.id',
      'span.id',
      'url.path',
      'http.request.method',
      'labels',
      'shadowed',
    ].toSpliced(0, 0, 'event.dataset'),
  )
  t.deepEqual(JSON.parse(line.text()).labels, {
    trace_flags: '01',
    color: 'red',
    shape: 'round',
    size: 'L',
  })
})

test('nested, dotted and half-dotted forms are the same field', (t) => {
  const expected = { 'http.request.method': 'GET' }
  t.deepEqual(mapped({ http: { request: { method: 'GET' } } }), expected)
  t.deepEqual(mapped({ 'http.request.method': 'GET' }), expected)
  t.deepEqual(mapped({ 'http.request': { method: 'GET' } }), expected)
  t.deepEqual(mapped({ http: { 'request.method': 'GET' } }), expected)
})

test('of one field given twice in a call the first stays and the second is a label', (t) => {
  t.deepEqual(mapped({ 'http.request.method': 'GET', http: { request: { method: 'PUT' } } }), {
    'http.request.method': 'GET',
    labels: { http_request_method: 'PUT' },
  })
  t.deepEqual(mapped({ 'a.b': 1, a: { b: 2 } }), { labels: { a_b: '1', a_b_2: '2' } })
})

test('what has no home in ECS is a keyword under labels', (t) => {
  t.deepEqual(
    mapped({ scan_id: 's-42', n: 1.5, on: true, gone: null, deep: { 'a*b': { c: [] } } }),
    {
      labels: { scan_id: 's-42', n: '1.5', on: 'true', gone: null, deep_a_b_c: [] },
    },
  )
})

test('arrays under labels hold strings, objects in them as JSON', (t) => {
  t.deepEqual(mapped({ list: ['a', 1, { b: [1] }, [2], null] }), {
    labels: { list: ['a', '1', '{"b":[1]}', '[2]', null] },
  })
})

test('an object with too many values for a label each is one label of JSON', (t) => {
  const big = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`k${index}`, index]))
  t.deepEqual(mapped({ big, empty: {} }), { labels: { big: JSON.stringify(big), empty: '{}' } })
})

test('keys that fall together under labels are told apart', (t) => {
  t.deepEqual(mapped({ 'a.b': 1, a_b: 2, 'a*b': 3, a_b_2: 4 }), {
    labels: { a_b: '1', a_b_2: '2', a_b_3: '3', a_b_2_2: '4' },
  })
})

test('a user may write labels', (t) => {
  t.deepEqual(mapped({ labels: { 'a.b': 1, c: { d: 2 } }, 'labels.e': 3 }), {
    labels: { a_b: '1', c_d: '2', e: '3' },
  })
  t.deepEqual(mapped({ labels: 'x' }), { labels: { labels: 'x' } })
})

test('keys that Elasticsearch would refuse get a name', (t) => {
  t.deepEqual(mapped({ '': 1, ' ': 2, '.': 3, 'a\0b': 4 }), {
    labels: { _: '1', __2: '2', __3: '3', a_b: '4' },
  })
})

test('a leaf where ECS has an object is a label', (t) => {
  t.deepEqual(mapped({ user: 'bob', url: ['/a'], 'http.request.method': { a: 1 } }), {
    labels: { user: 'bob', url: ['/a'], http_request_method_a: '1' },
  })
})

test('the innermost source wins, dotted or nested alike', (t) => {
  const older = ecs.part({ 'user.id': 'old', region: 'eu', 'url.path': '/old' })
  const newer = ecs.part({ user: { id: 'new' }, 'url.path': '/new' }, older)
  const line = begin({ url: { path: '/call' } })
  line.bindings(newer)
  t.deepEqual(fieldsOf(line), {
    'user.id': 'new',
    'url.path': '/call',
    labels: { region: 'eu' },
  })
})

test('a binding whose label is taken by another field is told apart', (t) => {
  const line = begin({ a_b: 'call' })
  line.bindings(ecs.part({ 'a.b': 'binding', a_b: 'same field' }))
  t.deepEqual(fieldsOf(line), { labels: { a_b: 'call', a_b_2: 'binding' } })
})

test('bindings that do not meet fields of the call are reused as they are', (t) => {
  const part = ecs.part({ 'user.id': 7, team: 'red' })
  for (const scan of ['a', 'b']) {
    const line = begin({ scan })
    line.bindings(part)
    t.deepEqual(fieldsOf(line), { 'user.id': '7', labels: { scan, team: 'red' } })
  }
})

test('fields of the logger cannot be set, under whatever name or form', (t) => {
  const forged = {
    '@timestamp': '1970-01-01T00:00:00Z',
    'log.level': 'fatal',
    log: { level: 'fatal' },
    trace: { id: 'bad' },
    'span.id': 'bad',
    'service.name': 'evil',
    service: { environment: 'evil' },
    ecs: { version: '0' },
    message: { a: 1 },
    host: { name: ['evil'] },
    level: 60,
    trace_flags: '00',
    labels: { trace_flags: '00' },
  }
  const line = begin(forged, true)
  t.like(JSON.parse(line.text()), {
    ...parsedHead,
    'trace.id': trace.traceId,
    'span.id': trace.spanId,
    labels: { trace_flags: '01' },
    shadowed: {
      '@timestamp': '1970-01-01T00:00:00Z',
      log_level: 'fatal',
      log_level_2: 'fatal',
      trace_id: 'bad',
      span_id: 'bad',
      service_name: 'evil',
      service_environment: 'evil',
      ecs_version: '0',
      message: '{"a":1}',
      host_name: ['evil'],
      level: '60',
      trace_flags: '00',
      trace_flags_2: '00',
    },
  })
  t.is(line.shadowed, 13)
})

test('a value equal to the true one is not shadowed', (t) => {
  const line = begin({ level: 'info', 'process.pid': '41', 'trace.id': trace.traceId }, true)
  line.bindings(ecs.part({ span_id: trace.spanId, trace_flags: '01', time: head.time, msg: 'ok' }))
  t.is(line.shadowed, 0)
  t.false('shadowed' in JSON.parse(line.text()))
})

test('bindings cannot set fields of the logger either, not even those that only this logger sets', (t) => {
  const line = begin()
  line.bindings(
    ecs.part({ trace_id: 'newer', 'service.environment': 'evil' }, ecs.part({ trace_id: 'older' })),
  )
  t.deepEqual(fieldsOf(line), { shadowed: { trace_id: 'newer', service_environment: 'evil' } })
  t.is(line.shadowed, 2)
})

test('service.version is free where the logger has none', (t) => {
  t.deepEqual(mapped({ service: { version: '1.2' } }), { 'service.version': '1.2' })
})

test('a caller can hand over what it found under a name of the logger', (t) => {
  const line = begin()
  line.shadow('pid', 1)
  t.deepEqual(fieldsOf(line), { shadowed: { pid: '1' } })
})

test('fields of the library itself stand against the same fields of a user', (t) => {
  const line = begin()
  line.own('event.action', 'authn_login_fail')
  line.own('event.category', 'authentication')
  line.put('event', { action: 'nothing', category: ['authentication'], code: 5 })
  line.bindings(ecs.part({ 'event.action': 'forged' }))
  t.deepEqual(fieldsOf(line), {
    'event.action': 'authn_login_fail',
    'event.category': ['authentication'],
    'event.code': '5',
    shadowed: {
      event_action: 'nothing',
      event_category: ['authentication'],
      event_action_2: 'forged',
    },
  })
})

test('fields of the library may be nested, aliased, or of no field at all', (t) => {
  const line = begin({}, true)
  line.own('user', { id: 'u1' })
  line.own('err', { type: 'Error', message: 'no' })
  line.own('trace_id', trace.traceId)
  line.own('max_limit', 5)
  line.own('event.sequence', 7)
  line.put('seq', 8)
  line.put('user.id', 'u2')
  t.deepEqual(fieldsOf(line), {
    'trace.id': trace.traceId,
    'span.id': trace.spanId,
    'user.id': 'u1',
    'error.type': 'Error',
    'error.message': 'no',
    'event.sequence': 7,
    labels: { trace_flags: '01', max_limit: '5' },
    shadowed: { seq: '8', user_id: 'u2' },
  })
})

test('a field of the library that does not fit is a label', (t) => {
  const line = begin()
  line.own('event.start', 'yesterday')
  t.deepEqual(fieldsOf(line), { labels: { event_start: 'yesterday' } })
})

test('the data set is the service unless a field says otherwise', (t) => {
  t.is(JSON.parse(begin().text())['event.dataset'], 'scan-api')
  t.is(JSON.parse(begin({ 'event.dataset': 'audit' }).text())['event.dataset'], 'audit')
})

test('fields that route a document cannot be set', (t) => {
  t.deepEqual(mapped({ data_stream: { dataset: 'other' } }), {
    labels: { data_stream_dataset: 'other' },
  })
})

test('the record of a span at its end', (t) => {
  const line = begin({}, true)
  t.true(
    line.span({
      'event.kind': 'span',
      span: {
        name: 'scan',
        kind: 'internal',
        start: '2026-11-20T20:59:59.000Z',
        duration_ms: 12.5,
        status: 'error',
        status_message: 'boom',
        parent_span_id: '00f067aa0ba902b6',
        attributes: { 'db.name': 'x', db: 1, list: [1, 2] },
        events: [{ name: 'e', time: '2026-11-20T20:59:59.000Z' }],
      },
      err: { type: 'Error', message: 'boom', stack: 'Error: boom\n    at x' },
    }),
  )
  line.bindings(ecs.part({ 'event.kind': 'alert' }))
  t.deepEqual(fieldsOf(line), {
    'trace.id': trace.traceId,
    'span.id': trace.spanId,
    'event.kind': 'event',
    'event.action': 'span-end',
    'event.start': '2026-11-20T20:59:59.000Z',
    'event.duration': 12_500_000,
    'event.outcome': 'failure',
    'seclog.span.name': 'scan',
    'seclog.span.kind': 'internal',
    'seclog.span.parent_id': '00f067aa0ba902b6',
    'seclog.span.status': 'error',
    'seclog.span.status_message': 'boom',
    'seclog.span.attributes': { db_name: 'x', db: '1', list: ['1', '2'] },
    'seclog.span.events': ['{"name":"e","time":"2026-11-20T20:59:59.000Z"}'],
    'error.type': 'Error',
    'error.message': 'boom',
    'error.stack_trace': 'Error: boom\n    at x',
    labels: { trace_flags: '01' },
    shadowed: { event_kind: 'alert' },
  })
})

test('the record of a span at its start, and of one that was abandoned', (t) => {
  const start = begin()
  t.true(start.span({ 'event.kind': 'span_start', span: { name: 'scan' } }))
  t.deepEqual(fieldsOf(start), {
    'event.kind': 'event',
    'event.action': 'span-start',
    'seclog.span.name': 'scan',
  })
  const outcomes: [JsonObject, string][] = [
    [{ name: 'scan', status: 'unset', outcome: 'abandoned' }, 'unknown'],
    [{ name: 'scan', status: 'unset' }, 'success'],
  ]
  for (const [span, outcome] of outcomes) {
    const line = begin()
    line.span({ 'event.kind': 'span', span })
    t.is(fieldsOf(line)['event.outcome'], outcome)
  }
})

test("a user's own object called span is no span record", (t) => {
  const line = begin()
  t.false(line.span({ span: { name: 'x' } }))
  t.deepEqual(mapped({ span: { name: 'x', id: 'bad' } }), {
    labels: { span_name: 'x' },
    shadowed: { span_id: 'bad' },
  })
})

test('a list of objects and a field inside of it do not stand side by side', (t) => {
  const answers: JsonValue = [{ name: 'a.example', ttl: '60' }]
  t.deepEqual(mapped({ dns: { answers }, 'dns.answers.name': 'b.example' }), {
    'dns.answers': [{ name: 'a.example', ttl: 60 }],
    labels: { dns_answers_name: 'b.example' },
  })
  t.deepEqual(mapped({ 'dns.answers.name': 'b.example', dns: { answers } }), {
    'dns.answers.name': 'b.example',
    labels: { dns_answers: ['{"name":"a.example","ttl":"60"}'] },
  })
  const line = begin({ dns: { answers } })
  line.bindings(ecs.part({ 'dns.answers.name': 'b.example' }))
  t.deepEqual(fieldsOf(line), {
    'dns.answers': [{ name: 'a.example', ttl: 60 }],
    labels: { dns_answers_name: 'b.example' },
  })
})

test('what finds no room is left out and counted', (t) => {
  const small = createEcsFormat({ lineBytes: 2_000 })
  const line = small.line({ ...head, trace }, identity)
  for (let index = 0; index < 100; index++) line.put(`key_${index}`, 'é'.repeat(20))
  line.shadow('pid', 'x'.repeat(2_000))
  line.bindings(small.part({ more: 'x'.repeat(500) }))
  const text = line.text()
  const record = JSON.parse(text)
  t.true(Buffer.byteLength(text) < 2_000)
  t.is(record['seclog.omitted'], line.omitted)
  t.is(Object.keys(record.labels).length - 1 + line.omitted, 102)
})

test('a message that finds no room is cut, or left out', (t) => {
  for (const lineBytes of [1_024, 2_000, 10]) {
    const small = createEcsFormat({ lineBytes })
    const line = small.line({ ...head, message: '\u0001'.repeat(8_000) }, identity)
    line.put('a', 'b'.repeat(1_000))
    const { message, ...record } = JSON.parse(line.text())
    t.true(Buffer.byteLength(line.text()) < Math.max(lineBytes, 512))
    t.is(record['service.name'], 'scan-api')
    t.is(message?.endsWith('…'), lineBytes > 10 ? true : undefined)
  }
})

test('a key as long as a book is cut', (t) => {
  const [key] = Object.keys(mapped({ ['x'.repeat(50_000)]: 1 })['labels'] as object)
  t.is(key?.length, 200)
})

test('the text of every string comes from the quote function', (t) => {
  const loud = createEcsFormat({ quote: (text) => JSON.stringify(text.toUpperCase()) })
  const line = loud.line(head, loud.identity({}))
  line.put('user.id', 'bob')
  line.put('a', { b: 'c' })
  t.like(JSON.parse(line.text()), { 'USER.ID': 'BOB', labels: { A_B: 'C' }, message: 'OK' })
})
