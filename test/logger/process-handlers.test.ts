import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { createSecurityLogger, installProcessHandlers, SeclogError } from '../../src/index.js'
import { type LogRecord, memoryDestination, parseLogLines } from '../../src/testing/index.js'

const entry = JSON.stringify(new URL('../../src/index.js', import.meta.url).href)

interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly records: readonly LogRecord[]
  readonly stderr: string
}

/** Runs a program with handlers; `kill` is sent when it says that it is ready. */
async function ended(program: string, kill?: NodeJS.Signals): Promise<Ended> {
  const source = `
    import { createSecurityLogger, installProcessHandlers } from ${entry}
    const ready = () => process.stderr.write('ready')
    ${program}`
  const args = ['--no-warnings', '--input-type=module', '--eval', source]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString()
  })
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString()
    if (kill !== undefined && stderr === 'ready') child.kill(kill)
  })
  const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null]
  return { code, signal, records: parseLogLines(stdout).records, stderr }
}

const setUp = 'const log = createSecurityLogger(); installProcessHandlers(log)'

test('what nobody caught is a fatal line with its error, and the code is 1', async (t) => {
  const { code, records, stderr } = await ended(`
    ${setUp}
    setTimeout(() => { throw new TypeError('no way') })
    setTimeout(() => log.info('never'), 60_000)`)
  t.is(code, 1)
  t.is(stderr, '')
  t.is(records.length, 1)
  t.like(records[0], {
    level: 'fatal',
    origin: 'uncaughtException',
    err: { type: 'TypeError', message: 'no way' },
  })
})

test('so is a rejection that nobody handles', async (t) => {
  const { code, records } = await ended(`${setUp}
    Promise.reject(new Error('no way'))
    setTimeout(() => {}, 60_000)`)
  t.is(code, 1)
  t.like(records[0], { level: 'fatal', origin: 'unhandledRejection', err: { message: 'no way' } })
})

for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
  test(`a process that gets ${signal} says so and dies by it`, async (t) => {
    const { signal: diedBy, records } = await ended(
      `${setUp}; setTimeout(() => {}, 60_000); ready()`,
      signal,
    )
    t.is(diedBy, signal)
    t.deepEqual(
      records.map(({ level, signal }) => [level, signal]),
      [['info', signal]],
    )
  })
}

test('lines on their way through a worker are out before it dies', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'seclog-handlers-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  const file = join(folder, 'out.log')
  const target = { target: 'pino/file', options: { destination: file } }
  const { signal } = await ended(
    `const log = createSecurityLogger({ transport: ${JSON.stringify(target)} })
     installProcessHandlers(log)
     for (let index = 0; index < 5_000; index++) log.info({ index }, 'line')
     setTimeout(() => {}, 60_000)
     ready()`,
    'SIGTERM',
  )
  t.is(signal, 'SIGTERM')
  t.is(readFileSync(file, 'utf8').trim().split('\n').length, 5_001)
})

test('where the application has a handler of its own, that one decides', async (t) => {
  const { code, signal, records } = await ended(
    `${setUp}
     process.on('SIGTERM', () => setTimeout(() => { log.warn('own end'); process.exit(5) }, 20))
     process.on('uncaughtException', () => log.warn('own catch'))
     setTimeout(() => { throw new Error('no') })
     setTimeout(ready, 20)
     setTimeout(() => {}, 60_000)`,
    'SIGTERM',
  )
  t.is(code, 5)
  t.is(signal, null)
  t.deepEqual(
    records.map(({ level }) => level),
    ['fatal', 'warn', 'info', 'warn'],
  )
})

test('a logger that never gets done holds the process no longer than the deadline', async (t) => {
  const { signal } = await ended(
    `const log = createSecurityLogger()
     log.close = () => new Promise(() => {})
     installProcessHandlers(log, { timeoutMs: 50 })
     setTimeout(() => {}, 60_000)
     ready()`,
    'SIGTERM',
  )
  t.is(signal, 'SIGTERM')
})

test('tracing is shut down before the lines, and a program that just ends is flushed', async (t) => {
  const { code, records } = await ended(
    `const log = createSecurityLogger()
     const tracing = { shutdown: async () => log.info('tracing ended') }
     installProcessHandlers(log, { tracing, timeoutMs: 1_000 })
     setTimeout(() => { throw new Error('no') })`,
  )
  t.is(code, 1)
  t.deepEqual(
    records.map(({ msg }) => msg),
    ['The process dies of what nobody caught', 'tracing ended'],
  )
  const plain = await ended(`${setUp}; log.info('done')`)
  t.is(plain.code, 0)
  t.is(plain.records.length, 1)
})

test('taken out, the handlers are gone', (t) => {
  const events = ['uncaughtException', 'SIGTERM', 'SIGINT', 'SIGHUP', 'beforeExit']
  const count = () => events.map((event) => process.listenerCount(event))
  const before = count()
  const handlers = installProcessHandlers(createSecurityLogger({}, memoryDestination()))
  t.deepEqual(
    count(),
    before.map((number) => number + 1),
  )
  handlers.remove()
  handlers[Symbol.dispose ?? (Symbol.for('nodejs.dispose') as typeof Symbol.dispose)]()
  t.deepEqual(count(), before)
})

test('what is no logger, and no time, are refused', (t) => {
  const log = createSecurityLogger({}, memoryDestination())
  for (const args of [[undefined], [{}], [log, { timeoutMs: -1 }], [log, { signals: 'SIGTERM' }]]) {
    t.throws(() => Reflect.apply(installProcessHandlers, undefined, args), {
      instanceOf: SeclogError,
      code: 'SECLOG_OPTION_INVALID',
    })
  }
})
