/** What happens to a line for which the queue has no room. */
export type WhenFull = 'block' | 'drop-oldest' | 'drop-new'

/** A line that waits, and who wants to know if it is lost. */
export interface WaitingLine {
  readonly line: string
  /** pino's number; `Infinity` for what must arrive. */
  readonly level: number
  readonly lost: (level: number) => void
}

/** From this level on, a line goes before those below it. */
const urgentLevel = 50

/** Lines that wait for room, errors and security events first; bounded, and what goes is told. */
export class LineQueue {
  readonly #most: number
  readonly #whenFull: Exclude<WhenFull, 'block'>
  readonly #urgent: WaitingLine[] = []
  readonly #others: WaitingLine[] = []
  #length = 0

  /** @param most - UTF-16 units of all lines together. */
  constructor(most: number, whenFull: Exclude<WhenFull, 'block'>) {
    this.#most = most
    this.#whenFull = whenFull
  }

  get lines(): number {
    return this.#urgent.length + this.#others.length
  }

  /** UTF-16 units of all lines. */
  get length(): number {
    return this.#length
  }

  hasRoomFor({ line }: WaitingLine): boolean {
    return this.#length + line.length <= this.#most
  }

  add(waiting: WaitingLine): void {
    const { level, line } = waiting
    const isUrgent = level >= urgentLevel
    // An urgent line takes the place of others, whatever happens to those of its own kind.
    while (!this.hasRoomFor(waiting) && (isUrgent || this.#whenFull === 'drop-oldest')) {
      const oldest =
        this.#others.shift() ??
        (this.#whenFull === 'drop-oldest' ? this.#urgent.shift() : undefined)
      if (oldest === undefined) break
      this.#length -= oldest.line.length
      oldest.lost(oldest.level)
    }
    if (!this.hasRoomFor(waiting)) {
      waiting.lost(level)
      return
    }
    ;(isUrgent ? this.#urgent : this.#others).push(waiting)
    this.#length += line.length
  }

  /** Puts a line that was taken and not written to where it was. */
  putBack(waiting: WaitingLine): void {
    ;(waiting.level >= urgentLevel ? this.#urgent : this.#others).unshift(waiting)
    this.#length += waiting.line.length
  }

  /** The line that goes next. */
  take(): WaitingLine | undefined {
    const next = this.#urgent.shift() ?? this.#others.shift()
    if (next !== undefined) this.#length -= next.line.length
    return next
  }
}
