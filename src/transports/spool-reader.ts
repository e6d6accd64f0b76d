import { Buffer } from 'node:buffer'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { countFrames, frameAt } from './frames.js'
import type { SharedCounts } from './shared-counts.js'
import { type Cursor, listSegments, segmentPath } from './spool-files.js'

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

/** The end of the spool that is read from. */
export class SpoolReader {
  readonly #folder: string
  readonly #id: string
  readonly #counts: SharedCounts
  #segment = -1
  #bytes: Buffer | undefined

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
    if (segment !== this.#segment) return
    this.#segment = -1
    this.#bytes = undefined
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
      const id = this.#idOf(at.segment, offset)
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

  /** What is committed of a segment; nothing where it is gone. */
  #read(segment: number, committed: Cursor): Buffer {
    const isOpen = segment >= committed.segment
    // A segment that is closed stays as it is, so it is read once.
    if (!isOpen && this.#segment === segment && this.#bytes !== undefined) return this.#bytes
    let bytes: Buffer
    try {
      bytes = readFileSync(segmentPath(this.#folder, segment))
    } catch {
      return noBytes
    }
    if (isOpen) bytes = bytes.subarray(0, segment > committed.segment ? 0 : committed.offset)
    this.#segment = isOpen ? -1 : segment
    this.#bytes = isOpen ? undefined : bytes
    return bytes
  }

  /** By where the line stands, which nothing changes: it is sent under the same id after a crash. */
  #idOf(segment: number, offset: number): string {
    const place = `${this.#id}:${segment}:${offset}`
    return createHash('sha256').update(place).digest().subarray(0, 16).toString('base64url')
  }
}

const noBytes = Buffer.alloc(0)
