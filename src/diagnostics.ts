import process from 'node:process'

/** The levels at which the library itself writes records. */
export type RecordLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal'

/** The ids that a record is written under, where they are not those of the active span. */
export interface RecordTrace {
  readonly traceId: string
  readonly spanId: string
  readonly traceFlags: number
}

/** Where spans, tracing and security events put their records; a logger is one. Never throws. */
export interface RecordSink {
  write(
    level: RecordLevel,
    fields: Readonly<Record<string, unknown>>,
    message: string,
    trace?: RecordTrace,
  ): void
  /** Whether a record of this level would be written; every one is, where a sink does not say. */
  enabled?(level: RecordLevel): boolean
  /** Counts a fault that was contained. */
  fault?(): void
}

const said = new Set<string>()
const mostTopics = 1_000

/**
 * Says something about the library's own state once per topic and process, as a `SeclogWarning`.
 *
 * @param topic - What it is about; the same topic is said once.
 * @param message - A full sentence. The caller has truncated and masked whatever came from outside.
 */
export function warnOnce(topic: string, message: string): void {
  if (said.has(topic) || said.size >= mostTopics) return
  said.add(topic)
  process.emitWarning(message, { type: 'SeclogWarning', code: 'SECLOG_WARNING' })
}
