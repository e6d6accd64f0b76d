import test from 'ava'
import pino from 'pino'
import { createSecurityLogger } from '../../src/index.js'
import { rawDestination } from '../line/invariants.js'

type Calls = (log: pino.Logger) => void

/** The lines that pino and a SecurityLogger in pino's format write for the same calls. */
function both(calls: Calls, options: pino.LoggerOptions = {}): { ours: string[]; pinos: string[] } {
  const [ours, pinos] = [rawDestination(), rawDestination()]
  const fixed = { timestamp: () => ',"time":1700000000000', ...options, level: 'trace' }
  calls(
    createSecurityLogger(
      { base: { pid: 1, hostname: 'n1' }, ...fixed, format: 'pino' } as never,
      ours,
    ),
  )
  calls(pino({ base: { pid: 1, hostname: 'n1' }, ...fixed }, pinos))
  // Tests run in worker threads, where our lines say which.
  const plain = ours.chunks.map((chunk) => chunk.replace(/,"thread_id":\d+/, ''))
  return { ours: plain, pinos: pinos.chunks }
}

const same: Readonly<Record<string, { calls: Calls; options?: pino.LoggerOptions }>> = {
  'a message': { calls: (log) => log.info('scan finished') },
  'fields and a message': { calls: (log) => log.warn({ a: 1, b: 'two', c: true, d: null }, 'ok') },
  'fields alone': { calls: (log) => log.debug({ a: { b: [1, 'x', null] }, u: undefined }) },
  placeholders: {
    calls: (log) => log.info({ a: 1 }, '%s is %d, %j, %o, 100%%', 'x', 1.5, { a: 1 }, [1]),
  },
  'placeholders without arguments': { calls: (log) => log.info('%s %d 100%') },
  'every level': {
    calls: (log) => {
      for (const level of ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const)
        log[level](level)
    },
  },
  'text with quotes, line ends and other languages': {
    calls: (log) => log.info({ a: 'a "b" \\ \n\t é 漢 😀' }, 'line\nend "q" 😀'),
  },
  'an error and a message': { calls: (log) => log.error(failure, 'failed') },
  'an error alone': { calls: (log) => log.error(failure) },
  'an error under its key': { calls: (log) => log.error({ err: failure, a: 1 }) },
  'children and their bindings': {
    calls: (log) =>
      log
        .child({ a: 1 })
        .child({ b: { c: [2] } })
        .info({ d: 3 }, 'ok'),
  },
  'a name': { calls: (log) => log.info('ok'), options: { name: 'scanner' } },
  'a field called name': { calls: (log) => log.info({ name: 'report.pdf' }, 'ok') },
  'a child with a name': { calls: (log) => log.child({ name: 'x' }).info('ok') },
  'a name without a base': { calls: (log) => log.info('ok'), options: { name: 'x', base: null } },
  'a base of other fields': {
    calls: (log) => log.info('ok'),
    options: { base: { app: 'x', n: 1 } },
  },
  'no base': { calls: (log) => log.info({ a: 1 }, 'ok'), options: { base: null } },
  'no timestamp': { calls: (log) => log.info({ a: 1 }, 'ok'), options: { timestamp: false } },
  'a timestamp of its own': {
    calls: (log) => log.info('ok'),
    options: { timestamp: () => ',"at":"2026-11-20T21:00:00.000Z"' },
  },
  'other keys of message and error': {
    calls: (log) => {
      log.info({ a: 1 }, 'ok')
      log.error({ error: failure })
    },
    options: { messageKey: 'message', errorKey: 'error' },
  },
  'a nested key': {
    calls: (log) => {
      log.child({ b: 1 }).info({ a: 1 }, 'ok')
      log.info('ok')
    },
    options: { nestedKey: 'payload' },
  },
  'a level formatter': {
    calls: (log) => log.info({ a: 1 }, 'ok'),
    options: { formatters: { level: (label, number) => ({ severity: label, level: number }) } },
  },
  'a formatter of bindings': {
    calls: (log) => log.child({ a: 1 }).info('ok'),
    options: { formatters: { bindings: ({ hostname }) => ({ host: hostname }) } },
  },
  'a formatter of records': {
    calls: (log) => log.info({ a: 1 }, 'ok'),
    options: { formatters: { log: (object) => ({ wrapped: object }) } },
  },
  serializers: {
    calls: (log) => {
      log.info({ user: { id: 1, more: 2 } }, 'ok')
      log.child({ user: { id: 2, more: 2 } }).info('ok')
      log.child({}, { serializers: { user: () => 'child' } }).info({ user: { id: 3 } }, 'ok')
    },
    options: {
      serializers: { user: ({ id }: { id: number }) => ({ id }), msg: (text) => `${text}!` },
    },
  },
  'a mixin': {
    calls: (log) => log.info({ a: 1 }, 'ok'),
    options: { mixin: () => ({ b: 3 }) },
  },
  'a mixin and a strategy': {
    calls: (log) => log.info({ a: 1 }, 'ok'),
    options: {
      mixin: () => ({ a: 2, b: 3 }),
      mixinMergeStrategy: (call: object, mixin: object) => ({ ...call, ...mixin }),
    },
  },
  'a prefix of messages': {
    calls: (log) => {
      log.child({}, { msgPrefix: '[b] ' }).info({ a: 1 }, 'ok')
      log.error(failure)
    },
    options: { msgPrefix: '[a] ' },
  },
  'custom levels': {
    calls: (log) => (log as unknown as { notice(text: string): void }).notice('ok'),
    options: { customLevels: { notice: 35 } },
  },
  'a hook on calls': {
    calls: (log) => Reflect.apply(log.info, log, ['a', 'b']),
    options: {
      hooks: {
        logMethod(args, method) {
          method.apply(this, [args.join('-')] as never)
        },
      },
    },
  },
  'a hook on writes': {
    calls: (log) => log.info('ok'),
    options: { hooks: { streamWrite: (line) => line.replace('ok', 'seen') } },
  },
  crlf: { calls: (log) => log.info('ok'), options: { crlf: true } },
}

const failure = Object.assign(new TypeError('boom'), { code: 'E_BOOM', details: { a: 1 } })

for (const [name, { calls, options }] of Object.entries(same)) {
  test(`the format pino writes pino’s own line: ${name}`, (t) => {
    const { ours, pinos } = both(calls, options)
    t.true(pinos.length > 0)
    t.deepEqual(ours, pinos)
  })
}

test('inside a span the line of the format pino has the ids before its fields', (t) => {
  const destination = rawDestination()
  const log = createSecurityLogger({ format: 'pino', base: null }, destination)
  log.withSpan('scan', () => log.info({ a: 1 }, 'ok'))
  t.regex(
    destination.chunks[0] ?? '',
    /^\{"level":30,"time":\d+,(?:"thread_id":\d+,)?"trace_id":"[\da-f]{32}","span_id":"[\da-f]{16}","trace_flags":"01","a":1,"msg":"ok"\}\n$/,
  )
})
