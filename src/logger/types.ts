import type pino from 'pino'
import type { AuditReceipt } from '../audit/types.js'
import type { LineLimits, LogFormat } from '../config/logger.js'
import type { ServiceOption } from '../config/resource.js'
import type { OutputOptions } from '../destinations/output-options.js'
import type { OutputHealth } from '../destinations/stdout.js'
import type { RedactOptions } from '../redaction/options.js'
import type { SecurityEventFields } from '../security/event-fields.js'
import type { SecurityEventName } from '../security/events.js'
import type { DomainSpans } from '../spans/domain-spans.js'
import type { Span, SpanOptions } from '../spans/types.js'
import type { AuditOption, AuditTrailHealth } from './audit-trail.js'
import type { FloodOptions } from './flood.js'
import type { BufferBelowOptions, LineBufferHealth } from './line-buffer.js'

/** At which levels spans write records. */
export interface SpanRecordOptions {
  /** Level of the record at a span's end; a failed span writes at `error`. @defaultValue 'info' */
  readonly level?: pino.LevelWithSilent
  /** Level of a record at a span's start; `'silent'` writes none. @defaultValue 'silent' */
  readonly startLevel?: pino.LevelWithSilent
}

/** pino's options, each with pino's meaning or refused by name, and seclog's own. */
export interface SecurityLoggerOptions<
  Levels extends string = never,
  UseOnlyCustomLevels extends boolean = boolean,
> extends Omit<pino.LoggerOptions<Levels, UseOnlyCustomLevels>, 'redact'> {
  /** @defaultValue `OTEL_SERVICE_NAME`, else `service.name` of `OTEL_RESOURCE_ATTRIBUTES`, else none */
  readonly service?: string | ServiceOption
  /** @defaultValue `LOG_FORMAT`, else `json` */
  readonly format?: LogFormat
  /**
   * More redaction on top of the default rules, or `false` for none at all. A list of paths, and pino's `{paths, censor, remove}`,
   * work as in pino.
   */
  readonly redact?: false | string[] | RedactOptions
  readonly limits?: LineLimits
  readonly spans?: SpanRecordOptions
  /**
   * The audit trail that every security event is kept in beside the line: options of `openAuditLog`, or a log that is open, which is
   * then not closed here. It is opened in the background; what comes before waits.
   */
  readonly audit?: AuditOption
  /**
   * `false` writes no lines of security events, and says so in one (`sys_monitor_disabled`). Alerts and the audit trail go on. No
   * level and no variable of the environment does the same.
   */
  readonly security?: false
  /**
   * Numbers the lines of the process, in the order in which they are handed over: `log.seq`, and `instance`, which names this run (in ECS
   * `event.sequence` and `service.ephemeral_id`). `seclog gaps` proves from them that none is missing. @defaultValue false
   */
  readonly sequence?: boolean
  /** Standard output while its reader does not keep up; the settings of the first logger that writes there hold. */
  readonly output?: OutputOptions
  /**
   * Lines below this level are held in memory by their trace, and written, with their own time and `buffered: true`, when the trace is
   * promoted: by a span that fails, a security event of WARN or CRITICAL, a slow span under a `securitySampler`, or `promote()`. Else
   * they vanish with it; outside of a span they are not written. The level of the logger must let them through.
   */
  readonly bufferBelow?: string | BufferBelowOptions
  /**
   * When records that are the same are counted instead of written: first they are written, then one record tells how many more
   * there were. `false`: never.
   */
  readonly flood?: false | FloodOptions
}

/** Counters of one logger and its children, since it was made. */
export interface LoggerHealth {
  /** Lines handed to the destination. */
  readonly lines: number
  /** Lines that could not be handed over. */
  readonly dropped: number
  /** Fields kept under `shadowed` because the logger owns their name. */
  readonly shadowed: number
  /** Values cut by a limit. */
  readonly truncated: number
  /** How often each redaction rule fired. */
  readonly redacted: Readonly<Record<string, number>>
  /** Faults of values, mixins, serializers, hooks and destinations that were contained. */
  readonly faults: number
  /** Records that were one too many of the same, and stand in the number of another one. */
  readonly heldBack: number
  /** Security events by name. */
  readonly events: Readonly<Record<string, number>>
  /** The audit trail, if there is one. */
  readonly audit?: AuditTrailHealth
  /** Standard output, where that is the destination. */
  readonly output?: OutputHealth
  /** What the destination says of itself, where it has a `health()`: see `DeliveryHealth` of `seclog/elasticsearch`. */
  readonly delivery?: Readonly<Record<string, unknown>>
  /** What `bufferBelow` holds, if it is on. */
  readonly buffered?: LineBufferHealth
}

/** A span that is not ambient: it ends by `end()`, by disposal or by an `AbortSignal`. */
export interface DetachedSpan<Levels extends string = never>
  extends Span,
    Disposable,
    AsyncDisposable {
  /** A child logger whose lines carry this span's ids, and whose spans are its children; in one of them, the ids of that one. */
  readonly log: SecurityLogger<Levels>
}

/** What a `SecurityLogger` has beyond pino. */
export interface SecurityLoggerMethods<Levels extends string = never>
  extends AsyncDisposable,
    DomainSpans {
  child<C extends string = never>(
    bindings: pino.Bindings,
    options?: pino.ChildLoggerOptions<C>,
  ): SecurityLogger<Levels | C>
  /** Runs `fn` in a span and writes one record of how it ended. */
  withSpan<T>(name: string, fn: (span: Span) => T): T
  withSpan<T>(name: string, options: SpanOptions, fn: (span: Span) => T): T
  /** Begins a span that is not ambient. */
  startSpan(name: string, options?: SpanOptions): DetachedSpan<Levels>
  /** Runs `fn`; every line written in its scope, by whichever logger, carries `fields`. */
  withFields<T>(fields: object, fn: () => T): T
  /**
   * Writes a security event: whatever the logger's level is, in a span or not, sampled or not. The active span gets an event of
   * that name.
   *
   * @param event - One of OWASP's vocabulary, or of those added by `defineSecurityEvents`.
   * @param fields - The event's arguments, and common fields by their names in ECS.
   * @param message - The line's message; the vocabulary's own by default.
   */
  security<E extends SecurityEventName>(
    event: E,
    fields?: SecurityEventFields<E>,
    message?: string,
  ): void
  /**
   * As `security`, and resolves when the record in the audit trail is durable: await it before an operation that must not happen
   * unseen. The only call of a logger that may reject.
   *
   * @throws SeclogError (a rejection) `SECLOG_AUDIT_MISSING` without the option `audit`; `SECLOG_AUDIT_UNWRITABLE`,
   *   `SECLOG_AUDIT_CLOSED`, `SECLOG_AUDIT_LOCKED`, `SECLOG_AUDIT_DAMAGED`
   */
  audit<E extends SecurityEventName>(
    event: E,
    fields?: SecurityEventFields<E>,
  ): Promise<AuditReceipt>
  /** Counters since this logger was made; children share them. */
  health(): LoggerHealth
  /**
   * Resolves when everything handed over so far is out, lines, audit records and the spans of `startTracing`, or after `timeoutMs` (3000 by
   * default). Never rejects. Await it at the end of each invocation where the process is frozen between them.
   */
  flushed(options?: { timeoutMs?: number }): Promise<void>
  /** Flushes, then closes a destination that this logger opened itself. Never rejects. */
  close(options?: { timeoutMs?: number }): Promise<void>
}

/** A pino logger: same symbols, children, levels and transports, so whatever takes a pino logger takes this. */
export type SecurityLogger<Levels extends string = never> = SecurityLoggerMethods<Levels> &
  pino.Logger<Levels>
