import test from 'ava'
import fc from 'fast-check'
import { createSecurityLogger, type SecurityLoggerOptions } from '../../src/index.js'
import { memoryDestination } from '../../src/testing/memory-destination.js'

/** Options that change nothing in these lines, and with which nothing may take a short way. */
const longWay: SecurityLoggerOptions = {
  redact: { paths: ['nothing.is.here'] },
  mixin: () => ({}),
}

interface Calls {
  readonly name: boolean
  readonly older: object | null
  readonly newer: object | null
  readonly ambient: object | null
  readonly call: object | null
  readonly message: string
}

/** The lines of some calls, but for their times. */
function linesOf(options: SecurityLoggerOptions, calls: Calls): readonly string[] {
  const destination = memoryDestination()
  const root = createSecurityLogger(
    {
      ...options,
      format: 'ecs',
      service: { name: 'api', version: '1' },
      ...(calls.name && { name: 'db' }),
    },
    destination,
  )
  const older = calls.older === null ? root : root.child(calls.older)
  const log = calls.newer === null ? older : older.child(calls.newer)
  const write = (): void => {
    for (let round = 0; round < 2; round++) {
      log.info(calls.message)
      if (calls.call !== null) log.warn(calls.call, calls.message)
    }
  }
  if (calls.ambient === null) write()
  else root.withFields(calls.ambient, write)
  return destination.lines.map((line) => line.replace(/^\{"@timestamp":"[^"]*"/, '{'))
}

const names = [
  'a',
  'a_b',
  'a.b',
  'scan_id',
  'http.request.method',
  'http',
  'request',
  'user.id',
  'user',
  'id',
  'event.dataset',
  'event.kind',
  'host.ip',
  'tags',
  'dns.answers',
  'dns.answers.name',
  'labels',
  'labels.x',
  'trace.flags',
  'trace_id',
  'level',
  'msg',
  'err',
  'error',
  'error.code',
  'stack',
  'cause',
  'type',
  'duration_ms',
  'req',
  'name',
  'password',
  'key',
  'value',
  'x"y',
  '7',
  '__proto__',
]

const leaf = fc.oneof(
  fc.constantFrom<unknown>('GET', 'two\nlines', '"quoted"', '\u202e', '10.0.0.1', 'é'.repeat(40)),
  fc.constantFrom<unknown>('4111 1111 1111 1111', 4_111_111_111_111_111, 0, -0, 1.5, 1e20, NaN),
  fc.constantFrom<unknown>(null, undefined, true, 10n, new Date(0), 'x'.repeat(9_000)),
  fc.string(),
)
const key = fc.oneof(fc.constantFrom(...names), fc.string({ maxLength: 4 }))
const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    leaf,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(key, tie('value'), { maxKeys: 4 }),
    fc
      .tuple(fc.string(), fc.dictionary(key, leaf, { maxKeys: 2 }))
      .map(([message, own]) => failure(message, own)),
  ),
}))
const fields = fc.dictionary(key, value, { maxKeys: 5 })

function failure(message: string, own: Readonly<Record<string, unknown>>): Error {
  const error = new TypeError(message)
  for (const name of Object.keys(own)) {
    Object.defineProperty(error, name, { value: own[name], enumerable: true })
  }
  return error
}

const calls: fc.Arbitrary<Calls> = fc.record({
  name: fc.boolean(),
  older: fc.option(fields),
  newer: fc.option(fields),
  ambient: fc.option(fields),
  call: fc.option(fields),
  message: fc.constantFrom('scan finished', '', 'two\nlines', 'Bearer 0a1b2c3d4e5f6a7b8c9d0e1f'),
})

test('a line is the same whichever way it is made', (t) => {
  fc.assert(
    fc.property(calls, (given) => {
      t.deepEqual(linesOf({}, given), linesOf(longWay, given))
    }),
    { numRuns: 1_000 },
  )
})

test('the short ways write the labels and ids of a span as the long way does', (t) => {
  const destination = memoryDestination()
  const log = createSecurityLogger({ format: 'ecs', name: 'db' }, destination).child({
    team: 'red',
  })
  const { traceId, spanId } = log.withSpan('scan', (span) => {
    log.info('clean')
    log.info({}, 'clean')
    return span.spanContext()
  })
  const [short, long] = destination.lines.map((line) => line.slice(line.indexOf('","')))
  t.is(short, long)
  t.like(destination.records[0], { 'trace.id': traceId, 'span.id': spanId, 'log.logger': 'db' })
  t.deepEqual(destination.records[0]?.['labels'], { trace_flags: '01', team: 'red' })
})

test('a getter that logs does not disturb the line it is read for', (t) => {
  const destination = memoryDestination()
  const log = createSecurityLogger({ format: 'ecs' }, destination)
  const call = {
    first: 'outer',
    get second() {
      log.info({ first: 'inner' }, 'inner')
      return 'outer'
    },
  }
  log.info(call, 'outer')
  t.deepEqual(
    destination.records.map(({ message, labels }) => ({ message, labels })),
    [
      { message: 'inner', labels: { first: 'inner' } },
      { message: 'outer', labels: { first: 'outer', second: 'outer' } },
    ],
  )
})

test('more names than are remembered, at the top and below, change nothing in a line', (t) => {
  const destination = memoryDestination()
  const log = createSecurityLogger({ format: 'ecs' }, destination)
  log.info({ user: { id: 'u1' }, a: { b: 1 }, 'a.b': 2 }, 'x')
  for (let round = 0; round < 9_000; round++) log.info({ [`top${round}`]: { [`k${round}`]: 1 } })
  log.info({ user: { id: 'u1' }, a: { b: 1 }, 'a.b': 2 }, 'x')
  const [first, last] = [destination.records[0], destination.records.at(-1)]
  t.deepEqual(last?.['labels'], { a_b: '1', a_b_2: '2' })
  t.deepEqual(last?.['labels'], first?.['labels'])
  t.is(last?.['user.id'], 'u1')
})

test('what a short line would lose for want of room is left to the long way', (t) => {
  const destination = memoryDestination()
  const log = createSecurityLogger({ format: 'ecs', limits: { lineBytes: 1_024 } }, destination)
  log.info('m'.repeat(3_000))
  log.child({ big: 'b'.repeat(3_000) }).info('with bindings')
  for (const line of destination.lines) t.true(Buffer.byteLength(line) <= 1_024)
  t.is(destination.records[1]?.['seclog.omitted'], 1)
})
