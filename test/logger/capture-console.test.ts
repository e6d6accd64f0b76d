import test from 'ava'
import { captureConsole, createSecurityLogger, SeclogError, withSpan } from '../../src/index.js'
import { memoryDestination } from '../../src/testing/index.js'

// By another name, since a test that writes to the console is mostly a mistake.
const { console: terminal } = globalThis
const next = () => new Promise((resolve) => setImmediate(resolve))

function captured(warnings = false) {
  const destination = memoryDestination()
  const log = createSecurityLogger({ level: 'trace' }, destination)
  return { destination, log, console: captureConsole(log, { warnings }) }
}

test.serial('each method is a line at its level, with redaction and ids', (t) => {
  const { destination, console: capture } = captured()
  try {
    withSpan('old code', () => {
      terminal.log('user %s logged in', 'bob', { password: 'hunter2' })
      terminal.info('info')
      terminal.warn('warn')
      terminal.error(new TypeError('no way'))
      terminal.error('lookup failed', new Error('gone'))
      terminal.debug('debug')
      terminal.trace('trace')
      terminal.log({ a: 1 }, [2])
      terminal.log()
    })
  } finally {
    capture.restore()
  }
  const { records } = destination
  t.deepEqual(
    records.map(({ level, msg }) => [level, msg]),
    [
      ['info', 'user bob logged in'],
      ['info', 'info'],
      ['warn', 'warn'],
      ['error', 'no way'],
      ['error', 'lookup failed'],
      ['debug', 'debug'],
      ['trace', 'trace'],
      ['info', undefined],
      ['info', ''],
    ],
  )
  t.true(records.every((record) => 'trace_id' in record))
  t.false(destination.lines.join().includes('hunter2'))
  t.like(records[3], { err: { type: 'TypeError' } })
  t.like(records[4], { err: { message: 'gone' } })
  t.deepEqual(records[7]?.['args'], [{ a: 1 }, [2]])
})

test.serial('what the destination writes to the console goes where it went before', (t) => {
  const { log: original } = terminal
  const seen: unknown[] = []
  terminal.log = (...args: unknown[]) => {
    seen.push(args)
  }
  const log = createSecurityLogger({}, { write: (line: string) => terminal.log(line) })
  const capture = captureConsole(log, { warnings: false })
  terminal.log('once')
  capture.restore()
  terminal.log('after')
  terminal.log = original
  t.is(seen.length, 2)
  t.deepEqual(seen[1], ['after'])
})

test.serial('given back it is what it was, unless somebody has captured it since', (t) => {
  const { log: original, warn: originalWarn } = terminal
  const { console: capture } = captured()
  const other = () => {}
  terminal.warn = other
  capture.restore()
  t.is(terminal.log, original)
  t.is(terminal.warn, other)
  terminal.warn = originalWarn
})

test.serial('warnings of the process are lines', async (t) => {
  const { destination, console: capture } = captured(true)
  process.emitWarning('something is deprecated', { type: 'DeprecationWarning', code: 'DEP_TEST' })
  await next()
  capture[Symbol.dispose ?? (Symbol.for('nodejs.dispose') as typeof Symbol.dispose)]()
  process.emitWarning('after')
  await next()
  const told = destination.records.filter(({ msg }) => /deprecated|after/.test(String(msg)))
  t.is(told.length, 1)
  t.like(told[0], {
    level: 'warn',
    msg: 'warning of the process: something is deprecated',
    err: { type: 'DeprecationWarning' },
  })
})

test('what is no logger is refused', (t) => {
  t.throws(() => captureConsole({} as never), {
    instanceOf: SeclogError,
    code: 'SECLOG_OPTION_INVALID',
  })
})
