import type { TracesExporter, TracingConfig, TracingSettings } from '../config/tracing.js'
import type { RecordSink } from '../diagnostics.js'
import type { RedactOptions } from '../redaction/options.js'

/** Structural twins of OpenTelemetry's SDK types: published types must not need an optional peer. */

/** OpenTelemetry's `SpanExporter`. */
export interface SpanExporter {
  export(spans: readonly unknown[], done: (result: { code: number; error?: Error }) => void): void
  shutdown(): Promise<void>
  forceFlush?(): Promise<void>
}

/** OpenTelemetry's `SpanProcessor`. */
export interface SpanProcessor {
  onStart(span: unknown, parentContext: unknown): void
  onEnd(span: unknown): void
  forceFlush(): Promise<void>
  shutdown(): Promise<void>
}

/** OpenTelemetry's `Sampler`. */
export interface SpanSampler {
  shouldSample(...args: unknown[]): unknown
  toString(): string
}

/** OpenTelemetry's `Instrumentation`. */
export interface Instrumentation {
  readonly instrumentationName?: string
  setTracerProvider(provider: never): void
  getConfig(): { enabled?: boolean }
  enable(): void
  disable(): void
}

/** A logger as far as tracing needs it: pino's own shape. */
export interface TracingLogger {
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
}

/** What {@link startTracing} may be given. Every setting has a default; the environment's standard variables are read too. */
export interface TracingOptions extends TracingSettings {
  /**
   * By name, or exporters of your own, each with a queue of its own.
   *
   * @defaultValue `OTEL_TRACES_EXPORTER`, else `'otlp'`; none when `spanProcessors` are given and no exporter or endpoint
   */
  readonly exporter?: TracesExporter | SpanExporter | readonly SpanExporter[]
  /** Span processors of your own. They run after the built-in ones and are flushed and shut down with them. */
  readonly spanProcessors?: readonly SpanProcessor[]
  /**
   * Instrumentations of OpenTelemetry, switched on with the provider and off with it; `'auto'` for all of
   * `@opentelemetry/auto-instrumentations-node`, as `OTEL_NODE_ENABLED_INSTRUMENTATIONS` and
   * `OTEL_NODE_DISABLED_INSTRUMENTATIONS` say.
   *
   * @defaultValue none
   */
  readonly instrumentations?: 'auto' | readonly (Instrumentation | readonly Instrumentation[])[]
  /**
   * Redaction of everything that leaves the process, as the option `redact` of a logger; `false` turns it off.
   *
   * @defaultValue the default rules
   */
  readonly redact?: false | readonly string[] | RedactOptions
  /** A sampler of your own, used as it is instead of `ratio`. */
  readonly sampler?: SpanSampler
  /** Where tracing says what changes about it: a logger. @defaultValue a warning of the process, once per topic */
  readonly log?: RecordSink | TracingLogger
  /**
   * Modules of OpenTelemetry by package name, used instead of importing them: for bundles of one file.
   *
   * @defaultValue each is imported when it is needed
   */
  readonly packages?: Readonly<Record<string, object>>
}

/** What became of the spans, in numbers. `made = exported + dropped + queued`, at any time, over all exporters. */
export interface TracingHealth {
  readonly state: 'working' | 'degraded'
  /** Sampled spans that ended, counted once per exporter. */
  readonly made: number
  /** Spans that a receiver has accepted. */
  readonly exported: number
  /** Spans that are lost: refused by a receiver, timed out, or without room in the queue. */
  readonly dropped: number
  /** Spans that wait or are on their way. */
  readonly queued: number
  /** ISO 8601 time since which nothing gets through; not there while the state is `working`. */
  readonly failingSince?: string
  /** What went wrong last, redacted; stays after a recovery. */
  readonly lastError?: string
}

/** Tracing as it was started, or why it was not. */
export interface Tracing {
  /** `external`: the app registered a provider of its own, which is left alone. */
  readonly mode: 'exporting' | 'log-only' | 'external' | 'disabled'
  /** Why the mode is not `exporting`. */
  readonly reason?: string
  health(): TracingHealth
  /** The resolved configuration, frozen, secrets masked. */
  describe(): TracingConfig
  /** Resolves when every span ended so far is exported or lost, or after `timeoutMs` (3000 by default). Never rejects. */
  flush(timeoutMs?: number): Promise<void>
  /**
   * Exports what is left, then gives up the rest and everything that was registered; settles after `timeoutMs` (3000 by
   * default) whatever the receiver does. Never rejects; what was lost is in `health()`, and said in the log.
   */
  shutdown(timeoutMs?: number): Promise<void>
}
