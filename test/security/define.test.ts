import test from 'ava'
import { expectTypeOf } from 'expect-type'
import { createSecurityLogger, type SeclogError } from '../../src/index.js'
import {
  defineSecurityEvents,
  type SecurityEventDefinition,
  type SecurityEventFields,
} from '../../src/security/index.js'
import { memoryDestination } from '../../src/testing/index.js'

declare module '../../src/security/events.js' {
  interface SecurityEvents {
    refund_abuse: { readonly orderid?: string }
  }
}

const refund: SecurityEventDefinition = {
  level: 'CRITICAL',
  category: ['web', 'intrusion_detection'],
  type: ['info'],
  outcome: 'failure',
  kind: 'alert',
  code: 'shop-17',
  message: 'refund abused',
}

test('an event of one’s own is written like the others', (t) => {
  defineSecurityEvents({ refund_abuse: refund })
  const destination = memoryDestination()
  createSecurityLogger({}, destination).security('refund_abuse', {
    userid: 'x',
    orderid: 'o-1',
  } as never)
  t.like(destination.records[0], {
    level: 'fatal',
    'event.kind': 'alert',
    'event.category': ['web', 'intrusion_detection'],
    'event.outcome': 'failure',
    'event.action': 'refund_abuse',
    'event.code': 'shop-17',
    security: { orderid: 'o-1' },
    msg: 'refund abused',
  })
})

test('arguments are typed by the event', (t) => {
  const log = createSecurityLogger({}, memoryDestination())
  expectTypeOf(log.security<'refund_abuse'>)
    .parameter(1)
    .toEqualTypeOf<SecurityEventFields<'refund_abuse'> | undefined>()
  expectTypeOf<SecurityEventFields<'authn_login_fail_max'>>()
    .toHaveProperty('maxlimit')
    .toEqualTypeOf<number | undefined>()
  expectTypeOf<SecurityEventFields<'sys_crash'>>().not.toHaveProperty('userid')
  // @ts-expect-error -- there is no such event
  log.security('authn_login_failed')
  // @ts-expect-error -- the limit is a number
  log.security('authn_login_fail_max', { maxlimit: '3' })
  // @ts-expect-error -- the event has no such argument
  log.security('mcp_prompt_injection', { prompt: 'never' })
  t.pass()
})

test('the same definition again is no conflict, another one is', (t) => {
  defineSecurityEvents({ twice_told: refund })
  t.notThrows(() => defineSecurityEvents({ twice_told: { ...refund } }))
  t.like(
    t.throws(() => defineSecurityEvents({ twice_told: { ...refund, level: 'INFO' } })),
    { code: 'SECLOG_EVENT_TAKEN' },
  )
})

const refused: Readonly<Record<string, [string, unknown, string]>> = {
  'a name of OWASP': ['authn_login_fail', refund, 'SECLOG_EVENT_TAKEN'],
  'another spelling of one': ['permissions_changed', refund, 'SECLOG_EVENT_TAKEN'],
  'the name of what nobody defined': ['unknown_event', refund, 'SECLOG_EVENT_TAKEN'],
  'a name in camel case': ['refundAbuse', refund, 'SECLOG_EVENT_INVALID'],
  'an empty name': ['', refund, 'SECLOG_EVENT_INVALID'],
  'a name without end': ['a'.repeat(65), refund, 'SECLOG_EVENT_INVALID'],
  'no definition': ['a_b', undefined, 'SECLOG_EVENT_INVALID'],
  'a level of pino': ['a_b', { ...refund, level: 'warn' }, 'SECLOG_EVENT_INVALID'],
  'no message': ['a_b', { ...refund, message: '' }, 'SECLOG_EVENT_INVALID'],
  'no category': ['a_b', { ...refund, category: [] }, 'SECLOG_EVENT_INVALID'],
  'an unknown category': ['a_b', { ...refund, category: ['login'] }, 'SECLOG_EVENT_INVALID'],
  'a type that no category has': ['a_b', { ...refund, type: ['start'] }, 'SECLOG_EVENT_INVALID'],
  'an unknown outcome': ['a_b', { ...refund, outcome: 'ok' }, 'SECLOG_EVENT_INVALID'],
  'an unknown kind': ['a_b', { ...refund, kind: 'span' }, 'SECLOG_EVENT_INVALID'],
  'an empty code': ['a_b', { ...refund, code: '' }, 'SECLOG_EVENT_INVALID'],
}

for (const [what, [name, definition, code]] of Object.entries(refused)) {
  test(`${what} is refused in a sentence, and nothing is added`, (t) => {
    const error = t.throws(() =>
      defineSecurityEvents({ fine_event: refund, [name]: definition as never }),
    ) as SeclogError
    t.is(error.code, code as SeclogError['code'])
    t.regex(error.message, /\.$/)
    const destination = memoryDestination()
    Reflect.apply(
      createSecurityLogger({}, destination).security,
      createSecurityLogger({}, destination),
      ['fine_event'],
    )
    t.is(destination.records[0]?.['event.action'], 'unknown_event')
  })
}

test('what is no object of events is refused', (t) => {
  for (const given of [null, undefined, 'x'] as never[]) {
    t.like(
      t.throws(() => defineSecurityEvents(given)),
      { code: 'SECLOG_EVENT_INVALID' },
    )
  }
})
