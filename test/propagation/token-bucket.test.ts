import test from 'ava'
import { extractTrace } from '../../src/propagation/index.js'
import { sharedBucket, TokenBucket } from '../../src/propagation/token-bucket.js'

const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'

/** How many of `calls` pass. */
const passed = (bucket: TokenBucket, calls: number) =>
  Array.from({ length: calls }, () => bucket.take()).filter(Boolean).length

test('a burst passes at once, and then as many as time gives', (t) => {
  let now = 0
  const bucket = new TokenBucket(10, 5, () => now)
  t.is(passed(bucket, 100), 5)
  now += 100
  t.is(passed(bucket, 100), 1)
  now += 250
  t.is(passed(bucket, 100), 2)
  now += 60_000
  t.is(passed(bucket, 100), 5)
})

test('over a long time no more pass than the rate and one burst', (t) => {
  let now = 0
  const bucket = new TokenBucket(10, 10, () => now)
  let all = 0
  for (; now < 60_000; now += 1) all += passed(bucket, 3)
  t.true(all >= 600 && all <= 610, String(all))
})

test('no rate lets none pass, an infinite one all', (t) => {
  for (const rate of [0, -1, Number.NaN]) t.is(passed(new TokenBucket(rate, 10), 10), 0)
  t.is(passed(new TokenBucket(Number.POSITIVE_INFINITY, 1), 10), 10)
  t.is(passed(new TokenBucket(10, 0), 10), 0)
})

test('settings have one bucket in the process each, and made-up ones do not pile up', (t) => {
  t.is(sharedBucket(3, 3), sharedBucket(3, 3))
  t.not(sharedBucket(3, 3), sharedBucket(3, 4))
  for (let n = 0; n < 1_000; n += 1) sharedBucket(1_000 + n, 1)
  t.pass()
})

test.serial(
  'a flood of sampled requests from a trusted peer is continued, and sampled up to the limit',
  (t) => {
    const options = { trust: true, sampledPerSecond: 0.000_1, sampledBurst: 7 }
    const flags = Array.from({ length: 500 }, () =>
      extractTrace({ traceparent }, options).parent?.spanContext(),
    )
    t.is(flags.filter((context) => context?.traceFlags === 1).length, 7)
    t.is(flags.filter((context) => context?.traceFlags === 0).length, 493)
  },
)

test.serial('requests that are not sampled take nothing from the bucket', (t) => {
  const options = { trust: true, sampledPerSecond: 0.000_1, sampledBurst: 1 }
  const unsampled = traceparent.replace(/1$/, '0')
  for (let n = 0; n < 10; n += 1) extractTrace({ traceparent: unsampled }, options)
  t.is(
    extractTrace({ traceparent: traceparent.replace(/1$/, '3') }, options).parent?.spanContext()
      .traceFlags,
    3,
  )
  t.is(
    extractTrace({ traceparent: traceparent.replace(/1$/, '3') }, options).parent?.spanContext()
      .traceFlags,
    2,
  )
})

test.serial('an untrusted peer takes nothing from the bucket', (t) => {
  const limit = { sampledPerSecond: 0.000_2, sampledBurst: 1 }
  for (let n = 0; n < 10; n += 1) extractTrace({ traceparent }, { trust: false, ...limit })
  t.is(extractTrace({ traceparent }, { trust: true, ...limit }).parent?.spanContext().traceFlags, 1)
})

test.serial('by default some are honoured, and not all', (t) => {
  const flags = Array.from(
    { length: 2_000 },
    () => extractTrace({ traceparent }, { trust: true }).parent?.spanContext().traceFlags,
  )
  t.is(flags[0], 1)
  t.true(flags.includes(0))
})
