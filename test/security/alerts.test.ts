import test, { type ExecutionContext } from 'ava'
import { RateLimiterMemory } from 'rate-limiter-flexible'
import { createSecurityLogger, SeclogError } from '../../src/index.js'
import {
  type AlertHandler,
  type AlertRule,
  type AlertSubscription,
  onSecurityEvent,
  type SecurityAlert,
} from '../../src/security/index.js'
import { createSlidingWindow } from '../../src/security/window.js'
import { memoryDestination } from '../../src/testing/index.js'

const log = createSecurityLogger({ base: null }, memoryDestination())
const next = () => new Promise((resolve) => setImmediate(resolve))

/** Subscribes for one test, and keeps what the handler is told. */
function told(
  t: ExecutionContext,
  rule: AlertRule | string | readonly string[],
  handler?: AlertHandler,
): { alerts: SecurityAlert[]; subscription: AlertSubscription } {
  const alerts: SecurityAlert[] = []
  const subscription = onSecurityEvent(rule, (alert) => {
    alerts.push(alert)
    return handler?.(alert)
  })
  t.teardown(() => subscription.end())
  return { alerts, subscription }
}

const from = (ip: string) => ({ source: { ip } })

test.serial('a handler is told of the event, as it was written, after the call', async (t) => {
  const { alerts } = told(t, 'authn_token_reuse')
  log.security('authn_token_reuse', {
    userid: 'bob',
    tokenid: 'ghp_16C7e42F292c6912E7710c838347Ae178B4a',
  })
  log.security('authn_login_fail')
  t.deepEqual(alerts, [])
  await next()
  t.is(alerts.length, 1)
  t.like(alerts[0], { event: 'authn_token_reuse', level: 'CRITICAL', count: 1 })
  t.like(alerts[0]?.record, { user: { id: 'bob' }, security: { tokenid: '[Redacted]' } })
})

test.serial('names, beginnings of names, levels and a function choose events', async (t) => {
  const several = told(t, ['sys_startup', 'malicious_excess404'])
  const begin = told(t, { event: 'authn_*' })
  const critical = told(t, { level: 'CRITICAL' })
  const chosen = told(t, { where: ({ record }) => record['user'] !== undefined })
  log.security('sys_startup')
  log.security('malicious_excess_404')
  log.security('authn_login_fail', { userid: 'bob' })
  log.security('authz_fail')
  await next()
  const names = ({ alerts }: { alerts: SecurityAlert[] }) => alerts.map(({ event }) => event)
  t.deepEqual(names(several), ['sys_startup', 'malicious_excess_404'])
  t.deepEqual(names(begin), ['authn_login_fail'])
  t.deepEqual(names(critical), ['authz_fail'])
  t.deepEqual(names(chosen), ['authn_login_fail'])
})

for (const format of ['json', 'ecs'] as const) {
  test.serial(
    `five of one address within a minute are an alert, of several they are none: ${format}`,
    async (t) => {
      const { alerts } = told(t, {
        event: 'authn_login_fail',
        by: 'source.ip',
        count: 5,
        within: '60s',
      })
      const logger = createSecurityLogger({ format }, memoryDestination())
      for (let index = 0; index < 4; index++) {
        logger.security('authn_login_fail', from('203.0.113.7'))
        logger.security('authn_login_fail', from(`203.0.113.${100 + index}`))
      }
      await next()
      t.deepEqual(alerts, [])
      logger.security('authn_login_fail', from('203.0.113.7'))
      await next()
      t.like(alerts[0], { key: '203.0.113.7', count: 5, withinMs: 60_000 })
      for (let index = 0; index < 4; index++)
        logger.security('authn_login_fail', from('203.0.113.7'))
      await next()
      t.is(alerts.length, 1, 'counting begins anew')
    },
  )
}

test.serial(
  'one that throws, rejects or never settles touches neither the logger nor the others',
  async (t) => {
    const throwing = told(t, 'sys_startup', () => {
      throw new Error('no')
    })
    const rejecting = told(t, 'sys_startup', () => Promise.reject(new Error('no')))
    const endless = told(t, 'sys_startup', () => new Promise(() => {}))
    const fine = told(t, 'sys_startup')
    const faulty = told(t, {
      where() {
        throw new Error('no')
      },
    })
    t.notThrows(() => log.security('sys_startup'))
    await next()
    await next()
    t.is(throwing.subscription.health().failed, 1)
    t.is(rejecting.subscription.health().failed, 1)
    t.like(endless.subscription.health(), { alerts: 1, pending: 1 })
    t.is(fine.alerts.length, 1)
    t.like(faulty.subscription.health(), { alerts: 0, failed: 1 })
  },
)

test.serial(
  'of slow handlers 32 are under way, 1000 alerts wait, and the rest is counted',
  async (t) => {
    const { subscription, alerts } = told(t, 'sys_startup', () => new Promise(() => {}))
    for (let index = 0; index < 1_100; index++) log.security('sys_startup')
    await next()
    t.is(alerts.length, 32)
    t.deepEqual(subscription.health(), {
      alerts: 32,
      dropped: 100,
      failed: 0,
      pending: 1_000,
      evicted: 0,
    })
  },
)

test.serial(
  'a handler that logs events of its own does not call itself for ever in one turn',
  async (t) => {
    const { alerts, subscription } = told(t, 'sys_startup', () => {
      if (alerts.length < 10) log.security('sys_startup')
      else subscription.end()
    })
    log.security('sys_startup')
    while (alerts.length < 10) await next()
    t.is(alerts.length, 10)
  },
)

test.serial('after its end a subscription is told nothing', async (t) => {
  const { alerts, subscription } = told(t, 'sys_startup')
  subscription[Symbol.dispose ?? (Symbol.for('nodejs.dispose') as typeof Symbol.dispose)]()
  log.security('sys_startup')
  await next()
  t.deepEqual(alerts, [])
})

test.serial('a counter elsewhere counts, and its faults are contained', async (t) => {
  const counts = new Map<string, number>()
  const { alerts } = told(t, {
    event: 'authz_fail',
    by: 'user.id',
    count: 2,
    within: '1m',
    counter: {
      async hit(key, windowMs) {
        t.is(windowMs, 60_000)
        const count = (counts.get(key) ?? 0) + 1
        counts.set(key, count)
        return count
      },
      async reset(key) {
        counts.delete(key)
        throw new Error('gone')
      },
    },
  })
  const broken = told(t, {
    event: 'authz_fail',
    count: 2,
    within: 1_000,
    counter: { hit: () => Promise.reject(new Error('no')) },
  })
  for (const userid of ['bob', 'eve', 'bob']) log.security('authz_fail', { userid })
  await next()
  await next()
  t.deepEqual(
    alerts.map(({ key, count }) => [key, count]),
    [['bob', 2]],
  )
  t.is(broken.subscription.health().failed, 3)
})

test('a window slides: what is older is not counted', (t) => {
  let now = 0
  const window = createSlidingWindow(10, 3, () => now)
  t.is(window.hit('a', 100), 1)
  now = 60
  t.is(window.hit('a', 100), 2)
  now = 110
  t.is(window.hit('a', 100), 2)
  now = 159
  t.is(window.hit('a', 100), 3)
  window.reset('a')
  t.is(window.hit('a', 100), 1)
})

test('a million keys take the room of as many as are allowed, and what is forgotten early is counted', (t) => {
  const window = createSlidingWindow(1_000, 5, () => 0)
  const before = process.memoryUsage().heapUsed
  for (let index = 0; index < 1_000_000; index++) window.hit(`198.51.100.${index}`, 60_000)
  t.is(window.evicted, 999_000)
  t.true(process.memoryUsage().heapUsed - before < 64e6)
})

const refused: Readonly<Record<string, unknown>> = {
  'no rule': 42,
  'an unknown event': 'authn_login_failed',
  'an empty name': { event: '' },
  'a name that is none': { event: [7] },
  'a level of pino': { level: 'warn' },
  'a where that is none': { where: true },
  'a by that is none': { by: '' },
  'a count of nothing': { count: 0, within: '1s' },
  'a count without a time': { count: 2 },
  'a time without a unit': { count: 2, within: '60' },
  'a time in the past': { count: 2, within: -1 },
  'a counter that is none': { count: 2, within: '1s', counter: {} },
  'keys without end': { maxKeys: Number.POSITIVE_INFINITY },
}

for (const [what, rule] of Object.entries(refused)) {
  test(`${what} is refused in a sentence`, (t) => {
    const error = t.throws(() => onSecurityEvent(rule as never, () => {}), {
      instanceOf: SeclogError,
      code: 'SECLOG_OPTION_INVALID',
    })
    t.regex(error?.message ?? '', /[.1]$/)
  })
}

test('a handler that is none is refused', (t) => {
  t.throws(() => onSecurityEvent('sys_startup', undefined as never), {
    code: 'SECLOG_OPTION_INVALID',
  })
})

test.serial(
  'a limiter of rate-limiter-flexible counts, as one of its Redis limiters would',
  async (t) => {
    const limiter = new RateLimiterMemory({ points: 2, duration: 60 })
    const { alerts } = told(t, {
      event: 'session_created',
      by: 'user.id',
      count: 2,
      within: '60s',
      counter: {
        hit: async (key) => (await limiter.penalty(key)).consumedPoints,
        reset: (key) => limiter.delete(key),
      },
    })
    for (const userid of ['bob', 'eve', 'bob', 'bob']) log.security('session_created', { userid })
    while (alerts.length === 0) await next()
    t.like(alerts, { 0: { key: 'bob', count: 2 }, length: 1 })
  },
)
