import { Buffer } from 'node:buffer'
import { createHash } from 'node:crypto'
import { closeSync, openSync, readSync } from 'node:fs'
import { countFrames, frameAt } from './frames.js'
import type { SharedCounts } from './shared-counts.js'
import { type Cursor, listSegments, segmentPath, sizeOf } from './spool-files.js'

/** A line on its way, with the id that it has in Elasticsearch however often it is sent. */
export interface SpooledLine {
  readonly id: string
  readonly line: Buffer
}

export interface Batch {
  readonly lines: readonly SpooledLine[]
  /** What could not be read as lines. */
  readonly damaged: readonly SpooledLine[]
  /** Where delivery stands when all of it is dealt with. */
  readonly end: Cursor
}

const noBytes = Buffer.alloc(0)

/** The end of the spool that is read from. */
export class SpoolReader {
  readonly #folder: string
  readonly #id: string
  readonly #counts: SharedCounts
  /** The segment that is in memory, as far as it was there when it was read. */
  #segment = -1
  #bytes = noBytes
  #length = 0
  /** Nothing is added to it any more. */
  #isWhole = false
  #idStart = ''

  /** @param id - Of the spool. */
  constructor(folder: string, id: string, counts: SharedCounts) {
    this.#folder = folder
    this.#id = id
    this.#counts = counts
  }

  /** The next lines, from the cursor on; never of two segments. `undefined` when all are read. */
  next(
    cursor: Cursor,
    most: { readonly lines: number; readonly bytes: number },
  ): Batch | undefined {
    const committed = this.#counts.committed()
    let at = cursor
    for (;;) {
      const bytes = this.#read(at.segment, committed)
      const batch = this.#batch(bytes, at, most)
      if (batch !== undefined) return batch
      const later = listSegments(this.#folder).find(
        (segment) => segment > at.segment && segment <= committed.segment,
      )
      if (later === undefined) return undefined
      at = { segment: later, offset: 0 }
    }
  }

  /** Lines from a place to the end of its segment. */
  linesLeft(at: Cursor): number {
    return countFrames(this.#read(at.segment, this.#counts.committed()), at.offset)
  }

  /** A segment is gone, and so is what is known of it. */
  forget(segment: number): void {
    if (segment === this.#segment) this.#begin(-1)
  }

  #batch(
    bytes: Buffer,
    at: Cursor,
    most: { readonly lines: number; readonly bytes: number },
  ): Batch | undefined {
    const lines: SpooledLine[] = []
    const damaged: SpooledLine[] = []
    let { offset } = at
    let size = 0
    while (lines.length < most.lines && size < most.bytes) {
      const frame = frameAt(bytes, offset)
      if (frame.kind === 'end') break
      const id = this.#idOf(offset)
      if (frame.kind === 'damage') damaged.push({ id, line: frame.bytes })
      else {
        // One line goes alone, however long it is.
        if (lines.length > 0 && size + frame.line.length > most.bytes) break
        lines.push({ id, line: frame.line })
        size += frame.line.length
      }
      offset = frame.end
    }
    if (offset === at.offset) return undefined
    return { lines, damaged, end: { segment: at.segment, offset } }
  }

  /** What is committed of a segment; nothing where it is gone. What was read before is not read again. */
  #read(segment: number, committed: Cursor): Buffer {
    if (segment > committed.segment) return noBytes
    if (segment !== this.#segment) this.#begin(segment)
    if (!this.#isWhole) {
      const isOpen = segment === committed.segment
      this.#readTo(isOpen ? committed.offset : sizeOf(this.#folder, segment))
      this.#isWhole = !isOpen
    }
    return this.#bytes.subarray(0, this.#length)
  }

  #begin(segment: number): void {
    this.#segment = segment
    this.#bytes = noBytes
    this.#length = 0
    this.#isWhole = false
    const place = `${this.#id}:${segment}`
    this.#idStart = createHash('sha256')
      .update(place)
      .digest()
      .subarray(0, 12)
      .toString('base64url')
  }

  #readTo(length: number): void {
    if (length <= this.#length) return
    if (length > this.#bytes.length) {
      // Lines that are under way keep the old one.
      const larger = Buffer.allocUnsafe(Math.max(length, this.#bytes.length * 2, 65_536))
      this.#bytes.copy(larger, 0, 0, this.#length)
      this.#bytes = larger
    }
    let fd: number
    try {
      fd = openSync(segmentPath(this.#folder, this.#segment), 'r')
    } catch {
      return
    }
    try {
      while (this.#length < length) {
        const read = readSync(fd, this.#bytes, this.#length, length - this.#length, this.#length)
        if (read === 0) break
        this.#length += read
      }
    } finally {
      closeSync(fd)
    }
  }

  /**
   * By where the line stands, which nothing changes: it is sent under the same id after a crash. Ids of one segment begin alike, which
   * an index stores best.
   */
  #idOf(offset: number): string {
    return `${this.#idStart}-${offset.toString(36)}`
  }
}
