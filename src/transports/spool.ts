import { closeSync, fdatasyncSync, ftruncateSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { LineQueue, type WaitingLine } from '../destinations/line-queue.js'
import { SeclogError } from '../errors.js'
import { type ProcessLock, takeLock } from '../process-lock.js'
import { FrameWriter, longestLine } from './frames.js'
import type { DeliverySettings } from './options.js'
import type { SharedCounts } from './shared-counts.js'
import {
  createSegment,
  listSegments,
  makeFolder,
  readCursor,
  sizeOf,
  spoolIdOf,
} from './spool-files.js'

/** Writes to a file descriptor, for tests to put another in its place. */
export type WriteFrame = (fd: number, bytes: Uint8Array) => number

/** Lines that wait in memory while the disk does not take them, in UTF-16 units. */
const mostInMemory = 8 * 1024 * 1024
const retryMs = 250
const errorLevel = 50
/** How often other hosts are told that this process lives. */
const renewMs = 20_000

/**
 * The end of the spool that is written to: what `append` has returned from is in a file, where a kill of the process does not reach it.
 */
export class Spool {
  readonly id: string
  readonly #settings: DeliverySettings
  readonly #counts: SharedCounts
  readonly #write: WriteFrame
  readonly #lock: ProcessLock
  readonly #renewal: NodeJS.Timeout
  readonly #frames = new FrameWriter()
  readonly #memory = new LineQueue(mostInMemory, 'drop-oldest')
  #segment: number
  #fd: number | undefined
  #offset = 0
  /** The disk has failed in this segment: the next line begins another, so that this one can go when it is delivered. */
  #isSpoilt = false
  #timer: NodeJS.Timeout | undefined
  #triedAt = 0
  /** Another process has the spool by now: it would read what is half written here. */
  #isTaken = false

  /** @throws SeclogError `SECLOG_SPOOL_LOCKED`, `SECLOG_SPOOL_UNUSABLE` */
  constructor(settings: DeliverySettings, counts: SharedCounts, write: WriteFrame = writeSync) {
    this.#settings = settings
    this.#counts = counts
    this.#write = write
    const { spool } = settings
    try {
      makeFolder(spool)
      this.#lock = lockSpool(spool)
    } catch (error) {
      throw unusable(spool, error)
    }
    try {
      this.id = spoolIdOf(spool)
      const segments = listSegments(spool)
      for (const segment of segments) counts.add('bytes', sizeOf(spool, segment))
      // A number is never used again: it is a part of each line's id.
      this.#segment = Math.max(0, readCursor(spool).segment, ...segments) + 1
      this.#fd = createSegment(spool, this.#segment)
    } catch (error) {
      this.#lock.release()
      throw unusable(spool, error)
    }
    counts.commit(this.#segment, 0)
    this.#renewal = setInterval(() => this.#renew(), renewMs).unref()
  }

  /** Lines in memory since the disk does not take them. */
  get waiting(): number {
    return this.#memory.lines
  }

  /**
   * Takes a line.
   *
   * @param line - Without its line feed.
   * @param level - pino's number.
   * @throws An error when the line is lost: there is no room for it.
   */
  append(line: string, level: number): void {
    if (this.#isTaken) throw this.#lose('disk', 'another process has taken the spool')
    if (line.length > longestLine / 3) throw this.#lose('full', 'the line is too long')
    if (!this.#hasRoom(level)) throw this.#lose('full', 'the spool is full')
    try {
      if (this.#memory.lines === 0 || this.#isDrained()) this.#put(line)
      else this.#keep(line, level)
    } catch {
      this.#keep(line, level)
    }
  }

  /** Forces what was written to the disk. */
  sync(): void {
    this.#drain()
    if (this.#fd === undefined) return
    try {
      fdatasyncSync(this.#fd)
    } catch {
      // The next write says what is wrong.
    }
  }

  /** @returns How many lines are lost since the disk has not taken them to the last. */
  close(): number {
    this.sync()
    clearTimeout(this.#timer)
    clearInterval(this.#renewal)
    if (this.#fd !== undefined) closeSync(this.#fd)
    this.#fd = undefined
    try {
      this.#lock.release()
    } catch {
      // It is found abandoned by whoever comes next.
    }
    return this.#memory.lines
  }

  #renew(): void {
    try {
      this.#isTaken = !this.#lock.renew()
    } catch {
      // A disk that fails now may not when it is asked again.
    }
  }

  #hasRoom(level: number): boolean {
    const { maxBytes, segmentBytes, whenFull } = this.#settings
    const used = this.#counts.get('bytes')
    if (used < maxBytes) return true
    if (used >= maxBytes + segmentBytes) return false
    return whenFull === 'drop-oldest' || level >= errorLevel
  }

  #lose(reason: 'full' | 'disk', message: string): Error {
    this.#counts.add(reason, 1)
    return new Error(message)
  }

  #keep(line: string, level: number): void {
    this.#memory.add({ line, level, lost: () => this.#counts.add('disk', 1) })
    this.#later()
  }

  /** @throws The system's error; nothing of the line is in the file then. */
  #put(line: string): void {
    const isFull = this.#offset >= this.#settings.segmentBytes
    if (this.#fd === undefined || this.#isSpoilt || isFull) this.#roll()
    const fd = this.#fd as number
    const frame = this.#frames.frame(line)
    let written = 0
    try {
      while (written < frame.length) written += this.#write(fd, frame.subarray(written))
      if (this.#settings.fsync === 'always') fdatasyncSync(fd)
    } catch (error) {
      this.#undo(fd, written)
      this.#isSpoilt = this.#offset > 0
      throw error
    }
    this.#offset += frame.length
    this.#counts.add('spooled', 1)
    this.#counts.add('bytes', frame.length)
    this.#counts.commit(this.#segment, this.#offset)
  }

  /** Takes back a line that is half written; where that fails too, the segment ends here. */
  #undo(fd: number, written: number): void {
    if (written === 0) return
    try {
      ftruncateSync(fd, this.#offset)
    } catch {
      closeSync(fd)
      this.#fd = undefined
    }
  }

  #roll(): void {
    const next = createSegment(this.#settings.spool, this.#segment + 1)
    if (this.#fd !== undefined) closeSync(this.#fd)
    this.#fd = next
    this.#segment++
    this.#offset = 0
    this.#isSpoilt = false
    this.#counts.commit(this.#segment, 0)
  }

  /** A disk that has failed is asked again now and then only. */
  #isDrained(): boolean {
    const now = performance.now()
    if (now - this.#triedAt < retryMs) return false
    this.#triedAt = now
    return this.#drain()
  }

  #drain(): boolean {
    let next: WaitingLine | undefined
    try {
      for (next = this.#memory.take(); next !== undefined; next = this.#memory.take()) {
        this.#put(next.line)
      }
      return true
    } catch {
      if (next !== undefined) this.#memory.putBack(next)
      return false
    }
  }

  #later(): void {
    if (this.#timer !== undefined) return
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      if (!this.#drain()) this.#later()
    }, retryMs)
    this.#timer.unref()
  }
}

/** @throws SeclogError `SECLOG_SPOOL_LOCKED` when another process has it. */
function lockSpool(folder: string): ProcessLock {
  const path = join(folder, 'lock')
  const taken = takeLock(path)
  if (!('heldBy' in taken)) return taken
  const { heldBy } = taken
  const by = heldBy === undefined ? 'Another process' : `Process ${heldBy.pid} on ${heldBy.host}`
  throw new SeclogError(
    'SECLOG_SPOOL_LOCKED',
    `${by} holds ${path}: each process needs a spool of its own, one in a cluster by the number of its worker.`,
  )
}

function unusable(spool: string, error: unknown): SeclogError {
  if (error instanceof SeclogError) return error
  const reason = error instanceof Error ? error.message : String(error)
  return new SeclogError('SECLOG_SPOOL_UNUSABLE', `The spool ${spool} cannot be used: ${reason}`, {
    cause: error,
  })
}
