import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import pino from 'pino'
import { createSecurityLogger, withSpan } from '../../src/index.js'
import type { SecurityLoggerOptions } from '../../src/logger/types.js'
import { type LogRecord, memoryDestination, traceTree } from '../../src/testing/index.js'

function logged(options: SecurityLoggerOptions = {}) {
  const destination = memoryDestination()
  const log = createSecurityLogger({ base: null, ...options }, destination)
  return { log, destination, first: () => destination.records[0] as LogRecord }
}

test('an event says what it is in the words of ECS, and who, where ECS has a place', (t) => {
  const { log, first } = logged()
  log.security('authn_login_fail_max', {
    userid: 'bob',
    maxlimit: 3,
    source: { ip: '203.0.113.7' },
  })
  const { time: _, thread_id: __, ...record } = first()
  t.deepEqual(record, {
    level: 'warn',
    'event.kind': 'event',
    'event.category': ['authentication'],
    'event.type': ['start'],
    'event.outcome': 'failure',
    'event.action': 'authn_login_fail_max',
    'event.code': 'authn_login_fail_max',
    'event.severity': 47,
    user: { id: 'bob' },
    security: { maxlimit: 3 },
    source: { ip: '203.0.113.7' },
    msg: 'login failed too often',
  })
})

test('what a call says of the event itself stands beside what the vocabulary says', (t) => {
  const { log, first } = logged()
  log.security(
    'authz_fail',
    { event: { outcome: 'unknown', reason: 'policy', risk_score: 80 }, resource: 'orders' },
    'no way',
  )
  t.like(first(), {
    level: 'fatal',
    'event.outcome': 'unknown',
    'event.reason': 'policy',
    'event.risk_score': 80,
    'event.severity': 99,
    security: { resource: 'orders' },
    msg: 'no way',
  })
})

test('what the vocabulary says of an event, a call cannot', (t) => {
  const { log, first } = logged()
  const event = { action: 'sys_startup', severity: 1, type: 'x', kind: 'metric', reason: 'why' }
  Reflect.apply(log.security, log, ['authz_fail', { event }])
  t.like(first(), {
    'event.kind': 'event',
    'event.type': ['access', 'denied'],
    'event.action': 'authz_fail',
    'event.severity': 99,
    'event.reason': 'why',
    security: {
      shadowed: {
        'event.action': 'sys_startup',
        'event.severity': 1,
        'event.type': 'x',
        'event.kind': 'metric',
      },
    },
  })
})

test('a critical result makes the validation of an upload critical', (t) => {
  const { log, destination } = logged()
  log.security('upload_validation', { filename: 'a.png', validator: 'virusscan', result: 'FAILED' })
  log.security('upload_validation', { filename: 'a.png', result: 'passed' })
  log.security('upload_validation', { filename: 'a.png', result: 'incomplete' })
  t.deepEqual(
    destination.records.map((record) => [record['level'], record['event.outcome']]),
    [
      ['fatal', 'failure'],
      ['info', 'success'],
      ['info', 'unknown'],
    ],
  )
})

test('the user that the common fields name and the one of the argument are one', (t) => {
  const { log, first } = logged()
  log.security('user_updated', {
    userid: 1,
    onuserid: 2,
    user: { name: 'root', target: { name: 'bob' } },
  })
  t.deepEqual(first()['user'], { id: '1', name: 'root', target: { id: '2', name: 'bob' } })
})

test('a silent logger writes it, and its children', (t) => {
  const { log, destination } = logged({ level: 'silent' })
  log.fatal('not this')
  log.child({ tenant: 'acme' }, { level: 'silent' }).security('sys_startup')
  t.is(destination.records.length, 1)
  t.like(destination.records[0], { level: 'warn', tenant: 'acme' })
})

test('only an option turns events off, and that is itself an event', (t) => {
  const { log, destination } = logged({ security: false })
  log.security('authz_fail')
  log.info('a line')
  t.deepEqual(
    destination.records.map((record) => record['event.action'] ?? record['msg']),
    ['sys_monitor_disabled', 'a line'],
  )
  t.like(destination.records[0], { security: { monitor: 'log.security' } })
  t.is(log.health().heldBack, 1)
})

test('any other value of that option is refused', (t) => {
  for (const security of [true, null, 'off']) {
    t.throws(() => logged({ security: security as never }), { code: 'SECLOG_OPTION_INVALID' })
  }
})

test('where a logger has custom levels only, the nearest one stands on the line', (t) => {
  const destination = memoryDestination()
  const log = createSecurityLogger(
    { customLevels: { quiet: 5, loud: 99 }, useOnlyCustomLevels: true, level: 'loud' },
    destination,
  )
  log.security('authn_login_success')
  log.security('authz_fail')
  t.deepEqual(
    destination.records.map(({ level }) => level),
    ['quiet', 'loud'],
  )
})

test('streams of higher levels get it, with dedupe one of them does', (t) => {
  for (const dedupe of [false, true]) {
    const [low, high] = [memoryDestination(), memoryDestination()]
    const streams = pino.multistream(
      [
        { level: 'error', stream: low },
        { level: 'fatal', stream: high },
      ],
      { dedupe },
    )
    createSecurityLogger({ level: 'silent' }, streams).security('authn_login_success')
    t.is(low.records.length, dedupe ? 0 : 1)
    t.is(high.records.length, 1)
  }
})

test('a worker whose target has a higher level gets it', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'seclog-events-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  const file = join(folder, 'out.log')
  const target = { target: 'pino/file', options: { destination: file }, level: 'fatal' }
  const log = createSecurityLogger({ transport: { targets: [target] } })
  log.info('not this')
  log.security('authn_login_success')
  await log.close()
  const lines = readFileSync(file, 'utf8').trim().split('\n')
  t.deepEqual(
    lines.map((line) => JSON.parse(line)['event.action']),
    ['authn_login_success'],
  )
})

test('no hook, formatter, mixin or strategy keeps it away or takes from it', (t) => {
  const { log, destination } = logged({
    hooks: { logMethod() {} },
    formatters: { log: () => ({}) },
    mixin: () => ({ 'event.action': 'nothing', mixed: true }),
    mixinMergeStrategy: () => ({}),
  })
  log.security('sys_crash', { reason: 'out of memory' })
  t.is(destination.records.length, 1)
  t.like(destination.records[0], {
    'event.kind': 'event',
    'event.action': 'sys_crash',
    'event.reason': 'out of memory',
    mixed: true,
  })
})

test('bindings and scopes cannot pose as an event, nor change one', (t) => {
  const { log, destination } = logged()
  const child = log.child({ 'event.kind': 'alert', 'event.action': 'sys_startup' })
  log.withFields({ 'event.outcome': 'success' }, () => child.security('authn_login_fail'))
  const [record = {}] = destination.records
  t.like(record, {
    'event.kind': 'event',
    'event.action': 'authn_login_fail',
    'event.outcome': 'failure',
  })
  t.deepEqual(record['shadowed'], { 'event.kind': 'alert' })
})

test('a stream that keeps lines in memory has written it when the call is over', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'seclog-events-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  const file = join(folder, 'out.log')
  const stream = pino.destination({ dest: file, sync: false, minLength: 4_096 })
  await once(stream, 'ready')
  const log = createSecurityLogger({}, stream)
  log.info('in memory')
  log.security('sys_shutdown')
  t.is(readFileSync(file, 'utf8').trim().split('\n').length, 2)
  stream.end()
  await once(stream, 'close')
})

test('the active span has an event of that name, and the line its ids', async (t) => {
  const { log, destination } = logged({ level: 'info', spans: { level: 'info' } })
  await log.withSpan('login', async () => {
    log.security('authn_login_fail', { userid: 'bob' })
  })
  const [tree] = traceTree(destination.records)
  const [event, span] = destination.records
  t.is(event?.['trace_id'], tree?.traceId as string)
  t.like(span, {
    span: {
      events: [
        {
          name: 'authn_login_fail',
          attributes: { 'event.outcome': 'failure', 'event.severity': 47 },
        },
      ],
    },
  })
  t.notThrows(() => withSpan('quiet', () => log.security('sys_startup')))
})

test('events are counted by name, over a logger and its children', (t) => {
  const { log } = logged()
  log.security('sys_startup')
  log.child({}).security('sys_startup')
  log.security('sys_shutdown')
  t.deepEqual(log.health().events, { sys_startup: 2, sys_shutdown: 1 })
})

test('secrets in fields are masked', (t) => {
  const { log, destination } = logged()
  log.security(
    'authn_token_reuse',
    {
      tokenid: 'ghp_16C7e42F292c6912E7710c838347Ae178B4a',
      url: { full: 'https://a.example/?access_token=Zx9kLm2pQr7sTu4v' },
      labels: { password: 'hunter2' },
    },
    'token Bearer Zx9kLm2pQr7sTu4vWx8y',
  )
  const [line = ''] = destination.lines
  for (const secret of ['ghp_16C7', 'Zx9kLm2p', 'hunter2']) t.false(line.includes(secret), line)
})

test('the spellings of the sheet’s examples are the events that they mean', (t) => {
  const { log, first } = logged()
  Reflect.apply(log.security, log, ['malicious_excess404'])
  t.is(first()['event.action'], 'malicious_excess_404')
})

for (const name of ['nope', 'constructor', '__proto__', '', 42, null, undefined, {}, Symbol('x')]) {
  test(`a name that nobody defined is written, marked and counted: ${String(name)}`, (t) => {
    const { log, first } = logged()
    Reflect.apply(log.security, log, [name, { userid: 'bob' }])
    t.like(first(), { 'event.action': 'unknown_event', user: { id: 'bob' } })
    t.is(
      (first()['security'] as LogRecord)['unknown'],
      typeof name === 'string' ? name : typeof name,
    )
    t.is(log.health().faults, 1)
  })
}

test('what an attack or a prompt is made of is left out, and that is said', (t) => {
  const { log, destination } = logged()
  const call = (...args: unknown[]) => Reflect.apply(log.security, log, args)
  call('mcp_prompt_injection', { tool: 'search', prompt: 'ignore all', arguments: { q: 'x' } })
  call('malicious_sqli', { parameter: 'q', payload: "' or 1=1" })
  call('malicious_csp_violation', { blocked_uri: 'https://a.example/x?q=1#y' })
  t.deepEqual(
    destination.records.map(({ security }) => security),
    [
      { tool: 'search', prompt: '[Omitted]', arguments: '[Omitted]' },
      { parameter: 'q', payload: '[Omitted]' },
      { blocked_uri: 'https://a.example/x' },
    ],
  )
})

test('ids of MITRE ATT&CK are held against their form', (t) => {
  const { log, destination } = logged()
  log.security('malicious_attack_tool', {
    threat: { tactic: { id: 'TA0043' }, technique: { id: ['T1595.002', 'T1046', 'scanning'] } },
  })
  const [record = {}] = destination.records
  t.deepEqual(record['threat'], {
    framework: 'MITRE ATT&CK',
    tactic: { id: ['TA0043'] },
    technique: { id: ['T1595', 'T1046'], subtechnique: { id: ['T1595.002'] } },
  })
  t.deepEqual(record['security'], { malformed: { 'threat.technique.id': 'scanning' } })
  t.is(log.health().faults, 1)
})

test('ids of another framework are its own affair', (t) => {
  const { log, first } = logged()
  const threat = { framework: 'CAPEC', technique: { id: 'CAPEC-66' } }
  log.security('malicious_sqli', { threat })
  t.deepEqual(first()['threat'], threat)
})

test('fields that cannot be read do not keep an event away', (t) => {
  const { log, destination } = logged()
  const revoked = Proxy.revocable({}, {})
  revoked.revoke()
  log.security('sys_startup', revoked.proxy)
  log.security('sys_startup', {
    get userid(): string {
      throw new Error('no')
    },
  })
  log.security('sys_startup', {
    user: {
      get name(): string {
        throw new Error('no')
      },
    },
    userid: 'bob',
  })
  t.deepEqual(
    destination.records.map((record) => record['event.action']),
    ['sys_startup', 'sys_startup', 'sys_startup'],
  )
})
