import type { Canaries } from './canaries.js'

/** What the probe is told, as JSON in its argument. */
export interface ProbeTask {
  /** Path of the module that exports the logger; none for one of the environment's making. */
  readonly logger: string | undefined
  readonly canaries: Canaries
}

/** What was logged in one step, and what came out. */
export interface ProbeStep {
  readonly name: string
  readonly lines: readonly string[]
  /** What the call threw: it never should. */
  readonly threw?: string
}

/** What the probe found. */
export interface ProbeReport {
  readonly kind: 'seclog' | 'pino'
  /** Name of the export that is the logger. */
  readonly exported: string
  readonly level: string
  /** Where its lines go. */
  readonly destination: string
  /** Version of the API with which a tracer provider is registered. */
  readonly provider: string | undefined
  /** The ids of the span in which the step `in a span` was logged. */
  readonly ids: { readonly traceId: string; readonly spanId: string } | undefined
  /** The names that have a serializer of the user's. */
  readonly serializers: readonly string[]
  readonly steps: readonly ProbeStep[]
}

/** What the probe sends, once. */
export type ProbeMessage = { readonly report: ProbeReport } | { readonly failure: string }

/** The part of a pino logger that is used here. */
export interface ProbedLogger {
  level: string
  child(bindings: object): ProbedLogger
  info(...args: unknown[]): void
  error(...args: unknown[]): void
  [key: symbol]: unknown
}
