import anyTest, { type TestFn } from 'ava'
import { createSecurityLogger } from '../../src/index.js'
import { fakeClock, fakeIds, memoryDestination } from '../../src/testing/index.js'

// The clock and the ids are those of the process.
const test = anyTest.serial as TestFn

function golden(): readonly string[] {
  const clock = fakeClock({ start: '2026-11-20T21:00:00Z' })
  const ids = fakeIds()
  try {
    const destination = memoryDestination()
    const log = createSecurityLogger({ base: null }, destination)
    log.withSpan('scan', () => {
      clock.advance(4)
      log.info({ package: 'left-pad' }, 'looking up')
      clock.advance(0.25)
    })
    log.withSpan('again', () => {})
    return destination.lines
  } finally {
    ids.restore()
    clock.restore()
  }
}

test('with a fake clock and ids, lines are the same in each run', (t) => {
  const first = golden().map((line) => line.replace(/"thread_id":\d+,/, ''))
  t.is(
    first[0],
    '{"level":"info","time":"2026-11-20T21:00:00.004Z","trace_id":"00000000000000000000000000000001","span_id":"0000000000000001","trace_flags":"01","package":"left-pad","msg":"looking up"}',
  )
  t.regex(first[1] ?? '', /"start":"2026-11-20T21:00:00\.000Z","duration_ms":4\.25,/)
  t.regex(first[2] ?? '', /"trace_id":"0{31}2","span_id":"0{15}2"/)
  t.deepEqual(
    golden().map((line) => line.replace(/"thread_id":\d+,/, '')),
    first,
  )
})

test('time and ids are real again afterwards', (t) => {
  const before = Date.now()
  golden()
  t.true(Date.now() - before < 60_000 && Date.now() >= before)
  const at = performance.now()
  t.true(performance.now() >= at)
  const destination = memoryDestination()
  const log = createSecurityLogger({}, destination)
  log.withSpan('scan', () => {})
  t.notRegex(String(destination.records[0]?.['trace_id']), /^0{20}/)
})

test('there is one clock at a time, it goes forward, and begins at a time', (t) => {
  const clock = fakeClock()
  t.is(clock.now, Date.parse('2026-01-01T00:00:00Z'))
  t.throws(() => fakeClock(), { message: /There is a fake clock already/ })
  t.throws(() => clock.advance(-1), { message: /Time goes forward/ })
  clock.restore()
  clock.restore()
  t.throws(() => fakeClock({ start: 'then' }), { message: /is no time/ })
  fakeClock({ start: new Date(0) }).restore()
})
