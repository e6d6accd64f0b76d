import type { DeliverySettings } from './options.js'
import type { SharedCounts } from './shared-counts.js'
import { type Cursor, listSegments, readCursor, removeSegment, writeCursor } from './spool-files.js'
import { type Batch, SpoolReader } from './spool-reader.js'

/**
 * The end of the spool that is taken from: which lines come next, and which segments can go. The cursor moves past what is dealt with, and
 * a segment goes after it, so that a crash at any moment costs nothing.
 */
export class SpoolTail {
  readonly #settings: DeliverySettings
  readonly #counts: SharedCounts
  readonly #reader: SpoolReader
  readonly #fault: (reason: string) => void
  #cursor: Cursor
  #isCursorLost = false
  #drops = 0
  /** The segment whose lines are under way: it stays, however much waits. */
  sending: number | undefined

  /**
   * @param id - Of the spool.
   * @param fault - Told when the cursor cannot be written any more.
   */
  constructor(
    settings: DeliverySettings,
    id: string,
    counts: SharedCounts,
    fault: (reason: string) => void,
  ) {
    this.#settings = settings
    this.#counts = counts
    this.#fault = fault
    this.#reader = new SpoolReader(settings.spool, id, counts)
    this.#cursor = readCursor(settings.spool)
  }

  /** The lines behind the cursor; `undefined` when there are none. */
  next(): Batch | undefined {
    const { batchBytes, batchLines } = this.#settings
    return this.#reader.next(this.#cursor, { lines: batchLines, bytes: batchBytes })
  }

  /**
   * Moves the cursor. A disk that is too full for that does not stop delivery, which is what frees it: a crash sends again what the
   * old cursor does not know of, and the server answers 409. A segment that is gone is passed over.
   */
  advance(to: Cursor): void {
    this.#cursor = to
    try {
      writeCursor(this.#settings.spool, to)
      this.#isCursorLost = false
    } catch (error) {
      if (!this.#isCursorLost) {
        this.#fault(`the cursor cannot be written: ${(error as Error).message}`)
      }
      this.#isCursorLost = true
    }
    this.dropRead()
  }

  /** Removes what is read to its end, and nothing is added to any more. */
  dropRead(): void {
    const open = this.#counts.committed().segment
    const { segment: current } = this.#cursor
    for (const segment of listSegments(this.#settings.spool)) {
      if (segment > current || segment >= open) break
      if (segment < current || this.#reader.linesLeft(this.#cursor) === 0) this.#remove(segment)
    }
  }

  /** Counts the lines that an earlier process has left. */
  countFound(): void {
    this.dropRead()
    const open = this.#counts.committed().segment
    const segments = listSegments(this.#settings.spool).filter((segment) => segment < open)
    this.#counts.add(
      'found',
      segments.reduce((sum, segment) => sum + this.#linesOf(segment), 0),
    )
  }

  /** Removes the oldest segments while more waits on the disk than may, and counts their lines. */
  keepBounds(): void {
    const { maxBytes, spool, whenFull } = this.#settings
    if (whenFull !== 'drop-oldest') return
    while (this.#counts.get('bytes') > maxBytes) {
      const open = this.#counts.committed().segment
      const oldest = listSegments(spool).find(
        (segment) => segment >= this.#cursor.segment && segment < open && segment !== this.sending,
      )
      if (oldest === undefined) return
      const lines = this.#linesOf(oldest)
      if (!this.#remove(oldest)) return
      this.#counts.add('fullOnDisk', lines)
      this.#drops += lines
    }
  }

  /** How many lines were dropped since this was last asked. */
  takeDrops(): number {
    const drops = this.#drops
    this.#drops = 0
    return drops
  }

  /** Lines of a segment that are behind the cursor. */
  #linesOf(segment: number): number {
    const offset = segment === this.#cursor.segment ? this.#cursor.offset : 0
    return this.#reader.linesLeft({ segment, offset })
  }

  #remove(segment: number): boolean {
    const size = removeSegment(this.#settings.spool, segment)
    this.#reader.forget(segment)
    this.#counts.add('bytes', -size)
    return size > 0
  }
}
