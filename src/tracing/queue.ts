import type { BatchOptions } from '../config/tracing.js'
import type { Redaction } from '../redaction/types.js'
import type { Ledger } from './ledger.js'
import type { ReadableSpan } from './redact-span.js'
import { redactOrDrop } from './redacting-processor.js'
import { errorText, type Sender, type SendResult } from './sender.js'
import type { SpanProcessor } from './types.js'

/** Runs a function under no span and with tracing suppressed, so that an export traces nothing. */
export type Outside = (fn: () => void) => void

/** What the queues of one pipeline share. */
export interface QueueSurroundings {
  readonly ledger: Ledger
  readonly batch: Required<BatchOptions>
  readonly redaction: Redaction
  readonly outside: Outside
}

const sampledFlag = 1

/**
 * The batching span processor.
 *
 * OpenTelemetry's own drops without counting, resolves a flush before the batch on its way has arrived, and cannot give up
 * a request at a deadline; this one counts every span exactly, and nothing of it keeps the process alive.
 */
export class BatchQueue implements SpanProcessor {
  readonly #sender: Sender
  readonly #ledger: Ledger
  readonly #batch: Required<BatchOptions>
  readonly #redaction: Redaction
  readonly #outside: Outside
  readonly #abort = new AbortController()
  #waiting: ReadableSpan[] = []
  #timer: NodeJS.Timeout | undefined
  #urgent = false
  #pumping: Promise<void> | undefined
  #closed = false

  constructor(sender: Sender, { ledger, batch, redaction, outside }: QueueSurroundings) {
    this.#sender = sender
    this.#ledger = ledger
    this.#batch = batch
    this.#redaction = redaction
    this.#outside = outside
  }

  onStart(): void {}

  onEnd(span: ReadableSpan): void {
    if ((span.spanContext().traceFlags & sampledFlag) === 0) return
    this.#ledger.made()
    const lost = this.#whyLost()
    if (lost !== undefined) {
      this.#ledger.lost(this.#sender.target, 1, lost)
      return
    }
    this.#waiting.push(span)
    this.#arm()
  }

  /** Resolves when every span that has ended by now is exported or lost. */
  async forceFlush(): Promise<void> {
    await this.#pump(true)
  }

  /** Exports what is left as long as the sender gets it through. What is left after that is lost. */
  async shutdown(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    this.#sender.hurry()
    await this.#pump(true)
    await this.abandon('the receiver was away at shutdown')
  }

  /** Gives up what is on its way and what waits, at once: all of it is counted a microtask later. */
  async abandon(why: string): Promise<void> {
    this.#closed = true
    if (this.#abort.signal.aborted) return
    clearTimeout(this.#timer)
    this.#ledger.lost(this.#sender.target, this.#waiting.splice(0).length, why)
    this.#abort.abort(why)
    await this.#pumping
    await this.#sender.close()
  }

  #whyLost(): string | undefined {
    if (this.#closed) return 'ended after the shutdown'
    return this.#waiting.length < this.#batch.queueSize ? undefined : 'the queue was full'
  }

  #arm(): void {
    const full = this.#waiting.length >= this.#batch.batchSize
    if (this.#pumping !== undefined || this.#urgent || (this.#timer !== undefined && !full)) return
    clearTimeout(this.#timer)
    this.#urgent = full
    this.#timer = setTimeout(() => void this.#pump(false), full ? 0 : this.#batch.delayMs)
    this.#timer.unref()
  }

  /** Sends batch after batch, one at a time, until nothing waits or the receiver is away. */
  async #pump(all: boolean): Promise<void> {
    if (this.#pumping !== undefined) {
      await this.#pumping
      if (!all) return
    }
    this.#pumping ??= this.#sendWaiting().finally(() => {
      this.#pumping = undefined
      if (!this.#closed && this.#waiting.length > 0) this.#arm()
    })
    await this.#pumping
  }

  async #sendWaiting(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#urgent = false
    // What ends while this runs waits for the next round: a flush must come to an end.
    let left = this.#waiting.length
    while (left > 0 && this.#waiting.length > 0) {
      const ended = this.#waiting.splice(0, Math.min(this.#batch.batchSize, left))
      left -= ended.length
      const spans = this.#redact(ended)
      if (spans.length === 0) continue
      const result = await this.#send(spans)
      this.#ledger.settled(this.#sender.target, result)
      if (this.#closed && result.exported === 0) return
    }
  }

  #redact(ended: readonly ReadableSpan[]): readonly ReadableSpan[] {
    const spans = ended.flatMap((span) => redactOrDrop(span, this.#redaction) ?? [])
    this.#ledger.lost(this.#sender.target, ended.length - spans.length, 'a span cannot be read')
    return spans
  }

  #send(spans: readonly ReadableSpan[]): Promise<SendResult> {
    return new Promise((resolve) => {
      const signal = this.#abort.signal
      const settle = (result: SendResult): void => {
        signal.removeEventListener('abort', giveUp)
        resolve(result)
      }
      const fail = (error: unknown): void =>
        settle({ exported: 0, dropped: spans.length, error: errorText(error) })
      const giveUp = (): void => fail(signal.reason)
      signal.addEventListener('abort', giveUp)
      try {
        this.#outside(() => {
          this.#sender.send(spans, signal).then(settle, fail)
        })
      } catch (error) {
        fail(error)
      }
    })
  }
}
