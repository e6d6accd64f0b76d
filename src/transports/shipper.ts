import { Backoff } from './backoff.js'
import type { BulkOutcome, ItemOutcome } from './bulk-answer.js'
import { bulkBody, documentOf } from './bulk-body.js'
import { BulkClient } from './bulk-client.js'
import { DeadLetters, type Refusal } from './dead-letters.js'
import type { DeliverySettings } from './options.js'
import type { DeliveryState, SharedCounts } from './shared-counts.js'
import { type Cursor, listSegments, readCursor, removeSegment, writeCursor } from './spool-files.js'
import { type Batch, type SpooledLine, SpoolReader } from './spool-reader.js'

type Sending = SpooledLine & { readonly document: Buffer }
type Refused = { readonly line: SpooledLine; readonly why: Refusal }

/** What the shipper has to say to the thread that logs. */
export type ShipperNews =
  | { readonly kind: 'state'; readonly state: DeliveryState; readonly reason: string }
  | { readonly kind: 'dropped'; readonly lines: number }
  | { readonly kind: 'fault'; readonly reason: string }
  | { readonly kind: 'done' }

/** An outage is worth a word from this try on: a single failure is none. */
const triesBeforeNews = 2
const busyMs = 50

/**
 * Takes lines from the spool to Elasticsearch. The cursor moves when the server has answered for each line before it, and a segment
 * goes after the cursor has left it: a crash at any moment sends lines again, under the ids that the server knows.
 */
export class Shipper {
  readonly #settings: DeliverySettings
  readonly #counts: SharedCounts
  readonly #reader: SpoolReader
  readonly #client: BulkClient
  readonly #letters: DeadLetters
  readonly #backoff: Backoff
  readonly #tell: (news: ShipperNews) => void
  #cursor: Cursor
  /** The segment whose lines are under way. */
  #sending: number | undefined
  #mostLines: number
  #unsaidDrops = 0
  #isClosing = false
  #isCursorLost = false
  #wake: (() => void) | undefined

  /** @param id - Of the spool. */
  constructor(
    settings: DeliverySettings,
    id: string,
    counts: SharedCounts,
    tell: (news: ShipperNews) => void,
  ) {
    this.#settings = settings
    this.#counts = counts
    this.#tell = tell
    this.#reader = new SpoolReader(settings.spool, id, counts)
    this.#client = new BulkClient(settings)
    this.#letters = new DeadLetters(settings.spool, settings.maxDeadLetterBytes)
    this.#backoff = new Backoff(settings.minDelay, settings.maxDelay)
    this.#mostLines = settings.batchLines
    this.#cursor = readCursor(settings.spool)
  }

  /** Ships until it is closed. */
  async run(): Promise<void> {
    this.#countFound()
    for (;;) {
      this.keepBounds()
      const batch = this.#next()
      if (batch === undefined) {
        this.#counts.set('oldest', 0)
        this.#dropRead()
        if (this.#isClosing) break
        await this.#idle()
        continue
      }
      this.#noteOldest(batch)
      if (!this.#isClosing && batch.lines.length < this.#settings.batchLines / 2)
        await this.#gather()
      const whole = this.#next()
      if (whole === undefined) continue
      this.#sending = whole.end.segment
      const isDone = await this.#deliver(whole)
      this.#sending = undefined
      if (!isDone) break
      this.#advance(whole.end)
    }
    this.#client.close()
    this.#tell({ kind: 'done' })
  }

  /** There are lines. */
  more(): void {
    this.#wake?.()
  }

  /** Ships what is there, if the server takes it at the first try, and ends. */
  close(): void {
    this.#isClosing = true
    this.#wake?.()
  }

  /** Removes the oldest segments while more waits on the disk than may, and counts their lines. */
  keepBounds(): void {
    const { maxBytes, spool, whenFull } = this.#settings
    if (whenFull !== 'drop-oldest') return
    while (this.#counts.get('bytes') > maxBytes) {
      const open = this.#counts.committed().segment
      const oldest = listSegments(spool).find(
        (segment) => segment >= this.#cursor.segment && segment < open && segment !== this.#sending,
      )
      if (oldest === undefined) return
      const from = oldest === this.#cursor.segment ? this.#cursor.offset : 0
      const lines = this.#reader.linesLeft({ segment: oldest, offset: from })
      if (!this.#remove(oldest)) return
      this.#counts.add('fullOnDisk', lines)
      this.#unsaidDrops += lines
    }
  }

  #next(): Batch | undefined {
    const { batchBytes, batchLines } = this.#settings
    return this.#reader.next(this.#cursor, { lines: batchLines, bytes: batchBytes })
  }

  /** Lines that an earlier process has left. */
  #countFound(): void {
    const { segment: open } = this.#counts.committed()
    let found = 0
    for (const segment of listSegments(this.#settings.spool)) {
      if (segment < this.#cursor.segment) this.#remove(segment)
      else if (segment < open) {
        const offset = segment === this.#cursor.segment ? this.#cursor.offset : 0
        found += this.#reader.linesLeft({ segment, offset })
      }
    }
    this.#counts.add('found', found)
  }

  /** @returns `false` when it is left for later, since this is the end. */
  async #deliver({ lines, damaged }: Batch): Promise<boolean> {
    const refused: Refused[] = damaged.map((line) => ({
      line,
      why: { status: 0, reason: 'the spool is damaged here' },
    }))
    this.#counts.add('corrupt', damaged.length)
    let left: Sending[] = []
    for (const line of lines) {
      const document = documentOf(line.line)
      if (document === undefined)
        refused.push({ line, why: { status: 0, reason: 'it is no JSON object in one line' } })
      else left.push({ ...line, document })
    }
    this.#mostLines = this.#settings.batchLines
    while (left.length > 0) {
      const now = left.slice(0, this.#mostLines)
      const outcome = await this.#client.send(bulkBody(now), now.length)
      const again = this.#settle(now, outcome, refused)
      left = [...again, ...left.slice(now.length)]
      if (left.length === 0 || again.length === 0) continue
      const isDivided = outcome.kind === 'divide'
      if (!isDivided && !(await this.#pause(outcome))) return false
    }
    return this.#bury(refused)
  }

  /** @returns The lines that have to be sent again. */
  #settle(sent: readonly Sending[], outcome: BulkOutcome, refused: Refused[]): readonly Sending[] {
    if (outcome.kind === 'answered') {
      const again = sent.filter((line, index) =>
        this.#settleLine(line, outcome.items[index], refused),
      )
      if (again.length < sent.length) this.#succeeded()
      return again
    }
    if (outcome.kind !== 'divide') return sent
    if (sent.length === 1) {
      refused.push({ line: sent[0] as Sending, why: outcome })
      return []
    }
    this.#mostLines = Math.ceil(sent.length / 2)
    return sent
  }

  /** Whether a line has to be sent again. */
  #settleLine(line: SpooledLine, item: ItemOutcome | undefined, refused: Refused[]): boolean {
    if (item === undefined || item.kind === 'retry') return true
    if (item.kind === 'dead') refused.push({ line, why: item })
    else this.#counts.add('delivered', 1)
    if (item.kind === 'known') this.#counts.add('duplicates', 1)
    return false
  }

  #succeeded(): void {
    this.#backoff.reset()
    this.#become('delivering', '')
    if (this.#unsaidDrops === 0) return
    this.#tell({ kind: 'dropped', lines: this.#unsaidDrops })
    this.#unsaidDrops = 0
  }

  /** Keeps what the server will never take; it is not passed over before that is on the disk. */
  async #bury(refused: readonly Refused[]): Promise<boolean> {
    if (refused.length === 0) return true
    for (;;) {
      try {
        const kept = this.#letters.keep(refused)
        this.#counts.add('dead', kept)
        this.#counts.add('deadDropped', refused.length - kept)
        return true
      } catch (error) {
        const reason = `dead letters cannot be written: ${(error as Error).message}`
        if (!(await this.#pause({ kind: 'retry', reason }))) return false
      }
    }
  }

  /** @returns `false` when there is no time for another try. */
  async #pause(outcome: BulkOutcome): Promise<boolean> {
    const reason = reasonOf(outcome)
    const pause = this.#backoff.next()
    if (outcome.kind === 'refused') this.#become('refused', reason)
    else if (this.#backoff.tries >= triesBeforeNews) this.#become('failing', reason)
    if (this.#isClosing) return false
    const afterMs = outcome.kind === 'retry' ? (outcome.afterMs ?? 0) : 0
    const until = performance.now() + Math.max(pause, afterMs)
    for (let left = until - performance.now(); left > 0; left = until - performance.now()) {
      if (this.#isClosing) return false
      this.keepBounds()
      await this.#sleep(Math.min(left, 1_000))
    }
    return true
  }

  #become(state: DeliveryState, reason: string): void {
    if (this.#counts.state === state) return
    const before = this.#counts.state
    this.#counts.state = state
    // That it works at all is no news.
    if (before !== 'idle' || state !== 'delivering') this.#tell({ kind: 'state', state, reason })
  }

  /**
   * Moves the cursor. A disk that is too full for that does not stop delivery, which is what frees it: a crash sends again what the
   * old cursor does not know of, and the server answers 409. A segment that is gone is passed over.
   */
  #advance(to: Cursor): void {
    this.#cursor = to
    try {
      writeCursor(this.#settings.spool, to)
      this.#isCursorLost = false
    } catch (error) {
      const reason = `the cursor cannot be written: ${(error as Error).message}`
      if (!this.#isCursorLost) this.#tell({ kind: 'fault', reason })
      this.#isCursorLost = true
    }
    const open = this.#counts.committed().segment
    for (const segment of listSegments(this.#settings.spool)) {
      if (segment > to.segment || segment >= open) break
      if (segment < to.segment || this.#reader.linesLeft(to) === 0) this.#remove(segment)
    }
  }

  /** Frees the disk of what is read to its end, though nothing came after it. */
  #dropRead(): void {
    const open = this.#counts.committed().segment
    for (const segment of listSegments(this.#settings.spool)) {
      if (segment < open && segment <= this.#cursor.segment) this.#remove(segment)
    }
  }

  #remove(segment: number): boolean {
    const size = removeSegment(this.#settings.spool, segment)
    this.#reader.forget(segment)
    this.#counts.add('bytes', -size)
    return size > 0
  }

  #noteOldest({ lines }: Batch): void {
    const text = lines[0]?.line.subarray(0, 400).toString('latin1') ?? ''
    const stamp = /"(?:@timestamp|time)":"?([^",}]+)/.exec(text)?.[1] ?? ''
    const time = /^\d+$/.test(stamp) ? Number(stamp) : Date.parse(stamp)
    this.#counts.set('oldest', Number.isFinite(time) ? time : Date.now())
  }

  /** Until the next line, or the moment to look at the bounds. */
  async #idle(): Promise<void> {
    this.#counts.sleep()
    // A line may have come before the flag stood.
    if (this.#next() !== undefined) return
    await this.#sleep(undefined)
  }

  /** Waits for more lines, so that a request is worth its while. */
  async #gather(): Promise<Batch | undefined> {
    const { batchLines, flushInterval } = this.#settings
    const until = performance.now() + flushInterval
    for (;;) {
      const batch = this.#next()
      const left = until - performance.now()
      if (left <= 0 || this.#isClosing || (batch?.lines.length ?? 0) >= batchLines / 2) return batch
      await this.#sleep(Math.min(left, busyMs))
    }
  }

  #sleep(ms: number | undefined): Promise<void> {
    return new Promise((resolve) => {
      const timer = ms === undefined ? undefined : setTimeout(done, ms)
      this.#wake = done
      function done(): void {
        clearTimeout(timer)
        resolve()
      }
    })
  }
}

function reasonOf(outcome: BulkOutcome): string {
  if (outcome.kind !== 'answered') return outcome.reason
  const retried = outcome.items.find((item) => item.kind === 'retry')
  return retried?.kind === 'retry' ? retried.reason : ''
}
