import { tracingChannel } from 'node:diagnostics_channel'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import test from 'ava'
import pino from 'pino'
import { createSecurityLogger } from '../../src/index.js'
import { memoryDestination } from '../../src/testing/memory-destination.js'

function logging(options: Parameters<typeof createSecurityLogger>[0] = {}) {
  const destination = memoryDestination()
  return { destination, log: createSecurityLogger(options, destination) }
}

test('it is a pino logger for whoever looks', (t) => {
  const { log } = logging()
  const inside = log as unknown as Record<symbol, unknown>
  for (const name of [
    'streamSym',
    'serializersSym',
    'formattersSym',
    'chindingsSym',
    'levelValSym',
  ]) {
    const symbol = (pino.symbols as unknown as Record<string, symbol>)[name] as symbol
    t.true(symbol in inside, name)
  }
  t.is(Object.prototype.toString.call(log), '[object Pino]')
  t.is(typeof log.on, 'function')
  t.is(log.version, pino.version)
  t.is(log.levels.values['info'], 30)
  t.is(log.silent('x' as never), undefined)
  t.false(Object.keys(log).includes('withSpan'))
})

test('the level can be set and asked for, by logger and child', (t) => {
  const { destination, log } = logging({ level: 'WARN' as 'warn' })
  const heard: unknown[] = []
  log.on('level-change', (label, value, before, valueBefore, instance) => {
    heard.push(label, value, before, valueBefore, instance === log)
  })
  const child = log.child({}, { level: 'debug' })
  log.info('no')
  child.debug('yes')
  t.is(log.level, 'warn')
  t.is(log.levelVal, 40)
  t.false(log.isLevelEnabled('info'))
  t.true(child.isLevelEnabled('debug'))
  log.level = 'info'
  log.info('yes')
  t.deepEqual(heard.slice(-5), ['info', 30, 'warn', 40, true])
  t.throws(() => {
    log.level = 'loud'
  })
  log.level = 'silent'
  log.fatal('no')
  // Beside the lines of the calls, each change is a security event.
  t.deepEqual(
    destination.records.map((record) => record['event.action'] ?? record['msg']),
    ['yes', 'sys_monitor_enabled', 'yes', 'sys_monitor_disabled'],
  )
})

test('a disabled logger writes nothing', (t) => {
  const { destination, log } = logging({ enabled: false })
  log.fatal('no')
  log.withSpan('scan', () => {})
  t.is(destination.records.length, 0)
  t.is(log.level, 'silent')
})

test('custom levels have methods, names on lines, and places in the order', (t) => {
  const { destination, log } = logging({ customLevels: { notice: 35, alarm: 70 }, level: 'notice' })
  const custom = log as unknown as Record<string, (text: string) => void>
  custom['notice']?.('yes')
  custom['alarm']?.('yes')
  log.info('no')
  const child = log.child({}, { customLevels: { whisper: 36 } })
  ;(child as unknown as Record<string, (text: string) => void>)['whisper']?.('yes')
  t.deepEqual(
    destination.records.map((record) => record['level']),
    ['notice', 'alarm', 'whisper'],
  )
  t.throws(() => log.child({}, { customLevels: { notice: 1 } }))
  t.throws(() => log.child({}, { customLevels: { other: 30 } }))
})

test('with custom levels only, the standard ones are gone, and spans take the nearest', (t) => {
  const { destination, log } = logging({
    customLevels: { low: 15, high: 55 },
    useOnlyCustomLevels: true,
    level: 'low',
  })
  t.is((log as { info?: unknown }).info, undefined)
  log.withSpan('scan', () => {})
  t.throws(() => log.withSpan('scan', thrower))
  t.deepEqual(
    destination.records.map((record) => record['level']),
    ['low', 'high'],
  )
})

function thrower(): never {
  throw new Error('boom')
}

test('levels can be compared downwards or by a function', (t) => {
  const { destination, log } = logging({ levelComparison: 'DESC', level: 'warn' })
  log.error('no')
  log.info('yes')
  t.is(destination.records.length, 1)
  const own = logging({ levelComparison: (current) => current === 50, level: 'info' })
  own.log.info('no')
  own.log.error('yes')
  t.is(own.destination.records.length, 1)
})

test('bindings are told without what the logger writes itself, and can be bound again', (t) => {
  const { destination, log } = logging({ name: 'root', service: 's' })
  const child = log.child({ a: 1, name: 'scanner', password: 'hunter2' })
  t.deepEqual(child.bindings(), { name: 'scanner', a: 1, password: '[Redacted]' })
  log.child(child.bindings()).info('ok')
  t.like(destination.records[0], { logger: 'scanner', a: 1, service: 's' })
  t.false('shadowed' in (destination.records[0] as object))
  child.setBindings({ b: 2 })
  t.deepEqual(child.bindings(), { name: 'scanner', a: 1, password: '[Redacted]', b: 2 })
  t.deepEqual(log.bindings(), { name: 'root' })
})

test('setBindings reaches this logger and children made afterwards only', (t) => {
  const { destination, log } = logging()
  const before = log.child({})
  log.setBindings({ late: 1 })
  before.info('ok')
  log.info('ok')
  log.child({}).info('ok')
  t.deepEqual(
    destination.records.map((record) => record['late']),
    [undefined, 1, 1],
  )
})

test('a child has serializers, formatters, prefix and redaction of its own, over its parent’s', (t) => {
  const { destination, log } = logging({
    serializers: { a: () => 'root', b: () => 'root' },
    msgPrefix: '[root] ',
    redact: ['x.y'],
  })
  const child = log.child(
    { bound: 1 },
    {
      serializers: { b: () => 'child' },
      formatters: {
        bindings: (bindings) => ({ ...bindings, formatted: true }),
        log: (fields) => ({ ...fields, logged: true }),
      },
      msgPrefix: '[child] ',
      redact: ['x.z'],
    },
  )
  child.info({ a: 1, b: 1, x: { y: 'seen', z: 'hidden' } }, 'ok')
  log.info({ a: 1, b: 1, x: { y: 'hidden', z: 'seen' } }, 'ok')
  t.like(destination.records[0], {
    a: 'root',
    b: 'child',
    bound: 1,
    formatted: true,
    logged: true,
    x: { y: 'seen', z: '[Redacted]' },
    msg: '[root] [child] ok',
  })
  t.like(destination.records[1], {
    a: 'root',
    b: 'root',
    x: { y: '[Redacted]', z: 'seen' },
    msg: '[root] ok',
  })
})

test('a child that redacts for itself still lets newer values replace older ones', (t) => {
  const { destination, log } = logging()
  const child = log.child({ a: 'old' }).child({}, { redact: ['x'] })
  child.info({ a: 'new' }, 'ok')
  t.is(destination.records[0]?.['a'], 'new')
  t.is(destination.lines[0]?.split('"a":').length, 2)
})

test('onChild hears of every child, also one set later', (t) => {
  const children: unknown[] = []
  const { log } = logging({ onChild: (child) => void children.push(child) })
  const first = log.child({})
  log.onChild = () => void children.push('later')
  log.child({})
  t.deepEqual(children, [first, 'later'])
})

test('a child of anything takes no harm', (t) => {
  const { destination, log } = logging()
  for (const bindings of [undefined, null, 7, 'x', Symbol('s'), [1], new Map([['a', 1]])]) {
    t.notThrows(() => log.child(bindings as never).info('ok'))
  }
  t.is(destination.records.length, 7)
})

test('a mixin gets the fields, the level and the logger', (t) => {
  const given: unknown[] = []
  const { log } = logging({
    mixin(fields, level, logger) {
      given.push(fields, level, logger === (child as unknown))
      return {}
    },
  })
  const child = log.child({})
  child.warn({ a: 1 }, 'ok')
  t.deepEqual(given, [{ a: 1 }, 40, true])
})

test('flush calls back, and a fatal call has flushed when it returns', (t) => {
  const called: string[] = []
  const log = createSecurityLogger({}, {
    write: () => called.push('write'),
    flush: (done: () => void) => {
      called.push('flush')
      done()
    },
    flushSync: () => void called.push('flushSync'),
  } as never)
  log.flush(() => called.push('flushed'))
  log.fatal('ok')
  t.deepEqual(called, ['flush', 'flushed', 'write', 'flushSync'])
  t.throws(() => log.flush('x' as never))
})

test('a fatal call on a destination that cannot flush now does not throw', (t) => {
  const flushSync = (): never => {
    throw new Error('not ready')
  }
  const log = createSecurityLogger({}, { write: () => {}, flushSync } as never)
  t.notThrows(() => log.fatal('ok'))
})

test('multistream gets each line by its level, and streams with metadata the safe record', (t) => {
  const [all, few] = [memoryDestination(), memoryDestination()]
  const seen: unknown[] = []
  const told = {
    [Symbol.for('pino.metadata')]: true,
    lastObj: undefined as unknown,
    lastMsg: undefined as unknown,
    lastTime: undefined as unknown,
    lastLevel: undefined as unknown,
    lastLogger: undefined as unknown,
    write() {
      seen.push(this.lastObj, this.lastMsg, this.lastLevel, this.lastLogger === log)
      seen.push(Number.isNaN(Date.parse(JSON.parse(String(this.lastTime)))))
    },
  }
  const log = createSecurityLogger(
    { level: 'debug' },
    pino.multistream([
      { level: 'debug', stream: all },
      { level: 'error', stream: few },
      { level: 'error', stream: told as never },
    ]) as never,
  )
  log.debug('debug')
  log.error({ a: 1, password: 'hunter2', level: 60 }, 'failed')
  t.is(all.records.length, 2)
  t.is(few.records.length, 1)
  t.deepEqual(seen, [
    { a: 1, password: '[Redacted]', shadowed: { level: 60 } },
    'failed',
    50,
    true,
    false,
  ])
})

test('multistream with dedupe writes a line once', (t) => {
  const [low, high] = [memoryDestination(), memoryDestination()]
  const streams = [
    { level: 'info' as const, stream: low },
    { level: 'error' as const, stream: high },
  ]
  const log = createSecurityLogger({}, pino.multistream(streams, { dedupe: true }) as never)
  log.info('low')
  log.error('high')
  t.deepEqual([low.records.length, high.records.length], [1, 1])
})

test('pino’s diagnostics channel tells of each record, as it was written', (t) => {
  const { log } = logging()
  const seen: unknown[] = []
  const channel = tracingChannel('pino_asJson')
  const start = (event: unknown): void => {
    const { arguments: args, instance } = event as { arguments: unknown[]; instance: unknown }
    if (instance === log) seen.push(args[0], args[1], args[2])
  }
  const end = (event: unknown): void => {
    const { instance, result } = event as { result: string; instance: unknown }
    if (instance === log) seen.push(JSON.parse(result).msg)
  }
  channel.subscribe({ start, end } as never)
  log.info({ password: 'hunter2', a: 1 }, 'ok')
  channel.unsubscribe({ start, end } as never)
  log.info('unheard')
  t.deepEqual(seen, [{ password: '[Redacted]', a: 1 }, 'ok', 30, 'ok'])
})

test('pino’s own functions on the inside write safe lines too', (t) => {
  const { destination, log } = logging()
  const inside = log as unknown as Record<symbol, (...args: unknown[]) => unknown>
  const { asJsonSym, writeSym } = pino.symbols as unknown as Record<string, symbol>
  inside[writeSym as symbol]?.({ password: 'hunter2' }, 'ok', 30)
  inside[writeSym as symbol]?.(null, 'bare', 30)
  const line = inside[asJsonSym as symbol]?.({ level: 1 }, 'ok', 40, ',"time":1') as string
  t.like(destination.records[0], { password: '[Redacted]', msg: 'ok', level: 'info' })
  t.is(destination.records[1]?.['msg'], 'bare')
  t.like(JSON.parse(line), { level: 'warn', shadowed: { level: 1 } })
})

test('libraries that read serializers and bindings off the logger find them', (t) => {
  const { log } = logging({ serializers: { req: () => 'mine' } })
  const { chindingsSym, serializersSym } = pino.symbols as unknown as Record<string, symbol>
  const child = log.child({ a: 1 }, { serializers: { res: () => 'theirs' } })
  const inside = child as unknown as Record<symbol, unknown>
  const serializers = inside[serializersSym as symbol] as Record<string, () => string>
  t.deepEqual([serializers['req']?.(), serializers['res']?.()], ['mine', 'theirs'])
  t.is(typeof serializers['err'], 'function')
  t.is(inside[chindingsSym as symbol], ',"a":1')
})

test('a request and a response of node are told briefly, or by the serializers given', async (t) => {
  const { destination, log } = logging()
  const withSerializers = logging({ serializers: pino.stdSerializers as never })
  const server = http.createServer((req, res) => {
    log.info(req, 'asked')
    withSerializers.log.info({ req, res }, 'asked')
    res.end('ok')
    log.info(res, 'answered')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise<void>((resolve, reject) => {
    const headers = { authorization: 'Bearer abcdefgh12345678' }
    http
      .get({ port, host: '127.0.0.1', path: '/a?token=secret12345', headers }, (res) => {
        res.resume()
        res.on('end', resolve)
      })
      .on('error', reject)
  })
  await new Promise((resolve) => server.close(resolve))
  t.deepEqual(destination.records[0]?.['req'], { method: 'GET', url: '/a?token=[Redacted]' })
  t.deepEqual(destination.records[1]?.['res'], { statusCode: 200 })
  const line = withSerializers.destination.lines[0] ?? ''
  t.true(line.includes('"remoteAddress":"127.0.0.1"'))
  t.false(line.includes('abcdefgh12345678'))
  t.false(line.includes('secret12345'))
})

test('arguments that no placeholder takes are kept: an error as the error, others under args', (t) => {
  const { destination, log } = logging()
  const call = (...args: unknown[]): void => Reflect.apply(log.error, log, args)
  call('failed', new Error('why'))
  call('failed', 1, 'two')
  call({ err: new Error('first') }, 'failed', new Error('second'))
  call(7, 'seven')
  call(null)
  call(undefined)
  call()
  const [lone, several, two, value, nothing, unsaid, empty] = destination.records
  t.like(lone, { msg: 'failed', err: { message: 'why', type: 'Error' } })
  t.like(several, { msg: 'failed', args: [1, 'two'] })
  t.like(two, { err: { message: 'first' } })
  t.like(two?.['args'], [{ message: 'second' }])
  t.like(value, { value: 7, msg: 'seven' })
  t.is(nothing?.['msg'], 'null')
  for (const record of [unsaid, empty]) t.false('msg' in (record as object))
})

test('a pino path masks the message, and a censor and removal work as in pino', (t) => {
  for (const format of ['json', 'ecs'] as const) {
    const { destination, log } = logging({ format, redact: ['msg', 'a.b'] })
    log.info({ a: { b: 1, c: 2 } }, 'hidden')
    const [record] = destination.records
    t.is(record?.['msg'] ?? record?.['message'], '[Redacted]')
  }
  const { destination, log } = logging({ redact: { paths: ['a.*', 'msg'], remove: true } })
  log.info({ a: { b: 1 }, c: 3 }, 'hidden')
  t.deepEqual(destination.records[0]?.['a'], {})
  t.false('msg' in (destination.records[0] as object))
  const own = logging({ redact: { paths: ['*.b'], censor: (value) => `<${typeof value}>` } })
  own.log.info({ a: { b: 1 } }, 'ok')
  t.deepEqual(own.destination.records[0]?.['a'], { b: '<number>' })
})

test('redaction can be turned off, and nothing else is', (t) => {
  const { destination, log } = logging({ redact: false })
  log.info({ password: 'hunter2', level: 1, c: '\u009b' }, 'ok')
  t.like(destination.records[0], { password: 'hunter2', level: 'info', shadowed: { level: 1 } })
  t.true(destination.lines[0]?.includes('\\u009b'))
})
