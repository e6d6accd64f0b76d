import process from 'node:process'
import test from 'ava'
import { resolveLogger } from '../../src/config/logger.js'
import { createSecurityLogger, SeclogError } from '../../src/index.js'
import type { SecurityLoggerOptions } from '../../src/logger/types.js'
import { memoryDestination } from '../../src/testing/memory-destination.js'

const variables = [
  'LOG_FORMAT',
  'LOG_LEVEL',
  'OTEL_SERVICE_NAME',
  'OTEL_RESOURCE_ATTRIBUTES',
  'OTEL_LOG_SPANS',
]
const levels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']

function withEnvironment<T>(values: Readonly<Record<string, string>>, fn: () => T): T {
  const before = new Map(variables.map((name) => [name, process.env[name]]))
  for (const name of variables) delete process.env[name]
  Object.assign(process.env, values)
  try {
    return fn()
  } finally {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name]
      else process.env[name] = value
    }
  }
}

const resolved = (values: Readonly<Record<string, string>>, options = {}) =>
  withEnvironment(values, () => resolveLogger(options, levels))

test.serial('without options or environment the defaults hold', (t) => {
  t.deepEqual(resolved({}), {
    format: 'json',
    level: 'info',
    levelsByName: new Map(),
    spanLevel: undefined,
    service: {},
    limits: {
      lineBytes: 65_536,
      stringLength: 8_192,
      depth: 10,
      keys: 200,
      items: 200,
      nodes: 5_000,
    },
  })
  t.true(Object.isFrozen(resolved({})))
})

test.serial('format and level come from the environment in any case', (t) => {
  const config = resolved({ LOG_FORMAT: ' EcS ', LOG_LEVEL: 'DEBUG' })
  t.is(config.format, 'ecs')
  t.is(config.level, 'debug')
})

test.serial('OTEL_LOG_SPANS says whether, or at which level, the end of spans is written', (t) => {
  const written = (value: string, options = {}) => {
    const destination = memoryDestination()
    withEnvironment({ OTEL_LOG_SPANS: value }, () => {
      createSecurityLogger(options, destination).withSpan('scan', () => {})
    })
    return destination.records.map(({ level }) => level)
  }
  t.deepEqual(written('false'), [])
  t.deepEqual(written('true'), ['info'])
  t.deepEqual(written('WARN'), ['warn'])
  t.deepEqual(written('perhaps'), ['info'])
  t.deepEqual(written('notice', { customLevels: { Notice: 35 } }), ['Notice'])
  t.deepEqual(written('false', { spans: { level: 'error' } }), ['error'])
})

test.serial('a level of the program’s own can come from the environment', (t) => {
  const destination = memoryDestination()
  withEnvironment({ LOG_LEVEL: 'NOTICE' }, () => {
    const log = createSecurityLogger({ customLevels: { Notice: 35 } } as never, destination)
    log.info('no')
    log.warn('yes')
  })
  t.is(destination.records.length, 1)
})

test.serial('options win over the environment', (t) => {
  const values = {
    LOG_FORMAT: 'ecs',
    LOG_LEVEL: 'debug',
    OTEL_SERVICE_NAME: 'from-environment',
  }
  const config = resolved(values, { format: 'pino', level: 'warn', service: 'given' })
  t.like(config, { format: 'pino', level: 'warn', service: { name: 'given' } })
})

test.serial('the service comes from OpenTelemetry’s variables', (t) => {
  const attributes = 'service.name=one,service.version=1.2.3,deployment.environment.name=test'
  t.deepEqual(resolved({ OTEL_RESOURCE_ATTRIBUTES: attributes }).service, {
    name: 'one',
    version: '1.2.3',
    environment: 'test',
  })
  const both = resolved({ OTEL_RESOURCE_ATTRIBUTES: attributes, OTEL_SERVICE_NAME: 'two' })
  t.is(both.service.name, 'two')
})

test.serial('a bad value of a variable is said once, cut, and the default used', async (t) => {
  const heard: string[] = []
  const listener = (warning: Error): void => void heard.push(warning.message)
  process.on('warning', listener)
  const bad = 'x'.repeat(500)
  for (let time = 0; time < 2; time++) {
    const config = resolved({ LOG_FORMAT: bad, LOG_LEVEL: 'loud' })
    t.like(config, { format: 'json', level: 'info' })
  }
  await new Promise((resolve) => setImmediate(resolve))
  process.off('warning', listener)
  const [format, level] = heard.filter((message) => message.startsWith('LOG_'))
  t.is(heard.filter((message) => message.startsWith('LOG_')).length, 2)
  t.true((format?.length ?? 0) < 200)
  t.regex(
    format ?? '',
    /^LOG_FORMAT="x+…" is none of json, ecs, pino, pretty; json is used instead\.$/,
  )
  t.regex(level ?? '', /^LOG_LEVEL="loud" is none of/)
})

const invalid: readonly SecurityLoggerOptions[] = [
  { format: 'xml' as never },
  { service: '' },
  { service: 7 as never },
  { limits: { depth: 0 } },
  { limits: { keys: 1.5 } },
  { limits: { lineBytes: 100 } },
  { limits: { items: '7' as never } },
  { limits: { widths: 7 } as never },
  { depthLimit: -1 },
  { level: 'loud' },
  { mixin: 7 as never },
  { msgPrefix: 7 as never },
  { useOnlyCustomLevels: true },
  { levelComparison: 'SIDEWAYS' as never },
]

test('options with a bad value are refused at construction, in a full sentence', (t) => {
  for (const options of invalid) {
    const error = t.throws(() => createSecurityLogger(options, memoryDestination()), {
      instanceOf: SeclogError,
      code: 'SECLOG_OPTION_INVALID',
    })
    t.regex(error?.message ?? '', /^(?:[A-Z]|limits|pino refuses).{10,}$/, JSON.stringify(options))
  }
  t.throws(() => createSecurityLogger({}, '/var/log/x' as never), { code: 'SECLOG_OPTION_INVALID' })
  t.throws(() => createSecurityLogger({}, {} as never), { code: 'SECLOG_OPTION_INVALID' })
})

const unsupported: readonly SecurityLoggerOptions[] = [
  { format: 'json', timestamp: false },
  { format: 'pretty', timestamp: () => '' },
  { format: 'pretty', transport: { target: 'pino/file' } },
  { format: 'ecs', timestamp: false },
  { format: 'ecs', base: null },
  { format: 'ecs', messageKey: 'm' },
  { format: 'ecs', errorKey: 'e' },
  { format: 'ecs', nestedKey: 'n' },
  { format: 'ecs', formatters: { level: () => ({ level: 1 }) } },
]

test('options that a format cannot honour are refused by name', (t) => {
  for (const options of unsupported) {
    const error = t.throws(() => createSecurityLogger(options, memoryDestination()), {
      instanceOf: SeclogError,
      code: 'SECLOG_OPTION_UNSUPPORTED',
    })
    const named = Object.keys(options).filter((name) => name !== 'format')
    t.true(error?.message.includes(named[0] as string))
    t.true(error?.message.includes(options.format as string))
  }
  t.notThrows(() => createSecurityLogger({ timestamp: true }, memoryDestination()))
})

const conflicting: readonly SecurityLoggerOptions<string>[] = [
  { base: { level: 1 } },
  { base: { trace_id: 'x' } },
  { base: { msg: 'x' } },
  { base: { shadowed: 'x' } },
  { messageKey: 'level' },
  { messageKey: 'shadowed' },
  { errorKey: 'time' },
  { nestedKey: 'trace_id' },
  { nestedKey: 'shadowed' },
  { format: 'pino', timestamp: () => ',"ts":1', nestedKey: 'ts' },
  { customLevels: { withSpan: 35 } },
  { customLevels: { child: 35 } },
  { customLevels: { health: 35 } },
  { customLevels: { flush: 35 } },
]

test('options that would write a name or replace a method of the logger’s own are refused', (t) => {
  for (const options of conflicting) {
    t.throws(() => createSecurityLogger(options, memoryDestination()), {
      instanceOf: SeclogError,
      code: 'SECLOG_OPTION_CONFLICT',
    })
  }
  t.throws(
    () => createSecurityLogger({ transport: { target: 'pino/file' } }, memoryDestination()),
    { code: 'SECLOG_OPTION_CONFLICT' },
  )
})

test('limits cut visibly, each at its own measure', (t) => {
  const destination = memoryDestination()
  const limits = { stringLength: 40, depth: 2, keys: 3, items: 2, nodes: 30, lineBytes: 2_048 }
  const log = createSecurityLogger({ limits }, destination)
  log.info({ text: 'word '.repeat(20) }, 'ok')
  log.info({ a: { b: { c: { d: 1 } } } }, 'ok')
  log.info({ a: { 1: 1, 2: 2, 3: 3, 4: 4 } }, 'ok')
  log.info({ a: [1, 2, 3] }, 'ok')
  log.info(
    {
      a: [
        [1, 1],
        [1, 1],
      ],
      b: [
        [1, 1],
        [1, 1],
      ],
      c: [
        [1, 1],
        [1, 1],
      ],
    },
    'x'.repeat(60),
  )
  const [text, deep, wide, long, many] = destination.records
  t.regex(String(text?.['text']), /^word .*\[Truncated: 100 characters\]$/)
  t.deepEqual(deep?.['a'], { b: { c: '[Truncated: depth]' } })
  t.deepEqual(wide?.['a'], { 1: 1, 2: 2, 3: 3, '[Truncated]': '[Truncated: 1 more keys]' })
  t.deepEqual(long?.['a'], [1, 2, '[Truncated: 1 more items]'])
  t.regex(String(many?.['msg']), /\[Truncated: 60 characters\]$/)
  t.true(log.health().truncated >= 5)
})

test('no line is longer than its limit, and the logger’s own fields stay', (t) => {
  for (const format of ['json', 'ecs', 'pino'] as const) {
    const destination = memoryDestination()
    const limits = { lineBytes: 2_048, stringLength: 100_000, keys: 2_000 }
    const log = createSecurityLogger({ format, limits }, destination)
    const wide = Object.fromEntries(
      Array.from({ length: 1_500 }, (_, index) => [`key_${index}`, 1]),
    )
    const texts = [
      'x'.repeat(5_000),
      '\u0001'.repeat(5_000),
      '漢'.repeat(5_000),
      'a b '.repeat(900),
    ]
    for (const text of texts) {
      log.info(text)
      log.info({ text }, text)
      log.child({ text }).info({ text: 'short' }, text)
      log.child({ other: text }).info(text)
      log.error(new Error(text), 'failed')
    }
    log.info(wide, 'wide')
    log.info({ wide }, 'wide')
    for (const [index, line] of destination.lines.entries()) {
      t.true(Buffer.byteLength(line) < 2_048, `${format} ${index}: ${Buffer.byteLength(line)}`)
    }
    for (const record of destination.records) t.true('level' in record || 'log.level' in record)
    t.is(destination.broken.length, 0)
  }
})

test('pino’s own limits of depth and edges are taken for ours', (t) => {
  const destination = memoryDestination()
  const log = createSecurityLogger({ depthLimit: 1, edgeLimit: 2 }, destination)
  log.info({ a: { b: 1 }, c: [1, 2, 3] }, 'ok')
  t.like(destination.records[0], { a: { b: 1 }, c: [1, 2, '[Truncated: 1 more items]'] })
})
