import { mkdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { auditLogFiles, openAuditLog, verifyAuditLog } from '../../src/audit/index.js'
import { createSecurityLogger, SeclogError, withSpan } from '../../src/index.js'
import { memoryDestination } from '../../src/testing/index.js'
import { logOptions, rootPublicKey } from '../audit/parts.js'

const code = (expected: string) => ({ instanceOf: SeclogError, code: expected }) as const

function recordsIn(path: string): Record<string, unknown>[] {
  return readFileSync(path, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)
    .filter((record) => 'event' in record)
}

function logger(t: ExecutionContext, options = logOptions(t)) {
  const destination = memoryDestination()
  const log = createSecurityLogger(
    { service: 'shop', level: 'silent', audit: options },
    destination,
  )
  t.teardown(() => log.close())
  return { log, destination, path: options.path }
}

test('every security event is in the trail too, those before it was open in their order, and it verifies', async (t) => {
  const { log, path } = logger(t)
  log.security('sys_startup')
  const child = log.child({ tenant: 'acme' })
  child.security('authz_admin', { userid: 'alice', activity: 'opened' })
  t.is(log.health().audit?.state, 'opening')
  await log.flushed()
  log.security('sys_shutdown')
  await log.close()
  const records = recordsIn(path)
  t.deepEqual(
    records.map(({ event }) => event),
    ['sys_startup', 'authz_admin', 'sys_shutdown'],
  )
  t.like(records[1], {
    service: 'shop',
    tenant: 'acme',
    'event.action': 'authz_admin',
    user: { id: 'alice' },
    msg: 'administrative activity',
  })
  const { code: verdict } = await verifyAuditLog(await auditLogFiles(path), { rootPublicKey })
  t.is(verdict, 'OK')
  t.is(log.health().audit?.state, 'closed')
})

test('log.audit tells where the record stands and that the disk has it, and writes the line', async (t) => {
  const { log, destination, path } = logger(t)
  const receipt = await withSpan('grant', () => log.audit('authz_change', { userid: 'bob' }))
  t.true(receipt.durable)
  const [record = {}] = recordsIn(path)
  const [line = {}] = destination.records
  t.is(record['trace_id'], line['trace_id'])
  t.is(record['event'], 'authz_change')
  t.is(destination.records.length, 1)
})

test('what the line masks is masked in the trail', async (t) => {
  const { log, path } = logger(t)
  await log.audit('authn_token_reuse', { tokenid: 'ghp_16C7e42F292c6912E7710c838347Ae178B4a' })
  t.false(readFileSync(path, 'utf8').includes('ghp_16C7'))
})

test('a logger without a trail refuses log.audit, and has written the line', async (t) => {
  const destination = memoryDestination()
  const log = createSecurityLogger({}, destination)
  await t.throwsAsync(log.audit('authz_admin'), code('SECLOG_AUDIT_MISSING'))
  t.is(destination.records.length, 1)
  t.false('audit' in log.health())
})

test('a trail that cannot be opened rejects log.audit, is said once, and counts what it lost', async (t) => {
  const options = logOptions(t)
  const path = join(dirname(options.path), 'missing', 'audit.log')
  const destination = memoryDestination()
  const log = createSecurityLogger({ audit: { ...options, path } }, destination)
  log.security('sys_startup')
  await t.throwsAsync(log.audit('authz_admin'), code('SECLOG_AUDIT_UNWRITABLE'))
  await t.throwsAsync(log.audit('authz_admin'), code('SECLOG_AUDIT_UNWRITABLE'))
  t.like(log.health().audit, { state: 'failed', lost: 3 })
  t.is(destination.records.filter(({ level }) => level === 'error').length, 1)
  t.is(destination.records.filter((record) => 'event.action' in record).length, 3)
  await log.close()
})

test('a trail that failed to open is opened anew by a later record', async (t) => {
  const options = logOptions(t)
  const path = join(dirname(options.path), 'later', 'audit.log')
  const log = createSecurityLogger({ audit: { ...options, path } }, memoryDestination())
  await t.throwsAsync(log.audit('sys_startup'))
  mkdirSync(dirname(path))
  let receipt: unknown
  while (receipt === undefined) {
    receipt = await log.audit('sys_startup').catch(() => undefined)
    if (receipt === undefined) await new Promise((resolve) => setImmediate(resolve))
  }
  t.is(recordsIn(path).length, 1)
  await log.close()
})

test('an open log is taken as it is, and not closed', async (t) => {
  const audit = await openAuditLog(logOptions(t))
  t.teardown(() => audit.close())
  const log = createSecurityLogger({ audit }, memoryDestination())
  await log.audit('sys_startup')
  await log.close()
  t.true((await audit.record('later')).written)
  t.is(log.health().audit?.id, 'test')
})

test('after close nothing is kept, and that is counted', async (t) => {
  const { log } = logger(t)
  await log.close()
  log.security('sys_startup')
  await t.throwsAsync(log.audit('sys_startup'), code('SECLOG_AUDIT_CLOSED'))
  t.is(log.health().audit?.lost, 2)
})

test('options that contradict each other or are none are refused at construction', (t) => {
  const make = (audit: unknown) => () =>
    createSecurityLogger({ audit: audit as never }, memoryDestination())
  t.throws(make({ path: '' }), code('SECLOG_OPTION_INVALID'))
  t.throws(make('audit.log'), code('SECLOG_OPTION_INVALID'))
  t.throws(make(null), code('SECLOG_OPTION_INVALID'))
  t.throws(make({ path: 'x', fsync: 'none', required: true }), code('SECLOG_OPTION_CONFLICT'))
})

test('events in ECS are kept as ECS', async (t) => {
  const options = logOptions(t)
  const log = createSecurityLogger({ format: 'ecs', audit: options }, memoryDestination())
  await log.audit('sys_startup', { userid: 'bob' })
  await log.close()
  t.like(recordsIn(options.path)[0], {
    'log.level': 'warn',
    'user.id': 'bob',
    event: 'sys_startup',
  })
})
