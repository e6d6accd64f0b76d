import test from 'ava'
import pino from 'pino'
import {
  createSecurityLogger,
  SeclogError,
  type SeclogErrorCode,
  type SecurityLoggerOptions,
} from '../../src/index.js'
import { memoryDestination } from '../../src/testing/index.js'

const refused: readonly [title: string, options: unknown, code: SeclogErrorCode, named: string][] =
  [
    ['options that are no object', null, 'SECLOG_OPTION_INVALID', 'options'],
    ['a format that is none', { format: 'xml' }, 'SECLOG_OPTION_INVALID', 'format'],
    ['a level that is none', { level: 'loud' }, 'SECLOG_OPTION_INVALID', 'loud'],
    ['a service without a name', { service: {} }, 'SECLOG_OPTION_INVALID', 'service'],
    [
      'a limit that is no number',
      { limits: { keys: 0.5 } },
      'SECLOG_OPTION_INVALID',
      'limits.keys',
    ],
    ['an unknown limit', { limits: { kezs: 5 } }, 'SECLOG_OPTION_INVALID', 'limits.kezs'],
    [
      'a level of spans that is none',
      { spans: { level: 'off' } },
      'SECLOG_OPTION_INVALID',
      'spans.level',
    ],
    [
      'a level called as a method',
      { customLevels: { withSpan: 35 } },
      'SECLOG_OPTION_CONFLICT',
      'withSpan',
    ],
    [
      'a transport that is not there',
      { transport: { target: 'no-such-transport' } },
      'SECLOG_OPTION_INVALID',
      'no-such-transport',
    ],
    ['timestamp in json', { timestamp: false }, 'SECLOG_OPTION_UNSUPPORTED', 'timestamp'],
    [
      'timestamp in ecs',
      { format: 'ecs', timestamp: pino.stdTimeFunctions.epochTime },
      'SECLOG_OPTION_UNSUPPORTED',
      'timestamp',
    ],
    ['base in ecs', { format: 'ecs', base: null }, 'SECLOG_OPTION_UNSUPPORTED', 'base'],
    [
      'messageKey in ecs',
      { format: 'ecs', messageKey: 'text' },
      'SECLOG_OPTION_UNSUPPORTED',
      'messageKey',
    ],
    ['errorKey in ecs', { format: 'ecs', errorKey: 'e' }, 'SECLOG_OPTION_UNSUPPORTED', 'errorKey'],
    [
      'nestedKey in ecs',
      { format: 'ecs', nestedKey: 'n' },
      'SECLOG_OPTION_UNSUPPORTED',
      'nestedKey',
    ],
    [
      'formatters.level in ecs',
      { format: 'ecs', formatters: { level: () => ({}) } },
      'SECLOG_OPTION_UNSUPPORTED',
      'formatters.level',
    ],
    [
      'transport in pretty',
      { format: 'pretty', transport: { target: 'pino/file' } },
      'SECLOG_OPTION_UNSUPPORTED',
      'transport',
    ],
  ]

for (const [title, options, code, named] of refused) {
  test(`${title} is refused by name`, (t) => {
    const error = t.throws(() => createSecurityLogger(options as SecurityLoggerOptions))
    t.true(error instanceof SeclogError)
    t.is((error as SeclogError).code, code)
    t.true(error?.message.includes(named), error?.message)
  })
}

test('a transport beside a destination is refused', (t) => {
  const options = { transport: { target: 'pino/file' } }
  const error = t.throws(() => createSecurityLogger(options, memoryDestination()))
  t.is((error as SeclogError).code, 'SECLOG_OPTION_CONFLICT')
})

test('a child cannot have a level called as a method', (t) => {
  const log = createSecurityLogger({}, memoryDestination())
  t.throws(() => log.child({}, { customLevels: { health: 33 } }), { message: /health/ })
})
