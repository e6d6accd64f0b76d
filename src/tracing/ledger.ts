import type { SendResult } from './sender.js'
import type { TracingHealth } from './types.js'

/** Told that spans do not reach a target any more, or do again. */
export type StateListener = (reaches: boolean, target: string, health: TracingHealth) => void

/** How long no span must have been lost to a full queue before an overload is over: bursts are one overload, not many. */
const calmMs = 10_000

/**
 * Counts what became of every span, and knows since when nothing gets through: working, degraded, working again.
 *
 * Once all is closed, what still waits counts as dropped, so that `made = exported + dropped`.
 */
export class Ledger {
  #made = 0
  #exported = 0
  #dropped = 0
  #failingSince: number | undefined
  #lastError: string | undefined
  readonly #failing = new Set<string>()
  #changed: StateListener

  readonly #safe: (text: string) => string
  readonly #now: () => number
  #lastLoss = Number.NEGATIVE_INFINITY

  /**
   * @param safe - Takes out of an error's text what may not be shown.
   * @param now - The clock, in epoch milliseconds.
   */
  constructor(
    changed: StateListener,
    safe: (text: string) => string,
    now: () => number = Date.now,
  ) {
    this.#changed = changed
    this.#safe = safe
    this.#now = now
  }

  /** Says nothing any more. */
  mute(): void {
    this.#changed = () => {}
  }

  made(): void {
    this.#made++
  }

  /** A batch was sent, or was not. */
  settled(target: string, result: SendResult): void {
    this.#exported += result.exported
    this.#dropped += result.dropped
    if (result.dropped > 0) this.#fail(target, result.error ?? 'unknown error')
    else this.#recover(target)
  }

  /** A span was lost before it could be sent. */
  lost(target: string, count: number, error: string): void {
    if (count === 0) return
    this.#dropped += count
    this.#lastLoss = this.#now()
    // Why a queue ran full is the better reason, where it is known.
    if (!this.#failing.has(target)) this.#fail(target, error)
  }

  get health(): TracingHealth {
    const since = this.#failingSince
    return {
      state: since === undefined ? 'working' : 'degraded',
      made: this.#made,
      exported: this.#exported,
      dropped: this.#dropped,
      queued: this.#made - this.#exported - this.#dropped,
      ...(since === undefined ? {} : { failingSince: new Date(since).toISOString() }),
      ...(this.#lastError === undefined ? {} : { lastError: this.#lastError }),
    }
  }

  #fail(target: string, error: string): void {
    this.#lastError = this.#safe(error)
    if (this.#failing.has(target)) return
    this.#failing.add(target)
    this.#failingSince ??= this.#now()
    this.#changed(false, target, this.health)
  }

  #recover(target: string): void {
    if (this.#now() - this.#lastLoss < calmMs) return
    if (!this.#failing.delete(target)) return
    if (this.#failing.size === 0) this.#failingSince = undefined
    this.#changed(true, target, this.health)
  }
}
