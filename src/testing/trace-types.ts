import type { LogRecord } from './log-lines.js'

/** How a span ended: OpenTelemetry's three states. */
export type TraceStatus = 'unset' | 'ok' | 'error'

/** An error as a log line holds it. */
export interface TraceError {
  readonly type?: string
  readonly message?: string
  readonly stack?: string
}

/** A log line that belongs to a trace. */
export interface TraceLine {
  readonly traceId: string
  readonly message: string
  /** The fields that the caller gave: without those that the logger owns. */
  readonly fields: LogRecord
  /** The whole parsed line. */
  readonly record: LogRecord
  readonly spanId?: string
  readonly service?: string
  readonly level?: string
  /** Epoch milliseconds. */
  readonly timeMs?: number
  readonly error?: TraceError
  /** The name of the event, if the line is a security event. */
  readonly securityEvent?: string
}

/** A span as its log lines tell it. */
export interface TraceNode {
  readonly spanId: string
  /** Empty when no record names the span: only lines written inside it were seen. */
  readonly name: string
  /** What was seen: its end, only its start, or only lines written inside it. */
  readonly seen: 'end' | 'start' | 'lines'
  readonly status: TraceStatus
  readonly attributes: LogRecord
  readonly parentSpanId?: string
  readonly kind?: string
  readonly service?: string
  /** Epoch milliseconds, by the clock of the host that wrote it. */
  readonly startMs?: number
  readonly durationMs?: number
  /** Its own error; absent when the error was recorded by a span below it. */
  readonly error?: TraceError
  readonly statusMessage?: string
  /** How it ended, if not by its work being done: `abandoned` or `never_started`, say. */
  readonly outcome?: string
  /** The whole parsed line that the above is from: of its end, or else of its start. */
  readonly record?: LogRecord
  /** The other lines written in this span, in the order they came in. */
  readonly lines: readonly TraceLine[]
  /** In the order they began. */
  readonly children: readonly TraceNode[]
}

/** What the lines of a trace do not tell, or tell in contradiction. */
export type TraceProblem =
  /** The parent is named but nothing else of it was seen: another system's span, or lost lines. */
  | { readonly kind: 'orphan'; readonly spanId: string; readonly parentSpanId: string }
  /** A start record without an end record. */
  | { readonly kind: 'unended'; readonly spanId: string }
  /** Lines were written in it, but no record names it. */
  | { readonly kind: 'unrecorded'; readonly spanId: string }
  /** More than one end record; the first counts. */
  | { readonly kind: 'repeated'; readonly spanId: string; readonly times: number }
  /** It is its own ancestor; shown as a root. */
  | { readonly kind: 'cycle'; readonly spanId: string }
  /** It began, in another service, before its parent did: their clocks differ by at least so much. */
  | { readonly kind: 'skew'; readonly spanId: string; readonly byMs: number }

/** One trace. */
export interface TraceTree {
  readonly traceId: string
  readonly roots: readonly TraceNode[]
  /** The services that wrote to it, in the order they were seen. */
  readonly services: readonly string[]
  readonly spanCount: number
  /** Spans that ended in error. */
  readonly errorCount: number
  /** Lines of the trace that belong to no span. */
  readonly lines: readonly TraceLine[]
  readonly problems: readonly TraceProblem[]
  /** When the earliest span or line began; epoch milliseconds. */
  readonly startMs?: number
  /** From there to the latest end. */
  readonly durationMs?: number
}
