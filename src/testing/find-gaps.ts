import type { LogRecord } from './log-lines.js'

/** The numbers of one run of a process. */
export interface InstanceGaps {
  readonly instance: string
  /** Different numbers that were seen. */
  readonly lines: number
  readonly first: number
  readonly last: number
  /** Ranges of numbers that are missing, both ends included. */
  readonly missing: readonly (readonly [from: number, to: number])[]
  /** Numbers that were seen more than once. */
  readonly repeated: number
}

/** Takes records one by one, in whatever order, and tells which numbers are missing. */
export interface GapFinder {
  add(record: LogRecord): void
  /** Records without a number. */
  readonly unnumbered: number
  instances(): readonly InstanceGaps[]
}

/**
 * Looks for lines that are missing, by the numbers of the option `sequence`. Memory grows with the number of gaps, not of lines.
 *
 * What is missing before the first line of all, or behind the last one, no number can tell: the first one of a run is 0.
 */
export function createGapFinder(): GapFinder {
  const all = new Map<string, Ranges>()
  let unnumbered = 0
  return {
    add(record) {
      const number = record['log.seq'] ?? record['event.sequence']
      const instance = record['instance'] ?? record['service.ephemeral_id']
      if (!Number.isSafeInteger(number) || typeof instance !== 'string') {
        unnumbered++
        return
      }
      let ranges = all.get(instance)
      if (ranges === undefined) {
        ranges = new Ranges()
        all.set(instance, ranges)
      }
      ranges.add(number as number)
    },
    get unnumbered() {
      return unnumbered
    },
    instances: () => [...all].map(([instance, ranges]) => ({ instance, ...ranges.summary() })),
  }
}

/** Numbers as ranges without gaps, in order. */
class Ranges {
  readonly #starts: number[] = []
  readonly #ends: number[] = []
  #lines = 0
  #repeated = 0

  add(number: number): void {
    const last = this.#ends.length - 1
    // Almost always the next one.
    if (last >= 0 && number === (this.#ends[last] as number) + 1) {
      this.#ends[last] = number
      this.#lines++
      return
    }
    const at = this.#indexOf(number)
    const isIn = at >= 0 && number <= (this.#ends[at] as number)
    if (isIn) {
      this.#repeated++
      return
    }
    this.#lines++
    const joinsBefore = at >= 0 && (this.#ends[at] as number) + 1 === number
    const joinsAfter = this.#starts[at + 1] === number + 1
    if (joinsBefore && joinsAfter) {
      this.#ends.splice(at, 2, this.#ends[at + 1] as number)
      this.#starts.splice(at + 1, 1)
    } else if (joinsBefore) this.#ends[at] = number
    else if (joinsAfter) this.#starts[at + 1] = number
    else {
      this.#starts.splice(at + 1, 0, number)
      this.#ends.splice(at + 1, 0, number)
    }
  }

  summary(): Omit<InstanceGaps, 'instance'> {
    const missing: [number, number][] = []
    const first = this.#starts[0] ?? 0
    if (first > 0) missing.push([0, first - 1])
    for (let index = 1; index < this.#starts.length; index++) {
      missing.push([(this.#ends[index - 1] as number) + 1, (this.#starts[index] as number) - 1])
    }
    const last = this.#ends.at(-1) ?? -1
    return { lines: this.#lines, first, last, missing, repeated: this.#repeated }
  }

  /** The last range that begins at or before a number; -1 before all. */
  #indexOf(number: number): number {
    let low = 0
    let high = this.#starts.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.#starts[middle] as number) <= number) low = middle + 1
      else high = middle
    }
    return low - 1
  }
}
