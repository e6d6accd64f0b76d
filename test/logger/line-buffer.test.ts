import test from 'ava'
import { createSecurityLogger, SeclogError, withSpan } from '../../src/index.js'
import type { SecurityLoggerOptions } from '../../src/logger/types.js'
import { memoryDestination } from '../../src/testing/index.js'
import { promote } from '../../src/tracing/index.js'
import { readSchema, schemaErrors } from '../formats/schema.js'

function logged(options: SecurityLoggerOptions = {}) {
  const destination = memoryDestination()
  const log = createSecurityLogger({ level: 'debug', bufferBelow: 'info', ...options }, destination)
  const messages = () => destination.records.map((record) => record['msg'] ?? record['message'])
  return { log, destination, messages }
}

for (const format of ['json', 'ecs', 'pino'] as const) {
  test(`lines below the level come out when the trace holds an error, as they were made: ${format}`, async (t) => {
    const { log, destination, messages } = logged({ format, spans: { level: 'silent' } })
    let between = 0
    t.throws(() =>
      withSpan('request', () => {
        log.child({ tenant: 'acme' }).debug({ step: 1 }, 'first')
        log.info('second')
        between = Date.now()
        while (Date.now() === between);
        withSpan('inner', () => {
          throw new Error('no')
        })
      }),
    )
    t.deepEqual(messages(), ['second', 'first'])
    const [second = {}, first = {}] = destination.records
    const { time, '@timestamp': timestamp } = first
    t.true(new Date(String(timestamp ?? time)).getTime() <= between || Number(time) <= between)
    t.is(first['trace_id'] ?? first['trace.id'], second['trace_id'] ?? second['trace.id'])
    if (format === 'ecs') t.like(first, { labels: { buffered: 'true', tenant: 'acme' } })
    else t.like(first, { tenant: 'acme', step: 1, buffered: true })
    t.false('buffered' in second)
    if (format === 'pino') return
    for (const record of destination.records) {
      t.deepEqual(schemaErrors(readSchema(format), record), [])
    }
  })
}

test('they vanish with a trace that holds nothing, and outside of one', (t) => {
  const { log, messages } = logged({ spans: { level: 'silent' } })
  log.debug('outside')
  withSpan('request', () => log.debug('inside'))
  t.deepEqual(messages(), [])
  t.deepEqual(log.health().buffered, { traces: 0, bytes: 0, written: 0, dropped: 0 })
})

test('a security event and an explicit wish are reasons, an INFO event is none', (t) => {
  const { log, messages } = logged({ spans: { level: 'silent' } })
  withSpan('a', () => {
    log.debug('of a')
    log.security('authn_login_success')
  })
  withSpan('b', () => {
    log.debug('of b')
    log.security('authz_fail', {}, 'event of b')
    log.debug('after it')
  })
  withSpan('c', () => {
    log.debug('of c')
    promote()
  })
  t.deepEqual(messages().slice(1), ['event of b', 'of b', 'after it', 'of c'])
})

test('traces do not mix, however they run beside each other', async (t) => {
  const { log, destination } = logged({ spans: { level: 'silent' } })
  await Promise.allSettled(
    Array.from({ length: 100 }, (_, index) =>
      withSpan('request', async () => {
        log.debug({ index }, 'held')
        await new Promise((resolve) => setImmediate(resolve))
        if (index % 10 === 0) throw new Error('no')
      }),
    ),
  )
  t.deepEqual(
    destination.records.map(({ index }) => index),
    [0, 10, 20, 30, 40, 50, 60, 70, 80, 90],
  )
})

test('lines at the level and above, and security events, are never held', (t) => {
  const { log, messages } = logged({
    level: 'trace',
    bufferBelow: 'error',
    spans: { level: 'silent' },
  })
  withSpan('request', () => {
    log.warn('held')
    log.error('at once')
    log.security('authn_login_success', {}, 'event')
  })
  t.deepEqual(messages(), ['at once', 'event'])
})

test('what is held is bounded, and what goes for want of room is counted', (t) => {
  const { log } = logged({ bufferBelow: { level: 'info', traces: 2, bytes: 2_000 } })
  const open = Array.from({ length: 5 }, (_, index) => log.startSpan(`request ${index}`))
  for (const span of open) span.log.debug('held')
  t.like(log.health().buffered, { traces: 2, dropped: 3 })
  for (let index = 0; index < 50; index++) open[4]?.log.debug('x'.repeat(100))
  t.true((log.health().buffered?.bytes ?? 0) <= 2_000)
  for (const span of open) span.end()
  t.like(log.health().buffered, { traces: 0, bytes: 0 })
})

test('a field called buffered is the logger’s own where it holds lines', (t) => {
  const { log, destination } = logged()
  log.info({ buffered: 'mine' }, 'x')
  t.like(destination.records[0], { shadowed: { buffered: 'mine' } })
})

test('after close a logger holds nothing for traces to come', async (t) => {
  const { log, messages } = logged({ spans: { level: 'silent' } })
  await log.close()
  t.throws(() =>
    withSpan('request', () => {
      log.debug('held')
      throw new Error('no')
    }),
  )
  t.deepEqual(messages(), [])
})

for (const bufferBelow of [
  'loud',
  7,
  null,
  { level: 'info', bytes: 0 },
  { level: 'info', age: 'long' },
  {},
]) {
  test(`refused in a sentence: ${JSON.stringify(bufferBelow)}`, (t) => {
    t.throws(() => logged({ bufferBelow: bufferBelow as never }), {
      instanceOf: SeclogError,
      code: 'SECLOG_OPTION_INVALID',
      message: /\.$/,
    })
  })
}
