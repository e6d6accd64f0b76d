import { createRedaction } from './engine.js'
import type { RedactOptions } from './options.js'
import { serializeValue } from './serialize.js'
import type { KeyVerdict, Redaction } from './types.js'

/** The redactor of one set of rules, for exits other than the logger's own. */
export interface Redactor {
  /** The text with everything masked that a rule, a pattern or a registered secret matches. Never throws. */
  text(text: string): string
  /** A copy of any value as a log line would show it: plain data, redacted, bounded by the default limits. Never throws. */
  value(value: unknown): unknown
  /** What the name of a key says about the values under it; `undefined` when they stay. */
  key(name: string): KeyVerdict | undefined
  /** How often each rule fired since the redactor was made; no matched text is kept. */
  counts(): Readonly<Record<string, number>>
}

/**
 * Makes a redactor from the options that a logger takes as `redact`.
 *
 * @param options - Default rules when left out; `false` switches everything off.
 * @throws SeclogError `SECLOG_REDACT_INVALID`
 *
 * @example
 * ```ts
 * const redactor = createRedactor()
 * redactor.text('GET /reset?token=9f8e7d6c5b4a39281706f5e4') // 'GET /reset?token=[Redacted]'
 * ```
 */
export function createRedactor(options: false | readonly string[] | RedactOptions = {}): Redactor {
  const redaction: Redaction = createRedaction(options)
  return {
    text: (text) => redaction.text(text),
    value: (value) => JSON.parse(serializeValue(value, redaction)),
    key: (name) => redaction.key(name),
    counts: () => ({ ...redaction.counts }),
  }
}
