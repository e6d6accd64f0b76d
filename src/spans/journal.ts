import { readTrace } from '../context/active.js'
import type { ContextSpan } from '../context/scope.js'
import type { RecordLevel, RecordSink } from '../diagnostics.js'
import { type PlainAttributes, plainAttributes } from './attributes.js'
import type { OpenSpan } from './open-spans.js'
import { epochOf } from './times.js'
import type { SpanAttributes, SpanKind, SpanLink, SpanStatus, TimeInput } from './types.js'
import type { PlainValue } from './values.js'

/** Where a span's records go, and at which levels; `silent` writes none. */
export interface SpanRecorder {
  readonly sink: RecordSink
  /** Level of the record at the end; a failed span's is `error`. */
  readonly level: RecordLevel | 'silent'
  /** Level of the record at the start. */
  readonly startLevel: RecordLevel | 'silent'
  /** The parent of spans that are begun with this recorder outside of it: that of the logger, if it is bound to one. */
  readonly bound?: ContextSpan | undefined
}

export interface SpanEvent {
  readonly name: string
  /** Epoch milliseconds. */
  readonly time: number
  readonly attributes?: PlainAttributes
}

export interface RecordedLink {
  readonly traceId: string
  readonly spanId: string
  readonly attributes?: PlainAttributes
}

/** OpenTelemetry's default limit for attributes, events and links of one span. */
const most = 128

/**
 * What a span's records say about it. Only spans with a recorder have one: without, nothing is kept.
 *
 * Values are safe to hold and to write, and not redacted: that is up to the logger that writes them.
 */
export class SpanJournal {
  readonly recorder: SpanRecorder
  readonly kind: SpanKind
  /** Epoch milliseconds. */
  readonly startedAt: number
  name: string
  status: SpanStatus | undefined
  attributes: Map<string, PlainValue> | undefined
  events: SpanEvent[] | undefined
  links: RecordedLink[] | undefined
  /** The first exception that no other span of the trace has recorded. */
  exception: { readonly error: unknown } | undefined
  /** Its place among the spans that are stated at the exit. */
  open: OpenSpan | undefined
  dropped = 0
  readonly #started: number
  readonly #ownClock: boolean

  constructor(recorder: SpanRecorder, name: string, kind: SpanKind, startTime?: TimeInput) {
    this.recorder = recorder
    this.name = name
    this.kind = kind
    this.startedAt = epochOf(startTime)
    this.#ownClock = startTime === undefined
    this.#started = performance.now()
  }

  /** Milliseconds until `endTime` or now, from the monotonic clock unless the caller gave a time. */
  duration(endTime?: TimeInput): number {
    const elapsed =
      endTime === undefined && this.#ownClock
        ? performance.now() - this.#started
        : epochOf(endTime) - this.startedAt
    return Math.max(0, Math.round(elapsed * 1000) / 1000)
  }

  setAttribute(key: string, value: PlainValue): void {
    this.attributes ??= new Map()
    if (this.attributes.size < most || this.attributes.has(key)) this.attributes.set(key, value)
    else this.dropped += 1
  }

  addEvent(
    name: string,
    attributes: SpanAttributes | undefined,
    time: TimeInput | undefined,
  ): void {
    this.events ??= []
    if (this.events.length >= most) this.dropped += 1
    else this.events.push(withAttributes({ name, time: epochOf(time) }, attributes))
  }

  addLink(link: SpanLink): void {
    const trace = readTrace({ spanContext: () => link.context })
    if (trace === undefined) return
    this.links ??= []
    const { traceId, spanId } = trace
    if (this.links.length >= most) this.dropped += 1
    else this.links.push(withAttributes({ traceId, spanId }, link.attributes))
  }
}

function withAttributes<T extends object>(
  base: T,
  attributes: SpanAttributes | undefined,
): T & { attributes?: PlainAttributes } {
  if (attributes === undefined) return base
  const plain = plainAttributes(attributes)
  return Object.keys(plain).length === 0 ? base : { ...base, attributes: plain }
}
