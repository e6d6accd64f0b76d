import test from 'ava'
import fc from 'fast-check'
import { createSecurityLogger } from '../../src/index.js'
import {
  formatCef,
  formatOcsf,
  formatSyslog,
  type OwaspEvent,
  owaspEvents,
} from '../../src/security/index.js'
import { type LogRecord, memoryDestination } from '../../src/testing/index.js'

/** An event as both formats write it. */
function written(event: OwaspEvent, fields: object, message?: string): LogRecord[] {
  return (['json', 'ecs'] as const).map((format) => {
    const destination = memoryDestination()
    const log = createSecurityLogger(
      { format, service: { name: 'shop', version: '2.1' } },
      destination,
    )
    Reflect.apply(log.security, log, [event, fields, message])
    return { ...destination.records[0], ...(format === 'ecs' ? fixedEcs : fixedJson) }
  })
}

const trace = '4bf92f3577b34da6a3ce929d0e0e4736'
const span = '00f067aa0ba902b7'
const fixedJson = {
  time: '2026-11-20T21:00:00.000Z',
  hostname: 'n1',
  pid: 41,
  trace_id: trace,
  span_id: span,
}
const fixedEcs = {
  '@timestamp': '2026-11-20T21:00:00.000Z',
  'host.hostname': 'n1',
  'process.pid': 41,
  'trace.id': trace,
  'span.id': span,
}

const login = {
  userid: 'joe|bob',
  source: { ip: '203.0.113.7', port: 4711 },
  event: { reason: 'bad=password\nsecond' },
}

test('CEF: a header of seven fields and an extension, each escaped in its own way', (t) => {
  for (const record of written('authn_login_fail', login, 'login | failed')) {
    t.is(
      formatCef(record),
      'CEF:0|seclog|shop|2.1|authn_login_fail|login \\| failed|6|' +
        'rt=1795208400000 act=authn_login_fail cat=authentication outcome=failure ' +
        'reason=bad\\=password\\nsecond dvchost=n1 dvcpid=41 src=203.0.113.7 spt=4711 ' +
        `suid=joe|bob cs1Label=traceId cs1=${trace} cs2Label=spanId cs2=${span}`,
    )
  }
})

test('syslog: RFC 5424, with CEF or JSON, ids as structured data', (t) => {
  for (const record of written('authz_fail', { userid: 'bob' })) {
    const text = formatSyslog(record)
    t.true(
      text.startsWith(
        `<106>1 2026-11-20T21:00:00.000Z n1 shop 41 authz_fail [seclog@32473 trace_id="${trace}" span_id="${span}"] CEF:0|seclog|shop|`,
      ),
      text,
    )
    const json = formatSyslog(record, { facility: 4, message: 'json', product: 'my app' })
    t.true(json.startsWith('<34>1 '))
    t.regex(json, / n1 my_app 41 /)
    t.deepEqual(JSON.parse(json.slice(json.indexOf('] ') + 2)), record)
  }
})

test('syslog: text beyond ASCII begins with a byte order mark, and a wrong facility is the default one', (t) => {
  const [record = {}] = written('authz_fail', { userid: 'zoë' })
  t.regex(formatSyslog(record, { facility: 99 }), /^<106>1 .* \ufeffCEF:0/)
})

test('OCSF: a failed login is an authentication', (t) => {
  for (const record of written('authn_login_fail', login)) {
    t.deepEqual(formatOcsf(record), {
      class_uid: 3002,
      category_uid: 3,
      activity_id: 1,
      type_uid: 300201,
      time: 1795208400000,
      severity_id: 3,
      status_id: 2,
      status_detail: 'bad=password\nsecond',
      message: 'login failed',
      metadata: {
        version: '1.6.0',
        product: { name: 'shop', vendor_name: 'seclog', version: '2.1' },
        event_code: 'authn_login_fail',
        correlation_uid: trace,
      },
      device: { hostname: 'n1', type_id: 0 },
      src_endpoint: { ip: '203.0.113.7', port: 4711 },
      user: { uid: 'joe|bob' },
      service: { name: 'shop' },
    })
  }
})

test('OCSF: what stands nowhere else is unmapped, techniques are attacks', (t) => {
  const [record = {}] = written('malicious_sqli', {
    parameter: 'q',
    ruleid: 'r-1',
    threat: { tactic: { id: 'TA0001' }, technique: { id: 'T1190' } },
    useragent: 'curl/8',
  })
  t.like(formatOcsf(record), {
    class_uid: 2004,
    activity_id: 1,
    finding_info: { title: 'SQL injection tried', uid: trace, types: ['malicious_sqli'] },
    attacks: [{ technique: { uid: 'T1190' }, tactic: { uid: 'TA0001' } }],
    http_request: { user_agent: 'curl/8' },
    unmapped: { 'security.parameter': 'q', 'rule.id': 'r-1' },
  })
})

/** What OCSF 1.6 demands of an event of each class that is used. */
const required: Readonly<Record<number, readonly string[]>> = {
  2004: ['finding_info'],
  3001: ['user'],
  3002: ['user', 'service'],
  3005: ['user', 'privileges'],
  6002: ['app'],
  6003: ['actor', 'api', 'src_endpoint'],
  6006: ['actor', 'file', 'src_endpoint'],
}
const always = [
  'activity_id',
  'category_uid',
  'class_uid',
  'metadata',
  'severity_id',
  'time',
  'type_uid',
]

test('OCSF: every event has what its class demands', (t) => {
  for (const name of Object.keys(owaspEvents)) {
    for (const record of written(name as OwaspEvent, {})) {
      const event = formatOcsf(record)
      const uid = event['class_uid'] as number
      t.is(event['category_uid'], Math.trunc(uid / 1_000))
      t.is(event['type_uid'], uid * 100 + (event['activity_id'] as number))
      t.true([1, 3, 5].includes(event['severity_id'] as number))
      for (const key of [...always, ...(required[uid] ?? ['missing'])])
        t.true(key in event, `${name}: ${key}`)
    }
  }
})

test('whatever a record holds, each format is one line, and none throws', (t) => {
  fc.assert(
    fc.property(
      fc.dictionary(
        fc.oneof(
          fc.constantFrom(
            'user',
            'event.reason',
            'source.ip',
            'msg',
            'time',
            'hostname',
            'event.code',
            'url',
          ),
          fc.string({ unit: 'binary' }),
        ),
        fc.anything({ withBigInt: false, withNullPrototype: true }),
      ),
      (record) => {
        const cef = formatCef(record as LogRecord)
        const syslog = formatSyslog(record as LogRecord)
        formatOcsf(record as LogRecord)
        return !/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/.test(cef + syslog)
      },
    ),
    { numRuns: 2_000 },
  )
  t.pass()
})
