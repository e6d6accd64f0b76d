/**
 * Time of one call. A loop runs in batches of about two milliseconds; the batch that a garbage collection or another
 * process interrupts is one among many, so the median of the batches is what one call takes, and the processor time of all of
 * them together is what it costs, collections included.
 *
 * @param between Runs after each batch, outside the measured time.
 * @param wrap Runs each batch, for a context around it.
 * @param size Calls of one batch, where time should not decide it.
 */
const batchMilliseconds = 2

export function createMeasure({ between = () => {}, wrap = (run) => run(), size: fixedSize }) {
  const sizes = new Map()

  /** Runs `loop` for about `milliseconds`. */
  return async function measure(key, loop, milliseconds) {
    let size = fixedSize ?? sizes.get(key)
    if (size === undefined) {
      size = calibrate(loop, wrap)
      sizes.set(key, size)
    }
    const times = []
    let calls = 0
    let cpu = 0
    const until = performance.now() + milliseconds
    do {
      const before = process.cpuUsage()
      const nanoseconds = timed(loop, size, wrap)
      const used = process.cpuUsage(before)
      cpu += used.user + used.system
      times.push(nanoseconds / size)
      calls += size
      await between()
    } while (performance.now() < until || times.length < 5)
    times.sort((a, b) => a - b)
    return { ns: times[times.length >> 1], cpu: (cpu * 1000) / calls }
  }
}

function timed(loop, size, wrap) {
  let nanoseconds = 0
  wrap(() => {
    const start = process.hrtime.bigint()
    loop(size)
    nanoseconds = Number(process.hrtime.bigint() - start)
  })
  return nanoseconds
}

/** Doubles until a batch is long enough to be timed; warms the loop up on the way. */
function calibrate(loop, wrap) {
  let size = 8
  for (;;) {
    const nanoseconds = Math.min(timed(loop, size, wrap), timed(loop, size, wrap))
    if (nanoseconds > batchMilliseconds * 0.7e6 || size > 1 << 22) return size
    size *= 2
  }
}
