import { activeTrace } from './active.js'

/** The names that OpenTelemetry gives to trace context in log records. */
export interface TraceFields {
  readonly trace_id: string
  readonly span_id: string
  /** Two lower-case hex digits. */
  readonly trace_flags: string
}

/**
 * A pino mixin that gives correlation alone to an existing logger: the ids of the active span, or nothing outside one.
 *
 * @see https://opentelemetry.io/docs/specs/otel/compatibility/logging_trace_context/
 * @example
 * const logger = pino({ mixin: traceMixin })
 */
export function traceMixin(): TraceFields | Record<string, never> {
  const trace = activeTrace()
  if (trace === undefined) return {}
  return {
    trace_id: trace.traceId,
    span_id: trace.spanId,
    trace_flags: formatTraceFlags(trace.traceFlags),
  }
}

/** Trace flags as two lower-case hex digits. */
export function formatTraceFlags(flags: number): string {
  return (flags & 0xff).toString(16).padStart(2, '0')
}
