import { createSpanId } from '../context/ids.js'
import { BaseSpan } from './base-span.js'
import type { SpanJournal } from './journal.js'
import type { SpanContext, TraceState } from './types.js'

/** A span without OpenTelemetry: real ids, and nothing but the records that it writes. */
export class LogOnlySpan extends BaseSpan {
  readonly traceId: string
  readonly spanId: string
  readonly traceFlags: number
  readonly traceState: TraceState | undefined
  private context: SpanContext | undefined = undefined

  /** @param trace - What the span takes over from its parent, or a new trace. */
  constructor(
    trace: { readonly traceId: string; readonly traceFlags: number },
    parentSpanId: string | undefined,
    journal?: SpanJournal,
    traceState?: TraceState,
  ) {
    super(parentSpanId, journal)
    this.traceId = trace.traceId
    this.spanId = createSpanId()
    this.traceFlags = trace.traceFlags
    this.traceState = traceState
  }

  spanContext(): SpanContext {
    const { traceId, spanId, traceFlags, traceState } = this
    this.context ??=
      traceState === undefined
        ? { traceId, spanId, traceFlags }
        : { traceId, spanId, traceFlags, traceState }
    return this.context
  }
}
