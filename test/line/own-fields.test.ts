import { hostname } from 'node:os'
import process from 'node:process'
import test from 'ava'
import fc from 'fast-check'
import { createSecurityLogger, type SecurityLogger, withSpan } from '../../src/index.js'
import type { SecurityLoggerOptions } from '../../src/logger/types.js'
import { parseStrict } from '../formats/strict-json.js'
import { rawDestination } from './invariants.js'

type Line = Readonly<Record<string, unknown>>

function logging(options: SecurityLoggerOptions = {}): {
  readonly log: SecurityLogger
  lines(): Line[]
} {
  const destination = rawDestination()
  const log = createSecurityLogger({ service: 'scan-api', ...options }, destination)
  return { log, lines: () => destination.chunks.map((chunk) => parseStrict(chunk) as Line) }
}

const forged = {
  level: 'fatal',
  time: 0,
  pid: 1,
  hostname: 'evil',
  service: 'evil',
  service_version: '9',
  service_environment: 'evil',
  logger: 'evil',
  thread_id: 99,
  trace_id: 'f'.repeat(32),
  span_id: 'f'.repeat(16),
  trace_flags: 'ff',
  'event.kind': 'span',
  seq: 0,
  'log.seq': 0,
}

const token = `ghp_${'A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q7r8'}`

/** How the fields come to a line. */
const sources: Readonly<
  Record<string, { options?: SecurityLoggerOptions; write(log: SecurityLogger): void }>
> = {
  'a call': { write: (log) => log.info({ ...forged }, 'ok') },
  'child bindings': { write: (log) => log.child({ ...forged }).info('ok') },
  'older and newer bindings': {
    write: (log) =>
      log
        .child({ ...forged })
        .child({ ...forged })
        .info('ok'),
  },
  setBindings: {
    write: (log) => {
      log.setBindings({ ...forged })
      log.info('ok')
    },
  },
  'ambient fields': { write: (log) => log.withFields({ ...forged }, () => log.info('ok')) },
  'a serializer': {
    options: { serializers: { level: () => 'fatal', time: () => 0 } },
    write: (log) => log.info({ ...forged }, 'ok'),
  },
  'formatters.log': {
    options: { formatters: { log: () => ({ ...forged }) } },
    write: (log) => log.info({}, 'ok'),
  },
  'a strategy that merges': {
    options: {
      mixin: () => ({}),
      mixinMergeStrategy: (_call: object, _mixin: object) => ({ ...forged }),
    },
    write: (log) => log.info({}, 'ok'),
  },
}

for (const [name, { options, write }] of Object.entries(sources)) {
  test(`${name} cannot set a field of the logger’s own, in a span or out of one`, (t) => {
    const { log, lines } = logging(options)
    write(log)
    withSpan('scan', (span) => {
      write(log)
      const { traceId, spanId } = span.spanContext()
      const last = lines().at(-1)
      t.like(last, { trace_id: traceId, span_id: spanId, trace_flags: '01' })
    })
    const [plain, inSpan] = lines()
    for (const line of [plain, inSpan]) {
      t.like(line, {
        level: 'info',
        service: 'scan-api',
        pid: process.pid,
        hostname: hostname(),
        msg: 'ok',
      })
      t.true(Math.abs(Date.parse(String(line?.['time'])) - Date.now()) < 600_000)
      t.false('event.kind' in (line as object))
      const shadowed = line?.['shadowed'] as Line
      for (const own of Object.keys(forged)) t.true(own in shadowed, own)
    }
    t.is(plain?.['trace_id'], undefined)
    t.true(log.health().shadowed >= Object.keys(forged).length)
  })
}

test('what stands under shadowed is redacted and bounded like all else', (t) => {
  const { log, lines } = logging()
  log.info({ level: `token ${token}`, time: 'x'.repeat(100_000), pid: { password: 'hunter2' } })
  const [line] = lines()
  const shadowed = line?.['shadowed'] as Line
  t.is(shadowed['level'], 'token [Redacted]')
  t.true(String(shadowed['time']).length < 9_000)
  t.deepEqual(shadowed['pid'], { password: '[Redacted]' })
  t.is(log.health().shadowed, 3)
})

test('an id that is the true one is no forgery', (t) => {
  for (const format of ['json', 'ecs'] as const) {
    const { log, lines } = logging({ format })
    withSpan('scan', (span) => {
      const { traceId, spanId } = span.spanContext()
      const ids = { trace_id: traceId, span_id: spanId, trace_flags: '01' }
      log.info(ids, 'ok')
      log.child(ids).info('ok')
    })
    t.false('shadowed' in (lines()[0] as object), format)
    t.is(log.health().shadowed, format === 'json' ? 3 : 0)
  }
})

test('a mixin’s own ids stand where the line has none, and give way where it has', (t) => {
  const ids = { trace_id: 'a'.repeat(32), span_id: 'b'.repeat(16), trace_flags: '00' }
  const strategies = [
    {},
    { mixinMergeStrategy: (call: object, mixin: object) => ({ ...mixin, ...call }) },
  ]
  for (const strategy of strategies) {
    const { log, lines } = logging({ mixin: () => ({ ...ids }), ...strategy })
    log.info({ a: 1 }, 'ok')
    withSpan('scan', () => log.info({ a: 1 }, 'ok'))
    log.info({ trace_id: 'mine' }, 'ok')
    const [outside, inside, claimed] = lines()
    t.like(outside, { ...ids, a: 1 })
    t.false('shadowed' in (outside as object))
    t.not(inside?.['trace_id'], ids.trace_id)
    t.is(inside?.['a'], 1)
    t.deepEqual(claimed?.['shadowed'], { trace_id: 'mine' })
  }
})

test('a user’s own field called shadowed stays, and stands among what is shadowed where something is', (t) => {
  const { log, lines } = logging({ base: null })
  const child = log.child({ shadowed: 'bound' })
  child.info({ a: 1 }, 'ok')
  child.info({ level: 1 }, 'ok')
  log.child({ level: 1 }).info({ shadowed: 'called' }, 'ok')
  log.info({ shadowed: 'called' }, 'ok')
  log.withFields({ shadowed: 'ambient' }, () => child.info({ pid: 5, seq: 1 }, 'ok'))
  log.child({ level: 1 }).child({ level: 2 }).info({ level: 3 }, 'ok')
  t.deepEqual(
    lines().map((line) => line['shadowed']),
    [
      'bound',
      { level: 1, shadowed: 'bound' },
      { level: 1, shadowed: 'called' },
      'called',
      { pid: 5, seq: 1, shadowed: 'ambient' },
      { level: 1, level_2: 2, level_3: 3 },
    ],
  )
})

test('the innermost value of a name wins: call, mixin, scope, newer binding, older binding', (t) => {
  const { log, lines } = logging({ mixin: () => ({ a: 'mixin', b: 'mixin' }) })
  const child = log
    .child({ a: 'old', b: 'old', c: 'old', d: 'old', e: 'old' })
    .child({ a: 'new', b: 'new', c: 'new', d: 'new' })
  log.withFields({ a: 'outer', b: 'outer', c: 'outer', f: 'outer' }, () =>
    log.withFields({ a: 'inner', b: 'inner', c: 'inner' }, () => child.info({ a: 'call' }, 'ok')),
  )
  t.like(lines()[0], {
    a: 'call',
    b: 'mixin',
    c: 'inner',
    d: 'new',
    e: 'old',
    f: 'outer',
  })
})

test('the order of keys is stable: level, time, service, bindings, ids, scope, fields, message', (t) => {
  const { log, lines } = logging({ name: 'scanner' })
  withSpan('scan', () =>
    log.withFields({ scope: 1 }, () =>
      log.child({ bound: 1 }).info({ 7: 1, call: 1, level: 1 }, 'ok'),
    ),
  )
  t.deepEqual(
    Object.keys(lines()[0] as object).filter((key) => key !== '7'),
    [
      'level',
      'time',
      'service',
      'pid',
      'hostname',
      'thread_id',
      'logger',
      'bound',
      'trace_id',
      'span_id',
      'trace_flags',
      'scope',
      'call',
      'shadowed',
      'msg',
    ],
  )
})

test('keys that are cut or masked stay apart, wherever they come from', (t) => {
  const other = `ghp_${'B1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q7r9'}`
  const long = 'k'.repeat(1_000)
  for (const format of ['json', 'pino'] as const) {
    const { log, lines } = logging({ format, mixin: () => ({ [`${long}m`]: 'm' }) })
    log
      .child({ [token]: 'one', [`${long}a`]: 'one' })
      .child({ [other]: 'two', [`${long}b`]: 'two' })
      .info({ [`${token}x`]: 'three', [`${long}c`]: 'three', in: { [token]: 1, [other]: 2 } }, 'ok')
    const [line] = lines()
    const values = Object.values(line ?? {})
    for (const value of ['one', 'two', 'three']) {
      t.is(values.filter((one) => one === value).length, 2)
    }
    t.deepEqual(Object.values(line?.['in'] as object), [1, 2])
  }
})

test('a name that the library marks cuts with stays the caller’s where the caller has it', (t) => {
  const { log, lines } = logging({ limits: { keys: 2 } })
  const many = { '[Truncated]': 'mine', a: 1, b: 2, c: 3 }
  log.info({ ...many }, 'ok')
  log.info({ many }, 'ok')
  const [top, inside] = lines()
  t.is(top?.['[Truncated]'], 'mine')
  t.is(top?.['[Truncated]_2'], '[Truncated: 2 more keys]')
  t.deepEqual(inside?.['many'], {
    '[Truncated]': 'mine',
    a: 1,
    '[Truncated]_2': '[Truncated: 2 more keys]',
  })
})

test('the fields of a nested key are all the caller’s, and the logger’s stand outside', (t) => {
  const { log, lines } = logging({ nestedKey: 'payload', redact: ['payload.hidden'] })
  const child = log.child({ payload: 'bound', a: 'bound' })
  withSpan('scan', () => child.info({ ...forged, a: 'call', shadowed: 1, hidden: 1 }, 'ok'))
  log.info('no fields')
  child.info('no fields')
  const [line, bare, bound] = lines()
  t.deepEqual(line?.['payload'], { ...forged, a: 'call', shadowed: 1, hidden: '[Redacted]' })
  t.like(line, { level: 'info', a: 'bound', msg: 'ok' })
  t.false('shadowed' in (line as object))
  t.false('payload' in (bare as object))
  t.is(bound?.['payload'], 'bound')
})

test('names that a level formatter or a timestamp writes are the logger’s own', (t) => {
  const { log, lines } = logging({
    format: 'pino',
    timestamp: () => `,"ts":${Date.now()}`,
    formatters: { level: (label, number) => ({ severity: label.toUpperCase(), log: { number } }) },
  })
  log.info({ severity: 'FATAL', ts: 0, log: 1 }, 'ok')
  log.child({ severity: 'FATAL', a: 1 }).info({ a: 2 }, 'ok')
  const child = log.child({ a: 1 }, { formatters: { level: (label) => ({ weight: label }) } })
  child.info({ weight: 9, a: 2 }, 'ok')
  const [call, bound, own] = lines()
  t.like(call, {
    severity: 'INFO',
    log: { number: 30 },
    shadowed: { severity: 'FATAL', ts: 0, log: 1 },
  })
  t.like(bound, { severity: 'INFO', a: 2, shadowed: { severity: 'FATAL' } })
  t.like(own, { weight: 'info', a: 2, shadowed: { weight: 9 } })
})

test('a level formatter that gives nothing of use is replaced by the default, and counted', (t) => {
  const results: unknown[] = [{}, undefined, null, 'x', [1], { time: 1 }, { trace_id: 'x' }]
  for (const result of results) {
    const { log, lines } = logging({ formatters: { level: () => result as object } })
    log.info('ok')
    t.is(lines()[0]?.['level'], 'info')
    t.true(log.health().faults > 0)
  }
})

test('a timestamp that gives anything but its one member is counted and replaced', (t) => {
  const given: unknown[] = [',"time":1', ',"time":1,"level":60', ',"level":60', 'x', 7, '']
  let call = -1
  const { log, lines } = logging({
    format: 'pino',
    timestamp: () => {
      call++
      if (call === 8) throw new Error('no clock')
      return (call === 0 ? ',"time":1' : given[(call - 1) % given.length]) as string
    },
  })
  for (let index = 0; index < 9; index++) log.info('ok')
  const times = lines().map((line) => line['time'])
  t.true(times.includes(1))
  t.true(times.includes(undefined))
  t.true(log.health().faults >= 5)
  for (const line of lines()) t.is(line['level'], 30)
})

test('in ECS, neither dotted nor nested names can replace a field of the logger’s own', (t) => {
  const { log, lines } = logging({ format: 'ecs' })
  const names = {
    '@timestamp': 'x',
    'log.level': 'fatal',
    log: { level: 'fatal' },
    'trace.id': 'bad',
    trace: { id: 'bad' },
    'span.id': 'bad',
    'service.name': 'evil',
    service: { name: 'evil' },
    'ecs.version': '0',
    ecs: { version: '0' },
    'process.pid': 1,
    process: { pid: 1 },
    'host.hostname': 'evil',
    host: { hostname: 'evil', name: 'evil' },
    message: 'evil',
  }
  log.info({ ...names }, 'ok')
  log.child({ ...names }).info('ok')
  log.withFields({ ...names }, () => log.info('ok'))
  withSpan('scan', (span) => {
    log.info({ ...names }, 'ok')
    t.is(lines().at(-1)?.['trace.id'], span.spanContext().traceId)
  })
  for (const line of lines()) {
    t.like(line, {
      'log.level': 'info',
      message: 'ok',
      'service.name': 'scan-api',
      'process.pid': process.pid,
      'host.hostname': hostname(),
    })
    t.not(line['trace.id'], 'bad')
    t.true('shadowed' in line)
  }
  t.true(log.health().shadowed > 20)
})

const name = fc.constantFrom(
  ...Object.keys(forged),
  'msg',
  'shadowed',
  'name',
  'err',
  '[Truncated]',
  '__proto__',
  'constructor',
  'toJSON',
  'hasOwnProperty',
  'a',
  'a.b',
  '',
  token,
  'k'.repeat(600),
)
const value = fc.oneof(
  fc.constantFrom(1, 'x', null, undefined, true, token, 'x'.repeat(20_000)),
  fc.dictionary(name, fc.integer(), { maxKeys: 4 }),
  fc.array(fc.integer(), { maxLength: 3 }),
)
const fields = fc.dictionary(name, value, { maxKeys: 8 })

test('no line holds a key twice, whatever is bound, ambient, mixed in and called', (t) => {
  const formats = ['json', 'ecs', 'pino'] as const
  const property = fc.property(
    fc.record({
      format: fc.constantFrom(...formats),
      bound: fc.array(fields, { maxLength: 3 }),
      ambient: fc.array(fields, { maxLength: 2 }),
      mixin: fc.option(fields),
      call: fields,
      message: fc.option(fc.string(), { nil: undefined }),
      inSpan: fc.boolean(),
    }),
    ({ format, bound, ambient, mixin, call, message, inSpan }) => {
      const { log, lines } = logging({ format, ...(mixin && { mixin: () => ({ ...mixin }) }) })
      const child = bound.reduce((parent, one) => parent.child(one), log)
      const write = (): void => child.info(call, message)
      const scoped = ambient.reduceRight<() => void>(
        (inner, one) => () => log.withFields(one, inner),
        write,
      )
      if (inSpan) withSpan('scan', scoped)
      else scoped()
      const [line] = lines()
      return (
        lines().length === 1 &&
        (line?.['level'] === 'info' || line?.['level'] === 30 || line?.['log.level'] === 'info')
      )
    },
  )
  t.notThrows(() => fc.assert(property, { numRuns: 3_000 }))
})

test('names of Object.prototype do no harm as keys, bindings or attributes', (t) => {
  const { log, lines } = logging()
  const odd = JSON.parse(
    '{"__proto__":{"polluted":true},"constructor":1,"toJSON":2,"hasOwnProperty":3,"valueOf":4}',
  ) as object
  log.info(odd, 'ok')
  log.child(odd).info('ok')
  log.info({ odd }, 'ok')
  log.withSpan('scan', { attributes: odd as Record<string, string> }, () => {})
  t.is(({} as { polluted?: boolean }).polluted, undefined)
  t.deepEqual(Object.keys(lines()[0] as object).slice(-6, -1), Object.keys(odd))
})
