/** Every code that a {@link SeclogError} can carry, with what it means. Codes are stable; a retired one is never reused. */
export const errorCodes = {
  SECLOG_OPTION_INVALID: 'An option has a value of the wrong type or out of range.',
  SECLOG_OPTION_UNSUPPORTED: 'A pino option that the chosen format cannot honour.',
  SECLOG_OPTION_CONFLICT: 'Two options contradict each other.',
  SECLOG_PINO_INCOMPATIBLE: 'The installed pino lacks an internal symbol that seclog builds on.',
  SECLOG_REDACT_INVALID: 'A redaction rule, path or censor is malformed.',
  SECLOG_CALLBACK_MISSING: 'A scope was asked for without the function to run in it.',
  SECLOG_SECRET_WEAK: 'A registered secret is too short or too common to be masked safely.',
  SECLOG_EVENT_INVALID:
    'A security event is defined with a malformed name, level, category or type.',
  SECLOG_EVENT_TAKEN: 'A security event is defined that exists already.',
  SECLOG_AUDIT_LOCKED: 'Another writer holds the audit log.',
  SECLOG_AUDIT_DAMAGED: 'An audit log lacks what was sealed, or the state to continue it.',
  SECLOG_AUDIT_UNWRITABLE: 'An audit record could not be made durable.',
  SECLOG_AUDIT_MISSING:
    'log.audit() was called on a logger that was made without the option audit.',
  SECLOG_AUDIT_CLOSED: 'An audit record came after the log was closed.',
  SECLOG_SPOOL_LOCKED: 'Another process holds the folder in which lines wait for Elasticsearch.',
  SECLOG_SPOOL_UNUSABLE: 'The folder in which lines wait for Elasticsearch cannot be used.',
} as const

export type SeclogErrorCode = keyof typeof errorCodes

const brand = Symbol.for('seclog.error')

/**
 * What a caller did wrong, thrown at construction time only, or by a scope without a function to run: a log call never
 * throws. An audit record that could not be made durable is the one exception: its promise is rejected with such an error.
 *
 * `instanceof SeclogError` holds across copies of the package (an ESM and a CommonJS one, say).
 */
export class SeclogError extends Error {
  /** One of {@link errorCodes}; stable across releases. */
  readonly code: SeclogErrorCode
  /** @internal */
  readonly [brand] = true

  constructor(code: SeclogErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.name = 'SeclogError'
    this.code = code
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    return typeof value === 'object' && value !== null && brand in value
  }
}
