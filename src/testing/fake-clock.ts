export interface FakeClockOptions {
  /** When it begins: a date, ISO 8601, or epoch milliseconds. @defaultValue 2026-01-01T00:00:00Z */
  readonly start?: Date | string | number
}

/** Time that stands still until it is told to go on. */
export interface FakeClock extends Disposable {
  /** Epoch milliseconds. */
  readonly now: number
  /** Lets milliseconds pass. */
  advance(milliseconds: number): void
  /** Gives the real time back. */
  restore(): void
}

const dispose: typeof Symbol.dispose = Symbol.dispose ?? Symbol.for('nodejs.dispose')
const realDateNow = Date.now
const realPerformanceNow = performance.now
let present: FakeClock | undefined

/**
 * Puts a clock that stands still in place of `Date.now` and `performance.now` of this process, so that lines, spans and what a
 * test writes of them are the same in each run. Timers and `new Date()` go on by the real time.
 *
 * One at a time: tests that use it must not run at the same time in one process.
 *
 * @throws Error when there is one already.
 * @example
 * const clock = fakeClock({ start: '2026-11-20T21:00:00Z' })
 * log.withSpan('scan', () => clock.advance(250))
 * clock.restore()
 */
export function fakeClock({ start = '2026-01-01T00:00:00Z' }: FakeClockOptions = {}): FakeClock {
  if (present !== undefined)
    throw new Error('There is a fake clock already; restore() it before another one is made.')
  const began = new Date(start).getTime()
  if (Number.isNaN(began)) throw new TypeError(`The start ${String(start)} is no time.`)
  const performanceBegan = realPerformanceNow.call(performance)
  let passed = 0
  const restore = (): void => {
    if (present !== clock) return
    Date.now = realDateNow
    performance.now = realPerformanceNow
    present = undefined
  }
  const clock: FakeClock = {
    get now() {
      return began + passed
    },
    advance(milliseconds) {
      if (!(milliseconds >= 0)) throw new TypeError('Time goes forward: advance by 0 or more.')
      passed += milliseconds
    },
    restore,
    [dispose]: restore,
  }
  Date.now = () => Math.floor(began + passed)
  performance.now = () => performanceBegan + passed
  present = clock
  return clock
}
