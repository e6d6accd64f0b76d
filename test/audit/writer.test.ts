import { spawnSync } from 'node:child_process'
import {
  appendFileSync,
  chmodSync,
  existsSync,
  linkSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { hostname } from 'node:os'
import { dirname } from 'node:path'
import process from 'node:process'
import test from 'ava'
import {
  type AuditLog,
  auditLogFiles,
  openAuditLog,
  verifyAuditLog,
} from '../../src/audit/index.js'
import { openAuditLogWith } from '../../src/audit/open.js'
import { SeclogError } from '../../src/errors.js'
import { checkpointList, faultyDisk, logOptions, root, rootPublicKey } from './parts.js'

const code = (expected: string) => ({ instanceOf: SeclogError, code: expected }) as const
const records = (path: string) =>
  readFileSync(path, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))

async function verify(path: string, more = {}) {
  return verifyAuditLog(await auditLogFiles(path), { rootPublicKey, ...more })
}

test('a closed log verifies, and each receipt names its line', async (t) => {
  const options = logOptions(t)
  const log = await openAuditLog(options)
  const receipts = await Promise.all([
    log.record('login', { user: 'alice' }),
    log.record('grant', { user: 'bob', role: 'admin' }),
  ])
  await log.close()
  t.deepEqual(
    receipts.map(({ seq, written, durable }) => ({ seq, written, durable })),
    [
      { seq: 1, written: true, durable: true },
      { seq: 2, written: true, durable: true },
    ],
  )
  const anchors = receipts.map(({ id, seq = -1, h = '' }) => ({ id, seq, h }))
  const result = await verify(options.path, { anchors })
  t.like(result, { code: 'OK', ok: true, lines: 4, verifiedThrough: 3, checkpoints: 1, id: 'test' })
  t.like(records(options.path)[2], { event: 'grant', user: 'bob', role: 'admin' })
})

test('the file, the state and the lock are for their owner only', async (t) => {
  const options = logOptions(t)
  const log = await openAuditLog(options)
  for (const name of ['', '.state', '.lock'])
    t.is(statSync(options.path + name).mode & 0o777, 0o600, name)
  await log.close()
  t.false(existsSync(`${options.path}.lock`))
  chmodSync(options.path, 0o644)
  await (await openAuditLog(options)).close()
  t.is(statSync(options.path).mode & 0o777, 0o600)
})

test('records pass the redactor, and no field can stand in place of what the log says', async (t) => {
  const options = logOptions(t)
  const log = await openAuditLog(options)
  await log.record('login', {
    password: 'hunter2 hunter2',
    audit: { seq: 7 },
    time: 'never',
    sig: 'x',
    nested: { time: 'kept' },
  })
  await log.record('shadow', { shadowed: 1, event: 2 })
  await log.record('list', [1, 2])
  await log.record('nothing', {})
  await log.record(Symbol('x') as never, null as never)
  await log.close()
  const [, first, second, third, fourth, fifth] = records(options.path)
  t.like(first, {
    event: 'login',
    password: '[Redacted]',
    nested: { time: 'kept' },
    shadowed: { audit: { seq: 7 }, time: 'never', sig: 'x' },
  })
  t.is(first.audit.seq, 1)
  t.like(second, { event: 'shadow', shadowed: { event: 2, shadowed: 1 } })
  t.like(third, { event: 'list', fields: [1, 2] })
  t.deepEqual(Object.keys(fourth), ['audit', 'time', 'event'])
  t.is(fifth.event, '[Unnamed]')
  t.true((await verify(options.path)).ok)
})

test('a getter that throws, and one that writes a record of its own, lose nothing', async (t) => {
  const options = logOptions(t)
  const log = await openAuditLog(options)
  let inner: Promise<unknown> | undefined
  const hostile = {
    get broken() {
      throw new Error('no')
    },
    get nested() {
      inner ??= log.record('inner', { a: 1 })
      return 1
    },
  }
  await log.record('outer', hostile)
  await inner
  await log.close()
  t.deepEqual(
    records(options.path).flatMap(({ event = [] }) => event),
    ['inner', 'outer'],
  )
  t.true((await verify(options.path)).ok)
})

test('a tail that is not sealed is never a plain OK', async (t) => {
  const options = logOptions(t)
  const log = await openAuditLog(options)
  await log.record('a')
  t.like(await verify(options.path), { code: 'OK_UNSEALED_TAIL', ok: false, unsealed: 1 })
  t.is(log.health().unsealed, 1)
  t.like(await log.checkpoint(), { why: 'interval', seq: 2 })
  t.is((await verify(options.path)).code, 'OK')
  await log.close()
})

test('checkpoints come after so many records, after a while, and when nothing happens', async (t) => {
  const { next, onCheckpoint, all } = checkpointList()
  const options = logOptions(t, {
    checkpoint: { records: 4, intervalMs: 100, heartbeatMs: 1000 },
    onCheckpoint,
  })
  // Timers of an audit log keep no process alive.
  const alive = setInterval(() => undefined, 1000)
  t.teardown(() => clearInterval(alive))
  const log = await openAuditLog(options)
  const counted = next('count').then(() => true)
  // A machine that is busy may take longer for four records than the interval.
  do await Promise.all(Array.from({ length: 9 }, (_, index) => log.record('e', { index })))
  while (!(await Promise.race([counted, Promise.resolve(false)])))
  await log.checkpoint()
  const [timed, beaten] = [next('interval'), next('heartbeat')]
  await log.record('the only one since')
  await Promise.all([timed, beaten])
  await log.close()
  t.is(all[0]?.why, 'open')
  t.is(all.at(-1)?.why, 'close')
  const result = await verify(options.path, { anchors: all, now: Date.now() })
  t.like(result, { code: 'OK', verifiedThrough: all.at(-1)?.seq })
})

test('what onCheckpoint throws or rejects with is contained and counted', async (t) => {
  let count = 0
  const log = await openAuditLog(
    logOptions(t, {
      onCheckpoint: () => {
        if (count++ === 0) throw new Error('first')
        return Promise.reject(new Error('later'))
      },
    }),
  )
  await log.record('a')
  await log.close()
  t.is(log.health().faults, 2)
})

test('rotation continues the chain over files, and deleted ones are replaced by a trusted checkpoint', async (t) => {
  const { all, onCheckpoint } = checkpointList()
  const options = logOptions(t, {
    rotate: { bytes: 2048 },
    checkpoint: { records: 3 },
    onCheckpoint,
  })
  const log = await openAuditLog(options)
  for (let index = 0; index < 40; index++) await log.record('e', { index })
  t.true(await log.rotate())
  await log.record('last')
  await log.close()
  const files = await auditLogFiles(options.path)
  t.true(files.length > 3)
  t.is(files.at(-1), options.path)
  t.is((await verifyAuditLog(files, { rootPublicKey, anchors: all })).code, 'OK')
  t.is((await verifyAuditLog(files.toSpliced(1, 1), { rootPublicKey })).code, 'GAP')
  t.is((await verifyAuditLog(files.slice(1), { rootPublicKey })).code, 'GAP')
  const kept = Number(files[1]?.slice(-16))
  const start = all.find(({ seq }) => seq === kept - 1)
  const later = await verifyAuditLog(files.slice(1), { rootPublicKey, ...(start && { start }) })
  t.is(later.code, 'OK')
  await (await openAuditLog(options)).close()
  t.true((await verify(options.path)).ok)
})

test('a restart between the two steps of a rotation continues the chain', async (t) => {
  const options = logOptions(t)
  const disk = faultyDisk()
  const log = await openAuditLogWith(options, { disk })
  await log.record('a')
  disk.fault = (call, path) => (call === 'rename' && path === options.path ? 'EACCES' : undefined)
  t.false(await log.rotate())
  disk.fault = () => undefined
  t.true(await log.rotate())
  disk.fault = (call, path) => (call === 'open' && path === options.path ? 'ENOSPC' : undefined)
  t.false(await log.rotate())
  t.false(existsSync(options.path))
  await log.close()
  const again = await openAuditLog(options)
  await again.record('b')
  await again.close()
  t.like(await verify(options.path), { code: 'OK', recoveries: 1 })
})

test('a restart continues the chain and says so in a signed record', async (t) => {
  const options = logOptions(t)
  const first = await openAuditLog(options)
  await first.record('before')
  await first.close()
  const { rootKey: _unused, ...withoutRoot } = options
  const second = await openAuditLog(withoutRoot)
  await second.record('after')
  await second.close()
  t.like(await verify(options.path), { code: 'OK', recoveries: 1, lines: 6 })
})

test('a torn last line is moved aside, and a signed record tells its length and hash', async (t) => {
  const options = logOptions(t)
  const log = await openAuditLog(options)
  await log.record('kept')
  await stop(log, options.path)
  appendFileSync(options.path, '{"audit":{"v":1,"id":"test","se')
  const again = await openAuditLog(options)
  await again.close()
  const told = records(options.path).find(({ ckpt }) => ckpt?.why === 'recover')
  t.is(told.ckpt.torn.bytes, 31)
  t.regex(told.ckpt.torn.sha256, /^[0-9a-f]{64}$/)
  t.is(readFileSync(`${options.path}.torn.${told.audit.seq}`, 'utf8').length, 31)
  t.like(await verify(options.path), { code: 'OK', recoveries: 1 })
})

test('lines that do not follow the chain are moved aside as well', async (t) => {
  const options = logOptions(t)
  const log = await openAuditLog(options)
  await log.record('kept')
  await stop(log, options.path)
  const line = readFileSync(options.path, 'utf8').trim().split('\n')[1]
  appendFileSync(options.path, `${line}\n`)
  // A crash after the copy and before the cut repeats the copy.
  writeFileSync(`${options.path}.torn`, `${line}\n`)
  await (await openAuditLog(options)).close()
  const told = records(options.path).find(({ ckpt }) => ckpt?.why === 'recover')
  t.is(told.ckpt.torn.bytes, (line?.length ?? 0) + 1)
  t.true((await verify(options.path)).ok)
})

test('a checkpoint that the crash cut off is written again from the state', async (t) => {
  for (const left of [0, 100]) {
    const options = logOptions(t)
    const log = await openAuditLog(options)
    await log.record('a')
    const { size } = statSync(options.path)
    await log.checkpoint()
    await stop(log, options.path)
    truncateSync(options.path, size + left)
    await (await openAuditLog(options)).close()
    t.like(await verify(options.path), { code: 'OK', recoveries: 1, checkpoints: 3 })
  }
})

test('an opening line that the crash cut off is written again', async (t) => {
  const options = logOptions(t)
  await stop(await openAuditLog(options), options.path)
  truncateSync(options.path, 10)
  writeFileSync(`${options.path}.state.tmp`, 'left by a crash')
  await (await openAuditLog(options)).close()
  t.true((await verify(options.path)).ok)
})

test('a log that lacks what was sealed is refused, never continued', async (t) => {
  const damage: Record<string, (path: string) => void> = {
    cut: (path) => truncateSync(path, 100),
    gone: (path) => renameSync(path, `${path}.away`),
    'without state': (path) => renameSync(`${path}.state`, `${path}.away`),
    'with a broken state': (path) => writeFileSync(`${path}.state`, '{}'),
    'another line in place of the checkpoint': (path) => {
      const text = readFileSync(path, 'utf8')
      writeFileSync(path, text.replace(/"why":"close"/, '"why":"count"'))
    },
  }
  for (const [name, apply] of Object.entries(damage)) {
    const options = logOptions(t)
    const log = await openAuditLog(options)
    await log.record('a')
    await log.close()
    apply(options.path)
    await t.throwsAsync(openAuditLog(options), code('SECLOG_AUDIT_DAMAGED'), name)
    t.false(existsSync(`${options.path}.lock`), name)
  }
})

test('a state that is older than the log is refused: its key has signed already', async (t) => {
  const options = logOptions(t)
  const log = await openAuditLog(options)
  const old = readFileSync(`${options.path}.state`)
  await log.close()
  writeFileSync(`${options.path}.state`, old)
  await t.throwsAsync(openAuditLog(options), code('SECLOG_AUDIT_DAMAGED'))
})

test('no key that has signed stays in the state', async (t) => {
  const options = logOptions(t)
  const log = await openAuditLog(options)
  const keys = new Set<string>()
  for (let index = 0; index < 5; index++) {
    keys.add(JSON.parse(readFileSync(`${options.path}.state`, 'utf8')).key)
    await log.checkpoint()
  }
  await log.close()
  t.is(keys.size, 5)
})

test('a second writer is refused, in this process and in another one', async (t) => {
  const options = logOptions(t)
  const log = await openAuditLog(options)
  await t.throwsAsync(openAuditLog(options), code('SECLOG_AUDIT_LOCKED'))
  const script = `import(${JSON.stringify(new URL('../../src/audit/index.js', import.meta.url).href)})
    .then((m) => m.openAuditLog({ path: process.argv[1] })).catch((error) => console.log(error.code))`
  const { stdout } = spawnSync(process.execPath, ['-e', script, options.path], { encoding: 'utf8' })
  t.is(stdout.trim(), 'SECLOG_AUDIT_LOCKED')
  await log.close()
  await (await openAuditLog(options)).close()
})

test('the lock of a process that is gone is taken over, that of one that may live is not', async (t) => {
  const gone = spawnSync(process.execPath, ['-e', '']).pid
  const host = hostname()
  const owners: [owner: object | string, free: boolean][] = [
    [{ pid: gone, host, began: '1', token: 'x' }, true],
    [{ pid: process.pid, host: 'elsewhere', began: '1', token: 'x' }, false],
    ['', false],
  ]
  // Ids of processes are used again: where the system tells when they began, a namesake is told apart.
  if (existsSync('/proc/self/stat'))
    owners.push([{ pid: process.pid, host, began: 'x', token: 'x' }, true])
  for (const [owner, free] of owners) {
    const options = logOptions(t)
    writeFileSync(`${options.path}.lock`, typeof owner === 'string' ? owner : JSON.stringify(owner))
    if (free) await (await openAuditLog(options)).close()
    else await t.throwsAsync(openAuditLog(options), code('SECLOG_AUDIT_LOCKED'))
  }
})

test('a writer whose lock was taken writes no checkpoint any more', async (t) => {
  const options = logOptions(t, { required: false })
  let now = Date.now()
  const log = await openAuditLogWith(options, { now: () => now })
  await log.record('a')
  t.like(await log.checkpoint(), { why: 'interval' })
  writeFileSync(`${options.path}.lock`, JSON.stringify({ token: 'other' }))
  now += 1000
  t.is(await log.checkpoint(), undefined)
  t.is(log.health().failing, 'ELOCKED')
  t.like(await log.record('b'), { written: false })
  await log.close()
  t.true(existsSync(`${options.path}.lock`))
})

test('a symbolic link in place of the file is not followed', async (t) => {
  const options = logOptions(t)
  const target = `${dirname(options.path)}/target`
  writeFileSync(target, '')
  symlinkSync(target, options.path)
  await t.throwsAsync(openAuditLog(options), code('SECLOG_AUDIT_UNWRITABLE'))
  t.is(readFileSync(target, 'utf8'), '')
})

test('a folder that is not there is said in a full sentence', async (t) => {
  const options = logOptions(t)
  await t.throwsAsync(
    openAuditLog({ ...options, path: `${options.path}/no/audit.log` }),
    code('SECLOG_AUDIT_UNWRITABLE'),
  )
})

for (const [name, call, error] of [
  ['a full disk', 'write', 'ENOSPC'],
  ['a failing fsync', 'datasync', 'EIO'],
] as const) {
  test(`under ${name} required records are rejected and counted, and the log recovers`, async (t) => {
    const said: string[] = []
    const options = logOptions(t, { log: { write: (_level, _fields, text) => said.push(text) } })
    const disk = faultyDisk()
    const log = await openAuditLogWith(options, { disk })
    await log.record('before')
    disk.fault = (made, path) => (made === call && path === options.path ? error : undefined)
    await t.throwsAsync(log.record('during'), code('SECLOG_AUDIT_UNWRITABLE'))
    await t.throwsAsync(log.record('during'), code('SECLOG_AUDIT_UNWRITABLE'))
    t.like(log.health(), { failing: error, lost: 2 })
    disk.fault = () => undefined
    await log.record('after')
    t.is(log.health().failing, undefined)
    await log.close()
    t.is(said.length, 2)
    t.regex(said[0] ?? '', new RegExp(error))
    t.like(await verify(options.path), { code: 'OK', recoveries: 1 })
    t.deepEqual(
      records(options.path).flatMap(({ event = [] }) => event),
      ['before', 'after'],
    )
    t.is(records(options.path).find(({ ckpt }) => ckpt?.lost)?.ckpt.lost, 2)
  })
}

test('without required, records wait for the disk and are written when it works again', async (t) => {
  const options = logOptions(t, { required: false })
  const disk = faultyDisk()
  const log = await openAuditLogWith(options, { disk })
  disk.fault = (call, path) => (call === 'write' && path === options.path ? 'ENOSPC' : undefined)
  t.like(await log.record('a'), { written: false, durable: false })
  t.like(await log.record('b'), { written: false })
  t.is(log.health().waiting, 2)
  disk.fault = () => undefined
  t.like(await log.checkpoint(), { why: 'interval' })
  t.like(log.health(), { waiting: 0, lost: 0, records: 2 })
  await log.close()
  t.like(await verify(options.path), { code: 'OK', recoveries: 0 })
})

test('the log comes back by itself', async (t) => {
  const { next, onCheckpoint } = checkpointList()
  const options = logOptions(t, { onCheckpoint })
  const alive = setInterval(() => undefined, 1000)
  t.teardown(() => clearInterval(alive))
  const disk = faultyDisk()
  const log = await openAuditLogWith(options, { disk })
  disk.fault = () => 'EROFS'
  await t.throwsAsync(log.record('a'), code('SECLOG_AUDIT_UNWRITABLE'))
  const back = next('recover')
  disk.fault = () => undefined
  await back
  t.is(log.health().failing, undefined)
  await log.close()
})

test('what waits for a failing disk is bounded', async (t) => {
  const options = logOptions(t, { required: false, log: { write: () => assert() } })
  const assert = (): never => {
    throw new Error('a sink that fails')
  }
  const disk = faultyDisk()
  const log = await openAuditLogWith(options, { disk })
  disk.fault = (call) => (call === 'write' ? 'ENOSPC' : undefined)
  const big = 'x'.repeat(8000)
  await log.record('first')
  for (let index = 0; index < 2200; index++) await log.record('e', { big })
  t.true(log.health().lost > 0)
  t.true(log.health().waiting > 1000)
  await log.close()
  t.is(log.health().waiting, 0)
})

test('a checkpoint whose line the disk refused is written before anything else', async (t) => {
  const { all, onCheckpoint } = checkpointList()
  const options = logOptions(t, { onCheckpoint })
  const disk = faultyDisk()
  const log = await openAuditLogWith(options, { disk })
  await log.record('a')
  disk.fault = (call, path) => (call === 'write' && path === options.path ? 'ENOSPC' : undefined)
  t.is(await log.checkpoint(), undefined)
  disk.fault = () => undefined
  await log.record('b')
  await log.close()
  t.deepEqual(
    all.map(({ why }) => why),
    ['open', 'interval', 'close'],
  )
  t.true((await verify(options.path, { anchors: all })).ok)
})

test('a state that cannot be written leaves the records unsealed, and is tried again', async (t) => {
  const options = logOptions(t)
  const disk = faultyDisk()
  const log = await openAuditLogWith(options, { disk })
  disk.fault = (call, path) => (call === 'rename' && path.endsWith('.tmp') ? 'EACCES' : undefined)
  await log.record('a')
  t.is(await log.checkpoint(), undefined)
  t.is(log.health().failing, 'EACCES')
  disk.fault = () => undefined
  t.like(await log.checkpoint(), { why: 'interval' })
  await log.close()
  t.true((await verify(options.path)).ok)
})

test('a file that was moved or replaced under the writer is noticed', async (t) => {
  const options = logOptions(t)
  const log = await openAuditLog(options)
  await log.record('a')
  linkSync(options.path, `${options.path}.kept`)
  renameSync(options.path, `${options.path}.moved`)
  t.is(await log.checkpoint(), undefined)
  t.is(log.health().failing, 'ESTALE')
  await t.throwsAsync(log.record('b'), code('SECLOG_AUDIT_UNWRITABLE'))
  writeFileSync(options.path, 'x'.repeat(5000))
  await t.throwsAsync(log.record('c'), code('SECLOG_AUDIT_UNWRITABLE'))
  renameSync(`${options.path}.moved`, options.path)
  await log.record('d')
  await log.close()
  t.true((await verify(options.path)).ok)
})

test('a clock that is set back or leaps gives a log that verifies', async (t) => {
  const options = logOptions(t, { checkpoint: {} })
  let now = Date.parse('2026-11-20T12:00:00.000Z')
  const log = await openAuditLogWith(options, { now: () => now })
  for (const step of [5_000, -3_600_000, 7_200_000, 1_000]) {
    now += step
    await log.record('e')
    await log.checkpoint()
  }
  await log.close()
  t.like(await verify(options.path), { code: 'OK', recoveries: 1 })
})

test('after close nothing is taken, and closing again does nothing', async (t) => {
  const options = logOptions(t)
  const log = await openAuditLog(options)
  await log[Symbol.asyncDispose]()
  await log.close()
  await t.throwsAsync(log.record('late'), code('SECLOG_AUDIT_CLOSED'))
  t.is(await log.checkpoint(), undefined)
  t.false(await log.rotate())
  const open = await openAuditLog({ ...options, required: false })
  await open.close()
  t.like(await open.record('late'), { written: false })
})

test('every fsync policy gives the same log, and only a synced record is called durable', async (t) => {
  for (const fsync of ['always', 'group', 'none'] as const) {
    const options = logOptions(t, { fsync })
    const log = await openAuditLog(options)
    const receipts = await Promise.all([1, 2, 3].map((n) => log.record('e', { n })))
    await log.close()
    t.true(
      receipts.every(({ durable, written }) => written && durable === (fsync !== 'none')),
      fsync,
    )
    t.true((await verify(options.path)).ok)
  }
})

test('a signer that keeps its key signs the opening line; a wrong signature is refused', async (t) => {
  const { rootKey: _unused, ...options } = logOptions(t)
  const { sign } = await import('node:crypto')
  const log = await openAuditLog({
    ...options,
    signer: async (bytes) => sign(null, bytes, root.privateKey),
  })
  await log.close()
  t.true((await verify(options.path)).ok)
  const other = { ...options, path: `${options.path}2` }
  await t.throwsAsync(
    openAuditLog({ ...other, signer: () => new Uint8Array(3) }),
    code('SECLOG_OPTION_INVALID'),
  )
  await t.throwsAsync(openAuditLog(other), code('SECLOG_OPTION_INVALID'))
})

test('options that are wrong or contradict each other are refused', async (t) => {
  const options = logOptions(t)
  const invalid: object[] = [
    { path: '' },
    { id: 'a b' },
    { signer: 1, rootKey: undefined },
    { onCheckpoint: 1 },
    { fsync: 'often' },
    { fsync: { groupMs: 51 } },
    { rotate: { bytes: 1 } },
    { checkpoint: { records: 0 } },
    { rootKey: 'not a key' },
    { rootKey: new Uint8Array(3) },
    { rootKey: root.publicKey },
  ]
  for (const wrong of invalid)
    await t.throwsAsync(
      openAuditLog({ ...options, ...wrong }),
      code('SECLOG_OPTION_INVALID'),
      JSON.stringify(wrong),
    )
  const contradictions: object[] = [{ fsync: 'none', required: true }, { signer: () => null }]
  for (const wrong of contradictions)
    await t.throwsAsync(openAuditLog({ ...options, ...wrong }), code('SECLOG_OPTION_CONFLICT'))
  await (await openAuditLog(options)).close()
  await t.throwsAsync(openAuditLog({ ...options, id: 'other' }), code('SECLOG_OPTION_CONFLICT'))
})

/** As a crash would: the lock stays nobody's, and nothing more is sealed. */
async function stop(log: AuditLog, path: string): Promise<void> {
  const state = readFileSync(`${path}.state`)
  const file = readFileSync(path)
  await log.close()
  writeFileSync(`${path}.state`, state)
  writeFileSync(path, file)
}
