import { createHash } from 'node:crypto'
import process from 'node:process'

/** What was held back of one record: so many more of the same. */
export interface HeldBack<T> {
  readonly count: number
  /** Epoch milliseconds of the first and the last of them. */
  readonly first: number
  readonly last: number
  /** What was given with the last of them. */
  readonly sample: T
}

interface Seen<T> {
  /** When its window began, by the monotonic clock. */
  began: number
  passed: number
  held: number
  first: number
  last: number
  sample: T | undefined
}

/** Different records that are told apart at once. */
const mostRecords = 1_000

/** Those that hold something back, to be told of when the process ends. */
const holding = new Set<{ flush(): void }>()
let isHooked = false

function tellAtExit(): void {
  if (isHooked) return
  isHooked = true
  process.on('exit', () => {
    for (const control of holding) control.flush()
  })
}

/**
 * Lets so many of the same record pass within a window, holds back the others, and tells how many there were: at the window's end,
 * when it is flushed, when the process exits.
 */
export class FloodControl<T> {
  readonly #limit: number
  readonly #windowMs: number
  readonly #tell: (held: HeldBack<T>) => void
  readonly #seen = new Map<string, Seen<T>>()
  #timer: NodeJS.Timeout | undefined

  /** @param tell - Writes what was held back; it never throws. */
  constructor(limit: number, windowMs: number, tell: (held: HeldBack<T>) => void) {
    this.#limit = limit
    this.#windowMs = windowMs
    this.#tell = tell
  }

  /**
   * Whether a record is to be written.
   *
   * @param line - As it would be written: JSON of one object.
   * @param sample - What is handed on with the number of those held back.
   */
  passes(line: string, sample: T): boolean {
    const key = identityOf(line)
    const now = performance.now()
    let seen = this.#seen.get(key)
    if (seen !== undefined && now - seen.began >= this.#windowMs) {
      this.#close(key, seen)
      seen = undefined
    }
    if (seen === undefined) {
      this.#seen.set(key, { began: now, passed: 1, held: 0, first: 0, last: 0, sample: undefined })
      this.#evict()
      return true
    }
    if (seen.passed < this.#limit) {
      seen.passed++
      return true
    }
    seen.last = Date.now()
    if (seen.held === 0) seen.first = seen.last
    seen.held++
    seen.sample = sample
    this.#await()
    return false
  }

  /** Tells of all that is held back, and begins anew. */
  flush(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    holding.delete(this)
    for (const [key, seen] of this.#seen) this.#close(key, seen)
  }

  #await(): void {
    if (this.#timer !== undefined) return
    this.#timer = setTimeout(() => this.#sweep(), this.#windowMs)
    this.#timer.unref()
    holding.add(this)
    tellAtExit()
  }

  #sweep(): void {
    this.#timer = undefined
    holding.delete(this)
    const now = performance.now()
    for (const [key, seen] of this.#seen) {
      if (now - seen.began >= this.#windowMs) this.#close(key, seen)
      else if (seen.held > 0) this.#await()
    }
  }

  #close(key: string, seen: Seen<T>): void {
    this.#seen.delete(key)
    if (seen.held === 0) return
    const { held: count, first, last } = seen
    this.#tell({ count, first, last, sample: seen.sample as T })
  }

  #evict(): void {
    if (this.#seen.size <= mostRecords) return
    const [[key, seen] = []] = this.#seen
    if (key !== undefined && seen !== undefined) this.#close(key, seen)
  }
}

const longestKey = 2_048

/**
 * What a line says, less what differs between two records that are the same: the time, the ids, the place in a sequence. As it is
 * or, of a long one, its digest: anything less could be made to meet another record's by whoever wants his to be held back.
 */
function identityOf(line: string): string {
  const told = line.replace(times, '').replace(traces, '').replace(sequences, '')
  return told.length <= longestKey ? told : createHash('sha256').update(told).digest('base64')
}

/** Each stands once at the top; below the top, what looks like it says nothing that two records differ in. */
const times = /"(?:time|@timestamp)":(?:"[^"]{0,64}"|\d{1,16}),/
const traces =
  /"trace[._]id":"[0-9a-f]{32}","span[._]id":"[0-9a-f]{16}"(?:,"trace_flags":"[0-9a-f]{2}")?,?/
const sequences = /"(?:log\.)?seq(?:uence)?":\d{1,16},|"event\.sequence":\d{1,16},/
