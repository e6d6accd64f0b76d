/** Counts what happens under a key in the time just past; see `counter` of {@link AlertRule}. */
export interface AlertCounter {
  /**
   * Notes that something happened.
   *
   * @returns How often it has within `windowMs`, this time included.
   */
  hit(key: string, windowMs: number): number | PromiseLike<number>
  /** Forgets a key: it has been told of. */
  reset?(key: string): unknown
}

/** A counter that also says what it had to forget for want of room. */
export interface SlidingWindow extends AlertCounter {
  hit(key: string, windowMs: number): number
  reset(key: string): void
  /** Keys that were forgotten before their time was over. */
  readonly evicted: number
}

/** As many times as are kept of one key: no threshold is higher. */
export const mostTimes = 10_000

/**
 * Sliding windows in memory: exact, and bounded however many keys there are, the one that was quiet longest going first.
 *
 * The limiters that npm has count in fixed windows, which miss a burst across an edge, or keep every key until its time is over.
 *
 * @param most - Keys that are kept.
 * @param times - Times that are kept of each key: the threshold.
 */
export function createSlidingWindow(
  most: number,
  times: number,
  now: () => number = () => performance.now(),
): SlidingWindow {
  const seen = new Map<string, number[]>()
  let evicted = 0
  return {
    hit(key, windowMs) {
      const at = now()
      let known = seen.get(key)
      // The map's order is that of the last time of each key.
      if (known !== undefined) seen.delete(key)
      else known = []
      while (known.length > 0 && at - (known[0] as number) >= windowMs) known.shift()
      known.push(at)
      if (known.length > times) known.shift()
      seen.set(key, known)
      if (seen.size > most) {
        const [oldest] = seen.keys()
        const last = seen.get(oldest as string)?.at(-1) ?? 0
        if (at - last < windowMs) evicted++
        seen.delete(oldest as string)
      }
      return known.length
    },
    reset(key) {
      seen.delete(key)
    },
    get evicted() {
      return evicted
    },
  }
}
