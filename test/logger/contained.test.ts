import test from 'ava'
import { createSecurityLogger } from '../../src/index.js'
import type { SecurityLoggerOptions } from '../../src/logger/types.js'
import { memoryDestination } from '../../src/testing/memory-destination.js'

const boom = (): never => {
  throw new Error('boom')
}

const hostile: Readonly<Record<string, SecurityLoggerOptions>> = {
  'a mixin': { mixin: boom },
  'a strategy that merges': { mixin: () => ({ m: 1 }), mixinMergeStrategy: boom },
  'a serializer': { serializers: { a: boom } },
  'a serializer of errors': { serializers: { err: boom } },
  'a serializer of messages': { serializers: { msg: boom } },
  'a hook on calls': { hooks: { logMethod: boom } },
  'a hook on writes': { hooks: { streamWrite: boom } },
  'a hook on writes that gives no text': { hooks: { streamWrite: () => 7 as never } },
  'formatters.log': { formatters: { log: boom } },
  'formatters.log that gives nothing': { formatters: { log: () => undefined as never } },
  'formatters.level': { formatters: { level: boom } },
  'formatters.bindings': { formatters: { bindings: boom } },
  'a timestamp': { format: 'pino', timestamp: boom },
  'a censor': { redact: { paths: ['a'], censor: boom } },
  onChild: { onChild: boom },
}

for (const [name, options] of Object.entries(hostile)) {
  test(`${name} that throws costs no record and reaches no caller`, (t) => {
    const destination = memoryDestination()
    const log = createSecurityLogger(options, destination)
    t.notThrows(() => {
      log.info({ a: 1, err: new Error('why'), keep: 'me' }, 'ok')
      log.child({ a: 1 }).warn({ keep: 'me' }, 'ok')
      log.withSpan('scan', () => log.error(new Error('why')))
    })
    t.is(destination.records.length, 4)
    t.deepEqual(destination.broken, [])
    for (const record of destination.records.slice(0, 2)) t.is(record['keep'], 'me')
    const { faults, redacted } = log.health()
    if (!name.includes('gives n')) t.true(faults > 0 || Object.keys(redacted).length > 0)
  })
}

test('a censor that throws masks', (t) => {
  const destination = memoryDestination()
  const log = createSecurityLogger({ redact: { paths: ['a.b'], censor: boom } }, destination)
  log.info({ a: { b: 'hidden' } }, 'ok')
  t.deepEqual(destination.records[0]?.['a'], { b: '[Redacted]' })
})

test('a hook that calls on and throws then costs no second record', (t) => {
  const destination = memoryDestination()
  const log = createSecurityLogger(
    {
      hooks: {
        logMethod(args, method) {
          method.apply(this, args)
          boom()
        },
      },
    },
    destination,
  )
  log.info('ok')
  t.is(destination.records.length, 1)
})

test('a formatter of a child that throws gives way to what it was given', (t) => {
  const destination = memoryDestination()
  const log = createSecurityLogger({}, destination)
  log
    .child({ a: 1 }, { formatters: { bindings: boom, log: boom, level: boom } })
    .info({ b: 2 }, 'ok')
  t.like(destination.records[0], { level: 'info', a: 1, b: 2, msg: 'ok' })
  t.true(log.health().faults >= 3)
})

test('a destination that throws costs its lines and nothing else, and they are counted', (t) => {
  const log = createSecurityLogger({}, { write: boom })
  t.notThrows(() => {
    log.info('lost')
    log.fatal('lost')
  })
  t.like(log.health(), { lines: 0, dropped: 2, faults: 2 })
})

const again: Readonly<Record<string, (write: () => void) => SecurityLoggerOptions>> = {
  'a mixin': (write) => ({
    mixin: () => {
      write()
      return {}
    },
  }),
  'formatters.log': (write) => ({
    formatters: {
      log: (object) => {
        write()
        return object
      },
    },
  }),
  'a serializer': (write) => ({ serializers: { a: () => write() } }),
  'a hook on calls': (write) => ({
    hooks: {
      logMethod(args, method) {
        write()
        method.apply(this, args)
      },
    },
  }),
  'a hook on writes': (write) => ({
    hooks: {
      streamWrite: (line) => {
        write()
        return line
      },
    },
  }),
}

for (const [name, optionsOf] of Object.entries(again)) {
  for (const format of ['json', 'ecs'] as const) {
    test(`${name} that logs by its own logger ends soon, in ${format}`, (t) => {
      const destination = memoryDestination()
      const log = createSecurityLogger(
        { format, ...optionsOf(() => log.info({ a: 1 }, 'again')) },
        destination,
      )
      t.notThrows(() => log.info({ a: 1 }, 'once'))
      t.true(destination.records.length <= 12, String(destination.records.length))
      const messages = destination.records.map((record) => record['msg'] ?? record['message'])
      t.is(messages.filter((message) => message === 'once').length, 1)
      log.child({ fresh: 1 }).flush()
    })
  }
}

for (const format of ['json', 'ecs'] as const) {
  test(`a getter and an ambient field that log end soon, in ${format}`, (t) => {
    const destination = memoryDestination()
    const log = createSecurityLogger({ format }, destination)
    const fields = {
      get a() {
        log.info(fields, 'again')
        return 1
      },
    }
    log.info(fields, 'once')
    t.true(destination.records.length <= 12)
    destination.clear()
    const ambient = {
      get a() {
        log.info('again')
        return 1
      },
    }
    log.withFields(ambient, () => log.info('once'))
    t.true(destination.records.length <= 12)
    log.info('after')
    t.is(destination.records.at(-1)?.['msg'] ?? destination.records.at(-1)?.['message'], 'after')
  })
}

test('a destination that logs by its own logger ends soon, and what it loses is counted', (t) => {
  const lines: string[] = []
  const log = createSecurityLogger(
    {},
    {
      write(line) {
        lines.push(line)
        log.info('again')
      },
    },
  )
  t.notThrows(() => log.info('once'))
  t.true(lines.length <= 12)
  t.is(log.health().dropped, 1)
})

test('where the stack has no room left a call does not throw, and a record that is lost is counted', (t) => {
  const destination = memoryDestination()
  const log = createSecurityLogger({}, destination)
  let calls = 0
  let thrown = 0
  const descend = (): void => {
    try {
      descend()
    } catch {
      if (calls > 20) return
      calls++
      try {
        log.info({ a: { b: 1 } }, 'deep')
      } catch {
        thrown++
      }
    }
  }
  descend()
  const { dropped, lines } = log.health()
  t.true(lines + dropped + thrown >= calls)
  t.deepEqual(destination.broken, [])
  log.info('after')
  t.is(destination.records.at(-1)?.['msg'], 'after')
})

test('a level method without its logger does nothing', (t) => {
  const { info } = createSecurityLogger({}, memoryDestination())
  t.notThrows(() => Reflect.apply(info, undefined, ['lost']))
})

test('a getter or a proxy that throws costs its own value, and the other fields are there', (t) => {
  const destination = memoryDestination()
  const log = createSecurityLogger({ limits: { keys: 4 } }, destination)
  const fields = {
    first: 1,
    get second() {
      return boom()
    },
    third: 3,
    get fourth() {
      return boom()
    },
    fifth: 5,
  }
  log.info(fields, 'ok')
  log.info(new Proxy({ a: 1 }, { ownKeys: boom }), 'ok')
  log.info(new Proxy({ a: 1 }, { getOwnPropertyDescriptor: boom }), 'ok')
  log.error(Object.defineProperty(new Error('m'), 'message', { get: boom }))
  const [own, keys, descriptor, error] = destination.records
  t.like(own, {
    first: 1,
    second: '[Throws: boom]',
    third: 3,
    fourth: '[Throws: boom]',
    '[Truncated]': '[Truncated: 1 more keys]',
  })
  for (const record of [keys, descriptor])
    t.like(record, { '[Throws]': '[Throws: boom]', msg: 'ok' })
  t.like(error?.['err'], { message: '[Throws: boom]' })
})
