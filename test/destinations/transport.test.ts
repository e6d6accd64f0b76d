import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import test from 'ava'
import { createSecurityLogger } from '../../src/index.js'
import type { SecurityLoggerOptions } from '../../src/logger/types.js'

// Each worker hears of the end of the process.
process.setMaxListeners(50)
const folder = mkdtempSync(join(tmpdir(), 'seclog-transport-'))
test.after.always(() => rmSync(folder, { recursive: true, force: true }))

let files = 0
function newFile(): string {
  return join(folder, `${files++}.log`)
}

function messagesIn(file: string): unknown[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const record = JSON.parse(line) as Record<string, unknown>
      return record['msg'] ?? record['message']
    })
}

const toFile = (destination: string, level?: string) => ({
  target: 'pino/file',
  options: { destination },
  ...(level !== undefined && { level }),
})

for (const format of ['json', 'ecs', 'pino'] as const) {
  test(`lines of ${format} reach one target, whole, before close resolves`, async (t) => {
    const file = newFile()
    const log = createSecurityLogger({ format, transport: toFile(file) })
    for (let index = 0; index < 100; index++) log.info({ index }, 'ok')
    await log.close()
    t.is(messagesIn(file).length, 100)
  })

  test(`lines of ${format} reach those targets whose level they have`, async (t) => {
    const [all, some, few] = [newFile(), newFile(), newFile()]
    const log = createSecurityLogger({
      format,
      level: 'trace',
      customLevels: { alarm: 55 },
      transport: { targets: [toFile(all, 'trace'), toFile(some), toFile(few, 'alarm')] },
    } as SecurityLoggerOptions<'alarm'>)
    log.trace('trace')
    log.info('info')
    log.error('error')
    log.alarm('alarm')
    await log.flushed()
    await log.close()
    t.deepEqual(messagesIn(all), ['trace', 'info', 'error', 'alarm'])
    t.deepEqual(messagesIn(some), ['info', 'error', 'alarm'])
    t.deepEqual(messagesIn(few), ['alarm'])
  })
}

test('with dedupe a line goes only to the target of the highest level', async (t) => {
  const [low, high] = [newFile(), newFile()]
  const transport = { targets: [toFile(low, 'info'), toFile(high, 'error')], dedupe: true }
  const log = createSecurityLogger({ transport })
  log.info('info')
  log.error('error')
  await log.close()
  t.deepEqual(messagesIn(low), ['info'])
  t.deepEqual(messagesIn(high), ['error'])
})

test('a worker that dies takes neither the process nor another target with it, and what it loses is counted', async (t) => {
  const dying = join(folder, 'dying.cjs')
  writeFileSync(
    dying,
    `module.exports = () => { setImmediate(() => { throw new Error('gone') }); return new (require('node:stream').Writable)({ write(a, b, c) { c() } }) }`,
  )
  const file = newFile()
  const log = createSecurityLogger({ transport: { targets: [{ target: dying }, toFile(file)] } })
  while (log.health().dropped === 0) {
    log.info('ok')
    await new Promise((resolve) => setImmediate(resolve))
  }
  log.info('last')
  await log.close()
  t.is(messagesIn(file).at(-1), 'last')
})

test('a target that does not exist is refused at construction or counted, and no call throws', async (t) => {
  const missing = join(folder, 'missing.cjs')
  const log = createSecurityLogger({ transport: { target: missing } })
  t.notThrows(() => log.info('lost'))
  while (log.health().dropped === 0) await new Promise((resolve) => setImmediate(resolve))
  await log.close()
  t.pass()
})

test('a pipeline is one target', async (t) => {
  const file = newFile()
  const log = createSecurityLogger({
    transport: { targets: [{ pipeline: [toFile(file)], level: 'info' } as never] },
  })
  log.info('ok')
  await log.close()
  t.deepEqual(messagesIn(file), ['ok'])
})

test('closing twice, and with await using, is harmless', async (t) => {
  const file = newFile()
  const log = createSecurityLogger({ transport: toFile(file) })
  log.info('ok')
  const dispose = Symbol.asyncDispose ?? Symbol.for('nodejs.asyncDispose')
  await log[dispose as typeof Symbol.asyncDispose]()
  await log.close()
  t.deepEqual(messagesIn(file), ['ok'])
})

for (const code of [0, 3])
  test(`when its worker ends with ${code}, lines go to standard error, and it is said once`, (t) => {
    const target = join(folder, `dies-${code}.mjs`)
    writeFileSync(
      target,
      `import { Writable } from 'node:stream'
     export default () => new Writable({ write(chunk, encoding, done) { process.exit(${code}) } })`,
    )
    const program = `
    import { once } from 'node:events'
    import { createSecurityLogger } from '${new URL('../../src/index.js', import.meta.url).href}'
    const target = ${JSON.stringify(target)}
    const log = createSecurityLogger({ transport: ${code === 0 ? '{ target }' : '{ targets: [{ target }] }'} })
    log.info('the last one that it gets')
    const warned = once(process, 'warning')
    const until = performance.now() + 20_000
    while (log.health().lines < 1_000_000 && performance.now() < until) {
      log.info('until it is gone')
      if (await Promise.race([warned.then(() => true), new Promise((resolve) => setTimeout(resolve, 5))])) break
    }
    const [warning] = await warned
    for (let n = 0; n < 10; n++) log.info({ n }, 'a line after its death')
    log.security('authn_login_fail', { userid: 'alice' })
    console.log(JSON.stringify({ warning: warning.message, dropped: log.health().dropped }))`
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      ['--no-warnings', '--input-type=module', '--eval', program],
      { encoding: 'utf8', timeout: 30_000 },
    )
    t.is(status, 0, stderr)
    const { warning } = JSON.parse(stdout) as { warning: string }
    t.regex(warning, /standard error/)
    t.is(stderr.match(/a line after its death/g)?.length, 10)
    t.is(stderr.match(/login failed/g)?.length, 1)
  })
