import test from 'ava'
import { createSecurityLogger } from '../../src/index.js'
import { memoryDestination } from '../../src/testing/memory-destination.js'

const ids = {
  trace_id: '4bf92f3577b34da6a3ce929d0e0e4736',
  span_id: '00f067aa0ba902b7',
  trace_flags: '01',
}

test('a field of the call wins over the same field of a mixin, which is no second label', (t) => {
  const destination = memoryDestination()
  const mixin = () => ({ color: 'mixin', shape: 'mixin', 'user.id': 'mixin' })
  const log = createSecurityLogger({ format: 'ecs', mixin }, destination)
  log.info({ color: 'call', user: { id: 'call' } }, 'x')
  t.like(destination.records[0], { 'user.id': 'call' })
  t.deepEqual(destination.records[0]?.['labels'], { color: 'call', shape: 'mixin' })
})

test("a mixin's ids stand in where the line has none, and are no forgery where it has", (t) => {
  const destination = memoryDestination()
  const log = createSecurityLogger({ format: 'ecs', mixin: () => ids }, destination)
  log.info('outside')
  const spanId = log.withSpan('scan', (span) => {
    log.info('inside')
    return span.spanContext().spanId
  })
  const [outside, inside] = destination.records
  t.like(outside, {
    'trace.id': ids.trace_id,
    'span.id': ids.span_id,
    labels: { trace_flags: '01' },
  })
  t.is(inside?.['span.id'], spanId)
  for (const record of destination.records) t.false('shadowed' in record)
})

test("a mixin's ids that are none of W3C's are left out", (t) => {
  const destination = memoryDestination()
  let mixed: object = {}
  const log = createSecurityLogger({ format: 'ecs', mixin: () => mixed }, destination)
  for (const wrong of [
    { trace_id: 'x' },
    { ...ids, span_id: '0'.repeat(16) },
    { ...ids, trace_id: 5 },
  ]) {
    mixed = wrong
    log.info('x')
  }
  mixed = { ...ids, trace_flags: 'zz' }
  log.info('x')
  for (const record of destination.records.slice(0, 3)) t.false('trace.id' in record)
  t.like(destination.records[3], { 'trace.id': ids.trace_id, labels: { trace_flags: '00' } })
})

test('a newer binding wins over an older one of the same field, in whatever form', (t) => {
  const destination = memoryDestination()
  const log = createSecurityLogger({ format: 'ecs' }, destination)
  log
    .child({ http: { request: { method: 'GET', id: 'r1' } } })
    .child({ 'http.request.method': 'PUT' })
    .info('x')
  t.like(destination.records[0], { 'http.request.method': 'PUT', 'http.request.id': 'r1' })
  t.false('labels' in (destination.records[0] ?? {}))
})

test('an ambient field called __proto__ is a field like others', (t) => {
  const destination = memoryDestination()
  const log = createSecurityLogger({ format: 'ecs' }, destination)
  log.withFields(JSON.parse('{"__proto__":{"a":1},"b":2}'), () => log.info('x'))
  t.deepEqual(destination.records[0]?.['labels'], { __proto___a: '1', b: '2' })
})
