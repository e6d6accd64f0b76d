/** Structural twins of OpenTelemetry's API types: published types must not need an optional peer. */

/** A value that a span attribute may have. Anything else is made safe first. */
export type SpanAttributeValue =
  | string
  | number
  | boolean
  | readonly (string | null | undefined)[]
  | readonly (number | null | undefined)[]
  | readonly (boolean | null | undefined)[]

/** Attributes as callers give them: values that OpenTelemetry cannot hold are made safe, not dropped. */
export type SpanAttributes = Readonly<Record<string, unknown>>

export type SpanKind = 'internal' | 'server' | 'client' | 'producer' | 'consumer'

/** A moment: epoch milliseconds (below 10^10: `performance.now()`), a `Date`, or OpenTelemetry's `[seconds, nanoseconds]`. */
export type TimeInput = number | Date | [number, number]

export interface SpanContext {
  traceId: string
  spanId: string
  traceFlags: number
  isRemote?: boolean
  traceState?: TraceState
}

/** OpenTelemetry's `TraceState`, structurally. */
export interface TraceState {
  set(key: string, value: string): TraceState
  unset(key: string): TraceState
  get(key: string): string | undefined
  serialize(): string
}

export interface SpanLink {
  readonly context: SpanContext
  readonly attributes?: SpanAttributes
}

export interface SpanStatus {
  /** 0 unset, 1 ok, 2 error: OpenTelemetry's `SpanStatusCode`. */
  code: 0 | 1 | 2
  message?: string
}

export interface SpanOptions {
  /** @defaultValue 'internal' */
  readonly kind?: SpanKind
  readonly attributes?: SpanAttributes
  readonly links?: readonly SpanLink[]
  /** @defaultValue now */
  readonly startTime?: TimeInput
  /** Begin a new trace whatever is active. @defaultValue false */
  readonly root?: boolean
  /** The span to be a child of, instead of the active one. */
  readonly parent?: { spanContext(): SpanContext }
  /** Ends the span, as an error of type `AbortError`, when it fires before the span has ended. */
  readonly signal?: AbortSignal
}

/**
 * A span: assignable to OpenTelemetry's `Span` interface, whether OpenTelemetry is there or not.
 *
 * Whatever is put into it passes the redactor before an exporter or a log line sees it.
 */
export interface Span {
  spanContext(): SpanContext
  setAttribute(key: string, value: unknown): this
  setAttributes(attributes: SpanAttributes): this
  addEvent(
    name: string,
    attributesOrStartTime?: SpanAttributes | TimeInput,
    startTime?: TimeInput,
  ): this
  addLink(link: SpanLink): this
  addLinks(links: SpanLink[]): this
  setStatus(status: SpanStatus): this
  updateName(name: string): this
  end(endTime?: TimeInput): void
  isRecording(): boolean
  recordException(exception: unknown, time?: TimeInput): void
}
