/** Identity of a span, as W3C Trace Context and OpenTelemetry define it. */
export interface SpanIdentity {
  /** 32 lower-case hex digits, not all zero. */
  readonly traceId: string
  /** 16 lower-case hex digits, not all zero. */
  readonly spanId: string
  /** Bit 0: sampled. */
  readonly traceFlags: number
}

/** The spans with a logger of their own that a span was begun under, innermost first. It leads to no span, so it keeps none. */
export interface Lineage {
  readonly outer: Lineage | undefined
  readonly depth: number
}

/** The least that is asked of a span to be the active one: OpenTelemetry's spans have it, and ours. */
export interface ContextSpan {
  spanContext(): SpanIdentity
  isRecording(): boolean
  /** Where a trace is restarted instead of continued: the span outside that the first spans of the new one link to. */
  readonly restartedFrom?: SpanIdentity
  /** Of our own spans that were begun under one with a logger of its own. */
  readonly lineage?: Lineage | undefined
}
