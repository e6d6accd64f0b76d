import { BoundedTraces, type TraceBounds } from '../context/bounded-traces.js'
import {
  endTrace,
  type PromotionReason,
  promoteTrace,
  type TraceKeeper,
} from '../context/promotion.js'
import type { ReadableSpan } from './redact-span.js'
import type { SpanProcessor } from './types.js'

/** What became of spans that the ratio left out. */
export interface PromotionHealth {
  /** Traces that were kept all the same, by reason. */
  readonly promoted: Readonly<Record<PromotionReason, number>>
  /** Traces of which something is held. */
  readonly traces: number
  /** Roughly, of all that is held. */
  readonly bytes: number
  /** Spans that went before their trace was over, for want of room or by their age: it could not have been exported whole. */
  readonly dropped: number
}

export interface PromotionSettings {
  readonly errors: boolean
  readonly events: boolean
  readonly slowMs: number
  readonly bounds: TraceBounds
}

/** The parts of a span that the SDK keeps to itself. */
interface LiveSpan extends Omit<ReadableSpan, 'spanContext' | 'attributes'> {
  spanContext(): { readonly traceId: string; traceFlags: number }
  readonly attributes: Record<string, unknown>
}

const sampledFlag = 1
const error = 2

/** Holds the spans that are recorded and not sampled, until their trace is promoted or over. */
export class PromotionBuffer implements TraceKeeper {
  readonly #settings: PromotionSettings
  readonly #ended: BoundedTraces<LiveSpan>
  /** Spans that have not ended yet, by trace. */
  readonly #live = new Map<string, Set<LiveSpan>>()
  readonly #promoted: Record<PromotionReason, number> = { error: 0, event: 0, slow: 0, asked: 0 }
  #dropped = 0
  #next: readonly SpanProcessor[] = []

  constructor(settings: PromotionSettings) {
    this.#settings = settings
    this.#ended = new BoundedTraces(settings.bounds, (spans) => {
      this.#dropped += spans.length
    })
  }

  isPromoted(traceId: string): boolean {
    return this.#ended.isPromoted(traceId)
  }

  health(): PromotionHealth {
    return {
      promoted: { ...this.#promoted },
      traces: this.#ended.traces,
      bytes: this.#ended.bytes,
      dropped: this.#dropped,
    }
  }

  /** The processor that stands before those that export. */
  before(next: readonly SpanProcessor[]): SpanProcessor {
    this.#next = next
    return {
      onStart: (span, context) => this.#onStart(span as LiveSpan, context),
      onEnd: (span) => this.#onEnd(span as LiveSpan),
      forceFlush: async () => {
        await Promise.all(next.map((processor) => processor.forceFlush()))
      },
      shutdown: async () => {
        await Promise.all(next.map((processor) => processor.shutdown()))
      },
    }
  }

  promote(traceId: string, reason: PromotionReason): void {
    if (reason === 'event' && !this.#settings.events) return
    if (reason === 'error' && !this.#settings.errors) return
    if (this.#ended.isPromoted(traceId)) return
    const live = this.#live.get(traceId)
    const ended = this.#ended.promote(traceId)
    if (live === undefined && ended.length === 0) return
    this.#promoted[reason]++
    for (const span of live ?? []) markSampled(span, reason)
    for (const span of ended) {
      markSampled(span, reason)
      this.#pass(span)
    }
  }

  end(traceId: string): void {
    this.#ended.forget(traceId)
  }

  #onStart(span: LiveSpan, context: unknown): void {
    for (const processor of this.#next) processor.onStart(span, context)
    if (isSampled(span)) return
    const { traceId } = span.spanContext()
    const live = this.#live.get(traceId)
    if (live === undefined) this.#live.set(traceId, new Set([span]))
    else live.add(span)
  }

  #onEnd(span: LiveSpan): void {
    const { traceId } = span.spanContext()
    const live = this.#live.get(traceId)
    live?.delete(span)
    if (live?.size === 0) this.#live.delete(traceId)
    const reason = this.#reasonOf(span)
    if (isSampled(span)) this.#pass(span)
    else if (this.#ended.isPromoted(traceId)) {
      markSampled(span, reason ?? 'asked')
      this.#pass(span)
    } else {
      this.#ended.add(traceId, span, sizeOf(span))
      // Told to all keepers, this one among them: lines may be held of the trace, too.
      if (reason !== undefined) promoteTrace(traceId, reason)
      else if (isLocalRoot(span)) endTrace(traceId)
    }
  }

  #pass(span: LiveSpan): void {
    for (const processor of this.#next) processor.onEnd(span)
  }

  #reasonOf(span: LiveSpan): PromotionReason | undefined {
    if (this.#settings.errors && span.status.code === error) return 'error'
    const [seconds, nanoseconds] = span.duration
    return seconds * 1_000 + nanoseconds / 1e6 >= this.#settings.slowMs ? 'slow' : undefined
  }
}

function isSampled(span: LiveSpan): boolean {
  return (span.spanContext().traceFlags & sampledFlag) !== 0
}

/** In both generations a span's context and attributes are its own objects; who asks for the flag from now on is told the truth. */
function markSampled(span: LiveSpan, reason: PromotionReason): void {
  span.spanContext().traceFlags |= sampledFlag
  span.attributes['sampling.probability'] = 1
  span.attributes['sampling.reason'] = reason
}

/** Without a parent, or with one in another process. */
function isLocalRoot(span: LiveSpan): boolean {
  const parent = span.parentSpanContext as { readonly isRemote?: boolean } | undefined
  return parent === undefined || parent.isRemote === true
}

/** What a span takes in memory, roughly. */
function sizeOf({ name, attributes, events, links }: LiveSpan): number {
  let size = 600 + name.length * 2 + links.length * 200
  for (const [key, value] of Object.entries(attributes)) size += 32 + key.length + lengthOf(value)
  for (const event of events) {
    size += 120 + event.name.length
    for (const value of Object.values(event.attributes ?? {})) size += 32 + lengthOf(value)
  }
  return size
}

function lengthOf(value: unknown): number {
  if (typeof value === 'string') return value.length * 2
  return Array.isArray(value) ? value.reduce((sum: number, item) => sum + lengthOf(item), 16) : 16
}
