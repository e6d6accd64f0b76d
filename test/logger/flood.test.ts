import { spawnSync } from 'node:child_process'
import process from 'node:process'
import { pathToFileURL } from 'node:url'
import test from 'ava'
import { createSecurityLogger, SeclogError } from '../../src/index.js'
import type { FloodOptions } from '../../src/logger/flood.js'
import { onSecurityEvent } from '../../src/security/index.js'
import { type LogRecord, memoryDestination } from '../../src/testing/index.js'

function logged(flood?: false | FloodOptions, more: object = {}) {
  const destination = memoryDestination()
  const log = createSecurityLogger({ ...(flood !== undefined && { flood }), ...more }, destination)
  return { log, destination }
}

const three = { security: { limit: 3, within: '1h' } } as const

for (const format of ['json', 'ecs'] as const) {
  test(`of the same security event so many are written, then how many more there were: ${format}`, async (t) => {
    const { log, destination } = logged(three, { format })
    for (let index = 0; index < 10; index++) {
      log.withSpan('login', () => log.security('authn_login_fail', { userid: 'bob' }))
      log.security('authn_login_fail', { userid: 'eve' })
    }
    const events = () =>
      destination.records.filter((record) => record['event.action'] === 'authn_login_fail')
    t.is(events().length, 6)
    t.is(log.health().heldBack, 14)
    t.is(log.health().events['authn_login_fail'], 20)
    await log.flushed()
    const summaries = events().slice(6)
    t.is(summaries.length, 2)
    const [{ msg, message, ...first } = {}] = summaries as LogRecord[]
    t.is(msg ?? message, 'login failed (7 more within 3600 s)')
    const { count, repeated_count: label } = (first['repeated'] ?? first['labels']) as LogRecord
    t.is(String(count ?? label), '7')
    t.is(first['event.severity'], 47)
    t.deepEqual(first['user'] ?? { id: first['user.id'] }, { id: 'bob' })
    await log.flushed()
    t.is(events().length, 8, 'told once')
  })
}

test('without a word a hundred within ten seconds are written, and with false each', async (t) => {
  const { log, destination } = logged()
  for (let index = 0; index < 150; index++) log.security('sys_startup')
  t.is(destination.records.length, 100)
  await log.close()
  t.like(destination.records.at(-1), { repeated: { count: 50 } })
  for (const flood of [false, { security: false }] as const) {
    const all = logged(flood)
    for (let index = 0; index < 150; index++) all.log.security('sys_startup')
    t.is(all.destination.records.length, 150)
  }
})

test('when the window is over, the number is told by itself', async (t) => {
  const { log, destination } = logged({ security: { limit: 1, within: 20 } })
  for (let index = 0; index < 5; index++) log.security('sys_startup')
  const told = () => destination.records.some(({ repeated }) => repeated !== undefined)
  const alive = setInterval(() => {}, 1_000)
  t.teardown(() => clearInterval(alive))
  while (!told()) await new Promise((resolve) => setImmediate(resolve))
  t.like(destination.records.at(-1), { repeated: { count: 4 } })
})

test('alerts see them all', async (t) => {
  const { log } = logged(three)
  let seen = 0
  const subscription = onSecurityEvent('upload_delete', () => {
    seen++
  })
  t.teardown(() => subscription.end())
  for (let index = 0; index < 10; index++) log.security('upload_delete')
  while (seen < 10) await new Promise((resolve) => setImmediate(resolve))
  t.pass()
})

for (const format of ['json', 'ecs', 'pino'] as const) {
  test(`errors that are the same are counted where that is asked for: ${format}`, async (t) => {
    const { log, destination } = logged({ errors: { limit: 2, within: '1m' } }, { format })
    const child = log.child({ tenant: 'acme' })
    const fail = (error: Error) => {
      child.error(error, 'lookup failed')
      log.warn('not counted')
    }
    const error = new TypeError('no route')
    for (let index = 0; index < 5; index++) fail(error)
    for (let index = 0; index < 3; index++) log.error({ index }, 'each another')
    const of = (text: string) => destination.lines.filter((line) => line.includes(text)).length
    t.is(of('lookup failed'), 2)
    t.is(of('not counted'), 5)
    t.is(of('each another'), 3)
    await log.flushed()
    const [summary = {}] = destination.records.slice(-1)
    t.is(summary['msg'] ?? summary['message'], 'lookup failed (3 more within 60 s)')
    const { type, message } = (summary['err'] ?? {
      type: summary['error.type'],
      message: summary['error.message'],
    }) as LogRecord
    t.deepEqual([type, message], ['TypeError', 'no route'])
    t.is(log.health().heldBack, 3)
  })
}

test('errors are written one by one unless that is asked for, and fatal ones always', (t) => {
  const plain = logged()
  for (let index = 0; index < 200; index++) plain.log.error('same')
  t.is(plain.destination.records.length, 200)
  const { log, destination } = logged({ errors: true })
  for (let index = 0; index < 200; index++) {
    log.error('same')
    log.fatal('dying')
  }
  t.is(destination.records.length, 300)
})

test('of more different records than are told apart the oldest is told of first', (t) => {
  const { log, destination } = logged({ security: { limit: 1, within: '1h' } })
  log.security('sys_startup')
  log.security('sys_startup')
  for (let index = 0; index < 1_000; index++) log.security('sys_startup', { userid: index })
  t.is(destination.records.filter(({ repeated }) => repeated !== undefined).length, 1)
})

test('what was held back when the process exits is told', (t) => {
  const entry = pathToFileURL('build/src/index.js').href
  const program = `
    import { createSecurityLogger } from ${JSON.stringify(entry)}
    const log = createSecurityLogger({ flood: { security: { limit: 1 } } })
    for (let index = 0; index < 5; index++) log.security('sys_startup')
    process.exit(3)`
  const { status, stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
    encoding: 'utf8',
  })
  t.is(status, 3)
  const lines = stdout.trim().split('\n')
  t.is(lines.length, 2)
  t.like(JSON.parse(lines[1] ?? ''), { repeated: { count: 4 } })
})

for (const flood of [
  true,
  'x',
  { security: true },
  { security: { limit: 0 } },
  { errors: { within: '10' } },
  { security: { within: '2d' } },
]) {
  test(`refused in a sentence: ${JSON.stringify(flood)}`, (t) => {
    t.throws(() => logged(flood as never), {
      instanceOf: SeclogError,
      code: 'SECLOG_OPTION_INVALID',
      message: /\.$/,
    })
  })
}
