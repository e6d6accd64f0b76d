import { setTimeout as after } from 'node:timers/promises'
import test from 'ava'
import pino from 'pino'
import { createSecurityLogger, traceMixin, withSpan } from '../../src/index.js'
import { withRemoteTrace } from '../../src/propagation/index.js'
import { traceTree } from '../../src/testing/index.js'
import { memoryDestination } from '../../src/testing/memory-destination.js'

function logging(options: Parameters<typeof createSecurityLogger>[0] = {}) {
  const destination = memoryDestination()
  return { destination, log: createSecurityLogger(options, destination) }
}

test('lines carry the ids of their span, across awaits and in concurrent trees, and none outside', async (t) => {
  const { destination, log } = logging()
  const ids = new Map<number, string>()
  await Promise.all(
    Array.from({ length: 20 }, (_, index) =>
      withSpan('tree', async (span) => {
        ids.set(index, span.spanContext().traceId)
        await after(1)
        log.info({ index }, 'first')
        await withSpan('inner', async () => {
          await after(1)
          log.child({ index }).info('second')
        })
      }),
    ),
  )
  log.info('outside')
  t.is(new Set(ids.values()).size, 20)
  for (const record of destination.records) {
    t.is(record['trace_id'], ids.get(record['index'] as number))
    if (record['trace_id'] !== undefined) t.is(record['trace_flags'], '01')
  }
})

test('a span that is not ambient has a logger of its own, whatever is active', (t) => {
  const { destination, log } = logging({ name: 'scanner' })
  const span = log.child({ a: 1 }).startSpan('detached', { attributes: { n: 1 } })
  const { traceId, spanId } = span.spanContext()
  withSpan('other', () => {
    span.log.info('own')
    span.log.child({ b: 2 }).info('own child')
    log.info('other')
  })
  span.end()
  const [own, child, other, end] = destination.records
  t.like(own, { trace_id: traceId, span_id: spanId, a: 1, logger: 'scanner' })
  t.like(child, { trace_id: traceId, span_id: spanId, a: 1, b: 2 })
  t.not(other?.['trace_id'], traceId)
  t.like(end, { trace_id: traceId, span_id: spanId, 'event.kind': 'span', a: 1 })
})

test('a span record is written at the levels set, and by a failed span at error', (t) => {
  const { destination, log } = logging({
    level: 'trace',
    spans: { level: 'debug', startLevel: 'trace' },
  })
  log.withSpan('fine', () => {})
  t.throws(() =>
    log.withSpan('failing', () => {
      throw new TypeError('boom')
    }),
  )
  t.deepEqual(
    destination.records.map((record) => record['level']),
    ['trace', 'debug', 'trace', 'error'],
  )
  t.like(destination.records[3], { err: { type: 'TypeError', message: 'boom' } })
  const quiet = logging({ spans: { level: 'silent' } })
  quiet.log.withSpan('unsaid', () => {})
  t.is(quiet.destination.records.length, 0)
  const warning = logging({ level: 'warn' })
  warning.log.withSpan('below the level', () => {})
  t.is(warning.destination.records.length, 0)
})

test('a child’s span record carries its bindings, and a caller’s field cannot claim to be one', (t) => {
  const { destination, log } = logging()
  log.child({ scan_id: 's-42' }).withSpan('scan', { attributes: { n: 1 } }, () => {})
  log.info({ 'event.kind': 'span', span: { name: 'forged' } }, 'span forged ended')
  log.child({ 'event.kind': 'span' }).info('ok')
  const [span, forged, bound] = destination.records
  t.like(span, {
    'event.kind': 'span',
    scan_id: 's-42',
    span: { name: 'scan', attributes: { n: 1 } },
  })
  for (const record of [forged, bound]) {
    t.false('event.kind' in (record as object))
    t.like(record, { shadowed: { 'event.kind': 'span' } })
  }
})

test('the records of spans stand at the top even where fields are nested', (t) => {
  const { destination, log } = logging({ nestedKey: 'payload' })
  log.withSpan('scan', () => {})
  t.like(destination.records[0], { 'event.kind': 'span', span: { name: 'scan' } })
  t.false('payload' in (destination.records[0] as object))
})

test('ambient fields are on every line of their scope, whichever logger writes it', async (t) => {
  const one = logging()
  const two = logging({ format: 'ecs' })
  await one.log.withFields({ tenant: 't1', password: 'hunter2' }, async () => {
    await after(1)
    one.log.info('ok')
    two.log.info('ok')
    one.log.withFields({ tenant: 't2', deeper: true }, () => one.log.info('ok'))
    one.log.withSpan('scan', () => {})
  })
  one.log.info('outside')
  const [own, inner, span, outside] = one.destination.records
  t.like(own, { tenant: 't1', password: '[Redacted]' })
  t.like(inner, { tenant: 't2', deeper: true, password: '[Redacted]' })
  t.is(span?.['tenant'], 't1')
  t.false('tenant' in (outside as object))
  t.like(two.destination.records[0], { labels: { tenant: 't1' } })
})

test('what is not a set of fields can be ambient without harm, and what the scope gives back is given back', (t) => {
  const { destination, log } = logging()
  for (const fields of [null, undefined, 7, 'x', [1], new Map(), Object.create(null)]) {
    t.is(
      log.withFields(fields as never, () => {
        log.info('ok')
        return 42
      }),
      42,
    )
  }
  t.is(destination.records.length, 7)
  t.throws(() => log.withFields({}, () => JSON.parse('{')))
})

test('a plain pino logger gets correlation alone by the mixin', (t) => {
  const destination = memoryDestination()
  const logger = pino({ mixin: traceMixin }, destination)
  logger.info('outside')
  withSpan('scan', (span) => {
    logger.info({ a: 1 }, 'inside')
    const { traceId, spanId } = span.spanContext()
    t.like(destination.records[1], { a: 1, trace_id: traceId, span_id: spanId, trace_flags: '01' })
  })
  t.false('trace_id' in (destination.records[0] as object))
})

test('a SecurityLogger that is given the mixin as well has one set of ids per line', (t) => {
  for (const format of ['json', 'ecs', 'pino'] as const) {
    const { destination, log } = logging({ format, mixin: traceMixin })
    withSpan('scan', () => log.info('inside'))
    t.is(destination.lines[0]?.split(/trace[_.]id/).length, 2)
    t.false(destination.lines[0]?.includes('shadowed'))
  }
})

test('health counts what a logger and its children did', (t) => {
  const { log } = logging()
  t.deepEqual(log.health(), {
    ...log.health(),
    lines: 0,
    dropped: 0,
    shadowed: 0,
    truncated: 0,
    faults: 0,
    redacted: {},
  })
  const child = log.child({ level: 1 })
  child.info({ password: 'hunter2', deep: 'x'.repeat(10_000) })
  child.info({
    get bad() {
      throw new Error('boom')
    },
  })
  log.debug('not enabled')
  const health = child.health()
  t.like(health, { lines: 2, dropped: 0, shadowed: 1, truncated: 1, faults: 1 })
  t.deepEqual(health, log.health())
  t.is(
    Object.values(health.redacted).reduce((sum, count) => sum + count, 0),
    1,
  )
})

for (const format of ['json', 'ecs'] as const) {
  test(`ids that pass for numbers of cards stay ids in ${format}, and numbers of cards do not stay`, (t) => {
    const lines: string[] = []
    const log = createSecurityLogger({ format }, { write: (line: string) => void lines.push(line) })
    const card = '4111111111111111'
    const context = { traceId: `${card}4111111111111111`, spanId: card, traceFlags: 1 }
    const traceparent = `00-4bf92f3577b34da6a3ce929d0e0e4736-${card}-01`
    withRemoteTrace({ traceparent }, { trust: true }, () =>
      log.withSpan('scan', { links: [{ context }] }, () =>
        log.info({ card, upstream: { span_id: card } }, `paid with ${card}`),
      ),
    )
    const [line = '', end = ''] = lines
    t.is(line.split(card).length - 1, 1)
    t.is(traceTree([JSON.parse(line), JSON.parse(end)])[0]?.problems[0]?.kind, 'orphan')
    t.is(JSON.stringify(JSON.parse(end)).split(card).length - 1, 4)
  })
}
