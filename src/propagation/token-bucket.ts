import { sharedState } from '../context/shared.js'

/** Lets so many pass in a second, and so many at once. */
export class TokenBucket {
  private readonly perSecond: number
  private readonly burst: number
  private readonly now: () => number
  private tokens: number
  private filledAt: number

  /**
   * @param perSecond - How many pass in a second on average; `Infinity` lets all pass, what is no positive number none.
   * @param burst - How many pass at once after a rest.
   * @param now - Milliseconds of a clock that never goes back.
   */
  constructor(perSecond: number, burst: number, now: () => number = () => performance.now()) {
    this.perSecond = perSecond > 0 ? perSecond : 0
    this.burst = this.perSecond > 0 && burst >= 1 ? burst : 0
    this.now = now
    this.tokens = this.burst
    this.filledAt = now()
  }

  take(): boolean {
    if (this.perSecond === Number.POSITIVE_INFINITY) return true
    const now = this.now()
    const filled = this.tokens + ((now - this.filledAt) / 1_000) * this.perSecond
    this.tokens = Math.min(this.burst, filled)
    this.filledAt = now
    if (this.tokens < 1) return false
    this.tokens -= 1
    return true
  }
}

const mostBuckets = 64
const state = sharedState('sampled-limits.1', () => ({ buckets: new Map<string, TokenBucket>() }))

/** The one bucket of this process for these two numbers. */
export function sharedBucket(perSecond: number, burst: number): TokenBucket {
  const key = `${perSecond}/${burst}`
  const known = state.buckets.get(key)
  if (known !== undefined) return known
  // Settings are few; who makes them up per request shares what is there by starting over.
  if (state.buckets.size >= mostBuckets) state.buckets.clear()
  const bucket = new TokenBucket(perSecond, burst)
  state.buckets.set(key, bucket)
  return bucket
}
