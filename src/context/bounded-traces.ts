/** How much may be held of traces that may be promoted. */
export interface TraceBounds {
  /** Bytes, roughly, of all traces together. */
  readonly bytes: number
  /** Traces at once. */
  readonly traces: number
  /** Milliseconds after which what is held of a trace goes, whatever becomes of it. */
  readonly ageMs: number
}

interface Held<T> {
  readonly since: number
  bytes: number
  items: T[]
}

/**
 * Holds items by trace, within bounds: the oldest trace goes first. Also remembers which traces have been promoted, as long as
 * it would have held them.
 */
export class BoundedTraces<T> {
  readonly #bounds: TraceBounds
  readonly #dropped: (items: readonly T[]) => void
  readonly #now: () => number
  readonly #held = new Map<string, Held<T>>()
  readonly #promoted = new Map<string, number>()
  #bytes = 0

  /** @param dropped - Told of what went for want of room or by its age. */
  constructor(
    bounds: TraceBounds,
    dropped: (items: readonly T[]) => void,
    now: () => number = () => performance.now(),
  ) {
    this.#bounds = bounds
    this.#dropped = dropped
    this.#now = now
  }

  get traces(): number {
    return this.#held.size
  }

  get bytes(): number {
    return this.#bytes
  }

  isPromoted(traceId: string): boolean {
    return this.#promoted.has(traceId)
  }

  add(traceId: string, item: T, bytes: number): void {
    let held = this.#held.get(traceId)
    if (held === undefined) {
      held = { since: this.#now(), bytes: 0, items: [] }
      this.#held.set(traceId, held)
    }
    held.items.push(item)
    held.bytes += bytes
    this.#bytes += bytes
    this.#makeRoom()
  }

  /** What was held of a trace, which counts as promoted from now on. */
  promote(traceId: string): readonly T[] {
    this.#promoted.delete(traceId)
    this.#promoted.set(traceId, this.#now())
    if (this.#promoted.size > this.#bounds.traces) {
      const [oldest] = this.#promoted.keys()
      this.#promoted.delete(oldest as string)
    }
    return this.#take(traceId)
  }

  /** Lets go of a trace that was not promoted. */
  forget(traceId: string): void {
    this.#take(traceId)
  }

  #take(traceId: string): readonly T[] {
    const held = this.#held.get(traceId)
    if (held === undefined) return []
    this.#held.delete(traceId)
    this.#bytes -= held.bytes
    return held.items
  }

  #makeRoom(): void {
    const { bytes, traces, ageMs } = this.#bounds
    const oldest = this.#now() - ageMs
    for (const [traceId, { since }] of this.#held) {
      if (this.#bytes <= bytes && this.#held.size <= traces && since > oldest) return
      this.#dropped(this.#take(traceId))
    }
  }
}
