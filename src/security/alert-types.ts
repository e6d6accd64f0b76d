import type { SecurityLevel } from './vocabulary.js'

/** A security event as it was written: the line's record, after redaction. */
export interface WrittenEvent {
  /** The event's name. */
  readonly event: string
  readonly level: SecurityLevel
  /** The line, parsed: what it holds is redacted. */
  readonly record: Readonly<Record<string, unknown>>
}

/** What a handler is told. */
export interface SecurityAlert extends WrittenEvent {
  /** The value of the rule's `by` that the events have in common; absent where the rule has none. */
  readonly key?: string
  /** How many events it took, this one the last of them. */
  readonly count: number
  /** Milliseconds that they were counted in; absent for a rule that counts nothing. */
  readonly withinMs?: number
}

/** Does something about an alert; what it throws or rejects with is contained and counted. */
export type AlertHandler = (alert: SecurityAlert) => unknown
