import { spawnSync } from 'node:child_process'
import process from 'node:process'
import test from 'ava'
import { controlLevelsBySignal, loggerLevels, setLoggerLevel } from '../../src/control/index.js'
import { createSecurityLogger, SeclogError } from '../../src/index.js'
import { type LogRecord, memoryDestination } from '../../src/testing/index.js'

const events = (records: readonly LogRecord[]) =>
  records.filter((record) => record['event.kind'] === 'event')

function made(options: Parameters<typeof createSecurityLogger>[0] = {}) {
  const destination = memoryDestination()
  return { log: createSecurityLogger(options, destination), destination }
}

test('an assignment to log.level is a security event, whichever way it goes', (t) => {
  const { log, destination } = made({ name: 'assigned' })
  log.level = 'debug'
  log.level = 'debug'
  log.level = 'silent'
  const [more = {}, fewer = {}, ...rest] = events(destination.records)
  t.deepEqual(rest, [])
  t.is(more['event.action'], 'sys_monitor_enabled')
  t.deepEqual(more['security'], { monitor: 'log.level', from: 'info', to: 'debug' })
  t.is(more['event.reason'], 'assignment to log.level')
  t.is(fewer['event.action'], 'sys_monitor_disabled')
  t.deepEqual(fewer['security'], { monitor: 'log.level', from: 'debug', to: 'silent' })
  t.is(fewer['msg'], 'log level changed from debug to silent')
})

test('a level that a logger or child is made with is no change', (t) => {
  const { log, destination } = made({ name: 'made', level: 'warn' })
  log.child({ a: 1 }, { level: 'debug' }).debug('hello')
  t.deepEqual(
    destination.records.map(({ msg }) => msg),
    ['hello'],
  )
})

test('the event of a change comes though a listener to level-change throws', (t) => {
  const { log, destination } = made()
  log.on('level-change', () => {
    throw new Error('mine')
  })
  t.throws(() => (log.level = 'debug'), { message: 'mine' })
  t.is(events(destination.records).length, 1)
})

test('a level is set by name, for loggers below it and for those made later', (t) => {
  const { log, destination } = made({ name: 'byname' })
  const scan = log.child({ name: 'byname.scan' })
  const other = log.child({ name: 'bynamed' })
  const change = setLoggerLevel('byname.scan', 'debug', { by: 'ada', from: '192.0.2.1' })
  t.is(change.loggers, 1)
  scan.debug('seen')
  other.debug('not seen')
  log.debug('not seen')
  log.child({ name: 'byname.scan.lockfile' }).debug('seen, too')
  const [event = {}, ...lines] = destination.records
  t.deepEqual(event['user'], { id: 'ada' })
  t.deepEqual(event['source'], { ip: '192.0.2.1' })
  t.like(event['security'], { logger: 'byname.scan', from: 'info', to: 'debug' })
  t.deepEqual(
    lines.map(({ msg }) => msg),
    ['seen', 'seen, too'],
  )
  change.revert()
  scan.debug('no longer')
  t.is(destination.records.at(-1)?.['event.action'], 'sys_monitor_disabled')
  // It follows its parent again.
  log.level = 'trace'
  t.is(scan.level, 'trace')
})

test('the level of a logger that was made under a change is its own again when that is taken back', (t) => {
  made({ name: 'early' })
  const change = setLoggerLevel('early', 'trace')
  const { log } = made({ name: 'early', level: 'warn' })
  t.is(log.level, 'trace')
  change.revert()
  t.is(log.level, 'warn')
  t.is(made({ name: 'early' }).log.level, 'info')
})

test('a level that was changed again since is not taken back', (t) => {
  const { log } = made({ name: 'again' })
  const first = setLoggerLevel('again', 'debug')
  log.level = 'error'
  first.revert()
  t.is(log.level, 'error')
})

test('after its time the former level returns, and a second change of a time keeps the first former one', async (t) => {
  const { log, destination } = made({ name: 'timed', level: 'warn' })
  const keptAlive = setInterval(() => {}, 1_000)
  const returned = new Promise<void>((resolve) => {
    log.on('level-change', (label) => {
      if (label === 'warn') resolve()
    })
  })
  setLoggerLevel('timed', 'info', { for: '1h' })
  setLoggerLevel('timed', 'debug', { for: 1 })
  t.regex(loggerLevels().find(({ name }) => name === 'timed')?.until ?? '', /^\d{4}-.*Z$/)
  await returned
  clearInterval(keptAlive)
  t.is(log.level, 'warn')
  const last = events(destination.records).at(-1)
  t.is(last?.['event.reason'], 'its time is over')
  t.deepEqual(
    loggerLevels().find(({ name }) => name === 'timed'),
    { name: 'timed', levels: ['warn'] },
  )
})

test('what cannot be set is refused', (t) => {
  made({ name: 'refused' })
  for (const call of [
    () => setLoggerLevel('refused', 'loud'),
    () => setLoggerLevel('nobody', 'debug'),
    () => setLoggerLevel('refused', 'debug', { for: '40d' }),
    () => setLoggerLevel('refused', 'debug', { for: -1 }),
  ]) {
    t.is(t.throws(call, { instanceOf: SeclogError })?.code, 'SECLOG_OPTION_INVALID')
  }
})

test('names that come with requests do not pile up', (t) => {
  const { log } = made({ name: 'many' })
  for (let i = 0; i < 5_000; i++) log.child({ name: `request-${i}` })
  t.true(loggerLevels().length <= 1_000)
})

test('bindings with a getter or traps are read no more often for their name', (t) => {
  const { log, destination } = made()
  let reads = 0
  const bindings = {
    get name(): string {
      reads++
      return 'got'
    },
  }
  log.child(bindings).info('one')
  t.is(reads, 1)
  const hostile = new Proxy(
    {},
    {
      getOwnPropertyDescriptor() {
        throw new Error('trap')
      },
    },
  )
  log.child(hostile).info('two')
  t.is(destination.records.length, 2)
})

test('a signal raises the level for a while, and the next one brings it back', (t) => {
  // A process of its own: signals do not reach the threads that tests run in.
  const script = `
    const { controlLevelsBySignal } = await import('./build/src/control/index.js')
    const { createSecurityLogger } = await import('./build/src/index.js')
    const log = createSecurityLogger({ name: 'signalled' })
    const keptAlive = setInterval(() => {}, 1000)
    const control = controlLevelsBySignal({ name: 'signalled', for: '1h' })
    for (let i = 0; i < 2; i++) {
      const changed = new Promise((resolve) => log.once('level-change', resolve))
      process.kill(process.pid, 'SIGUSR2')
      await changed
      log.debug('while it is raised')
    }
    control.remove()
    clearInterval(keptAlive)
    if (process.listenerCount('SIGUSR2') > 0) throw new Error('still listening')
  `
  const { stdout, status } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    encoding: 'utf8',
    env: {},
  })
  t.is(status, 0)
  const records = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as LogRecord)
  t.deepEqual(
    records.map((record) => record['event.action'] ?? record['msg']),
    ['sys_monitor_enabled', 'while it is raised', 'sys_monitor_disabled'],
  )
  t.is(records[0]?.['event.reason'], 'signal SIGUSR2')
})

test('a signal that cannot be had is refused', (t) => {
  const error = t.throws(() => controlLevelsBySignal({ signal: 'SIGNONE' as 'SIGUSR2' }))
  t.true(error instanceof SeclogError)
})

test('LOG_LEVELS sets levels by name, over LOG_LEVEL and over the option', (t) => {
  const script = `
    const { createSecurityLogger } = await import('./build/src/index.js')
    const log = createSecurityLogger({ name: 'api', level: 'error' })
    log.child({ name: 'scan' }).debug('scan')
    log.child({ name: 'http' }).info('http')
    log.child({ name: 'db' }).info('db')
    log.info('api')
    createSecurityLogger({ service: 'worker' }).info('worker')
  `
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    encoding: 'utf8',
    env: { LOG_LEVEL: 'fatal', LOG_LEVELS: ' scan:DEBUG, http:warn,worker:info,api:loud,:info' },
  })
  const messages = stdout
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as LogRecord)['msg'])
  t.deepEqual(messages, ['scan', 'worker'])
  t.regex(stderr, /LOG_LEVELS="api:loud" is no name and level of trace/)
})
