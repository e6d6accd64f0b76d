import { Backoff } from './backoff.js'
import type { BulkOutcome, ItemOutcome } from './bulk-answer.js'
import { bulkBody, documentOf } from './bulk-body.js'
import { BulkClient } from './bulk-client.js'
import { DeadLetters, type Refusal } from './dead-letters.js'
import type { DeliverySettings } from './options.js'
import type { DeliveryState, SharedCounts } from './shared-counts.js'
import type { Batch, SpooledLine } from './spool-reader.js'
import { SpoolTail } from './spool-tail.js'

type Sending = SpooledLine & { readonly document: Buffer }
type Refused = { readonly line: SpooledLine; readonly why: Refusal }

/** What the shipper has to say to the thread that logs. */
export type ShipperNews =
  | { readonly kind: 'state'; readonly state: DeliveryState; readonly reason: string }
  | { readonly kind: 'dropped'; readonly lines: number }
  | { readonly kind: 'fault'; readonly reason: string }

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
  readonly #tail: SpoolTail
  readonly #client: BulkClient
  readonly #letters: DeadLetters
  readonly #backoff: Backoff
  readonly #tell: (news: ShipperNews) => void
  #mostLines: number
  #isClosing = false
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
    this.#tail = new SpoolTail(settings, id, counts, (reason) => tell({ kind: 'fault', reason }))
    this.#client = new BulkClient(settings)
    this.#letters = new DeadLetters(settings.spool, settings.maxDeadLetterBytes)
    this.#backoff = new Backoff(settings.minDelay, settings.maxDelay)
    this.#mostLines = settings.batchLines
  }

  /** Ships until it is closed. */
  async run(): Promise<void> {
    this.#tail.countFound()
    for (;;) {
      this.#tail.keepBounds()
      const batch = this.#tail.next()
      if (batch === undefined) {
        this.#counts.set('oldest', 0)
        this.#tail.dropRead()
        if (this.#isClosing) break
        await this.#idle()
        continue
      }
      this.#noteOldest(batch)
      if (!this.#isClosing && batch.lines.length < this.#settings.batchLines / 2)
        await this.#gather()
      const whole = this.#tail.next()
      if (whole === undefined) continue
      this.#tail.sending = whole.end.segment
      const isDone = await this.#deliver(whole)
      this.#tail.sending = undefined
      if (!isDone) break
      this.#tail.advance(whole.end)
    }
    this.#client.close()
  }

  /** Sees to it that no more waits on the disk than may. */
  keepBounds(): void {
    this.#tail.keepBounds()
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
    const lines = this.#tail.takeDrops()
    if (lines > 0) this.#tell({ kind: 'dropped', lines })
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
      this.#tail.keepBounds()
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
    if (this.#tail.next() !== undefined) return
    await this.#sleep(undefined)
  }

  /** Waits for more lines, so that a request is worth its while. */
  async #gather(): Promise<Batch | undefined> {
    const { batchLines, flushInterval } = this.#settings
    const until = performance.now() + flushInterval
    for (;;) {
      const batch = this.#tail.next()
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
