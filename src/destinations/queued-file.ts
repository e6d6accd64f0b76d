import { Buffer } from 'node:buffer'
import { writeSync } from 'node:fs'
import { LineQueue, type WaitingLine, type WhenFull } from './line-queue.js'

export interface QueueSettings {
  /** UTF-16 units of the lines that may wait. */
  readonly most: number
  readonly whenFull: WhenFull
}

/** Writes to a file descriptor, for tests to put another in its place. */
export type WriteSync = (fd: number, data: string | Uint8Array) => number

const standardError = 2
const retryMs = 5
const longestRetryMs = 100
/** How long a call waits for a reader at the most; the promise is 5 ms. */
const patienceMs = 4
const stepMs = 0.2
/** How long a process that exits is held for a reader that takes nothing more. */
const exitMs = 1_000
/** And for one that takes line after line. */
const longestExitMs = 10_000
const sleeper = new Int32Array(new SharedArrayBuffer(4))

function writeAny(fd: number, data: string | Uint8Array): number {
  return typeof data === 'string' ? writeSync(fd, data) : writeSync(fd, data)
}

/**
 * A file descriptor that is written at once, and not later: what `write` has returned from is out. Only while a pipe is full, or a
 * line is half written, lines wait, within bounds; then the file is tried again and again, and once more when the process exits.
 */
export class QueuedFile {
  readonly #fd: number
  readonly #queue: LineQueue
  readonly #blocks: boolean
  readonly #write: WriteSync
  /** What is left of a line that is half written: nothing may come between. */
  #rest: Uint8Array | undefined
  #half: WaitingLine | undefined
  #timer: NodeJS.Timeout | undefined
  #pauseMs = retryMs
  #isGone = false
  /** The reader did not take a line in the time that it was given. */
  #isStalled = false
  #triedAt = 0
  #emptied: (() => void)[] = []

  constructor(fd: number, { most, whenFull }: QueueSettings, write: WriteSync = writeAny) {
    this.#fd = fd
    this.#queue = new LineQueue(most, whenFull === 'drop-oldest' ? 'drop-oldest' : 'drop-new')
    this.#blocks = whenFull === 'block'
    this.#write = write
  }

  get waitingLines(): number {
    return this.#queue.lines + (this.#rest === undefined ? 0 : 1)
  }

  /**
   * Writes a line, or lets it wait.
   *
   * @throws The system's error when the line cannot be written and does not wait: the reader is gone, the disk is full.
   */
  write(waiting: WaitingLine): void {
    if (this.#blocks) {
      this.#wait()
      while (!this.#put(waiting)) pause()
      this.#wait()
    } else if (this.#isBehind() || !this.#take(waiting)) {
      this.#queue.add(waiting)
      this.#later()
    }
  }

  /** Calls back when nothing waits any more. */
  flush(callback: () => void): void {
    if (this.#drain() === 'empty') callback()
    else this.#emptied.push(callback)
  }

  /** Writes what the reader takes now. */
  flushSync(): void {
    this.#drain()
  }

  /** Waits for the reader as long as it takes something, for a while. What is left then is lost, counted, and said where somebody may still see it. */
  finish(): void {
    const latest = performance.now() + longestExitMs
    let before = Number.POSITIVE_INFINITY
    let until = 0
    while (this.#drain() === 'full') {
      const now = performance.now()
      if (this.waitingLines < before) until = Math.min(latest, now + exitMs)
      if (now >= until) break
      before = this.waitingLines
      pause()
    }
    const left = this.waitingLines
    if (left === 0) return
    this.#loseAll()
    try {
      const text = `seclog: ${left} log lines are lost: they could not be written before the exit.\n`
      this.#write(standardError, text)
    } catch {
      // Nobody is left to be told.
    }
  }

  /** Whether lines wait. Tries to write them now and then, since a burst that never ends its turn leaves no other time. */
  #isBehind(): boolean {
    if (this.waitingLines === 0) return false
    const now = performance.now()
    if (now - this.#triedAt < 1) return true
    this.#triedAt = now
    return this.#drain() !== 'empty'
  }

  /**
   * Whether a line was taken. A reader that keeps up is given the moment that it needs, so that a burst does not wait in memory, where
   * a kill would find it; one that takes nothing in that time is given no more until it has taken all that waits.
   */
  #take(waiting: WaitingLine): boolean {
    let taken = this.#put(waiting)
    if (taken && this.#rest === undefined) return true
    const until = this.#isStalled ? 0 : performance.now() + patienceMs
    while (performance.now() < until) {
      Atomics.wait(sleeper, 0, 0, stepMs)
      if (taken ? this.#drain() === 'empty' : this.#put(waiting)) {
        if (this.#rest === undefined) return true
        taken = true
      }
    }
    this.#isStalled = true
    if (taken) this.#later()
    return taken
  }

  /** Stands still until the reader has taken what waits: for those who would rather do so than lose a line. */
  #wait(): void {
    while (this.#drain() === 'full') pause()
  }

  /**
   * Whether a line was taken, the rest of it kept if it was half written; if not, nothing of it was written.
   *
   * @throws The system's error, but that the pipe is full.
   */
  #put(waiting: WaitingLine): boolean {
    if (this.#isGone) throw gone()
    const { line } = waiting
    try {
      const written = this.#write(this.#fd, line)
      if (written < Buffer.byteLength(line)) {
        this.#rest = Buffer.from(line).subarray(written)
        this.#half = waiting
      }
      return true
    } catch (error) {
      if (isFull(error)) return false
      // Nobody will ever read from a closed pipe again; a full disk may have room for the next line.
      if ((error as NodeJS.ErrnoException).code === 'EPIPE') this.#isGone = true
      throw error
    }
  }

  /** Writes what waits as long as it is taken. */
  #drain(): 'empty' | 'full' | 'failing' {
    try {
      if (!this.#putRest()) return 'full'
      for (let next = this.#queue.take(); next !== undefined; next = this.#queue.take()) {
        if (this.#putNext(next) && this.#rest === undefined) continue
        return 'full'
      }
    } catch {
      if (!this.#isGone) return 'failing'
      this.#loseAll()
    }
    this.#isStalled = false
    for (const callback of this.#emptied.splice(0)) callback()
    return 'empty'
  }

  /** As `#put`, and a line that was not taken waits on. */
  #putNext(next: WaitingLine): boolean {
    let taken = false
    try {
      taken = this.#put(next)
    } finally {
      if (!taken) this.#queue.putBack(next)
    }
    return taken
  }

  /** Whether nothing is left of a line that was half written. */
  #putRest(): boolean {
    while (this.#rest !== undefined) {
      let written = 0
      try {
        written = this.#write(this.#fd, this.#rest)
      } catch (error) {
        if (isFull(error)) return false
        if ((error as NodeJS.ErrnoException).code === 'EPIPE') this.#isGone = true
        throw error
      }
      this.#rest = written < this.#rest.length ? this.#rest.subarray(written) : undefined
    }
    return true
  }

  #loseAll(): void {
    if (this.#rest !== undefined) this.#half?.lost(this.#half.level)
    this.#rest = undefined
    for (let next = this.#queue.take(); next !== undefined; next = this.#queue.take()) {
      next.lost(next.level)
    }
  }

  #later(): void {
    if (this.#timer !== undefined) return
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      const before = this.waitingLines
      if (this.#drain() === 'empty') this.#pauseMs = retryMs
      else {
        this.#pauseMs =
          this.waitingLines < before ? retryMs : Math.min(this.#pauseMs * 2, longestRetryMs)
        this.#later()
      }
    }, this.#pauseMs)
    this.#timer.unref()
  }
}

function isFull(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException
  return code === 'EAGAIN' || code === 'EWOULDBLOCK' || code === 'EINTR'
}

function pause(): void {
  Atomics.wait(sleeper, 0, 0, retryMs)
}

function gone(): NodeJS.ErrnoException {
  return Object.assign(new Error('the reader is gone'), { code: 'EPIPE' })
}
