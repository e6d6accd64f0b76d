import { readAuditOptions } from '../audit/options.js'
import type { AuditLog, AuditLogHealth, AuditLogOptions, AuditReceipt } from '../audit/types.js'
import type { RecordSink } from '../diagnostics.js'
import { SeclogError } from '../errors.js'
import type { Redaction } from '../redaction/types.js'

/** What a logger takes as `audit`: how to open a log, or one that is open. */
export type AuditOption = AuditLogOptions | AuditLog

/** How a logger's audit trail stands. */
export interface AuditTrailHealth extends Partial<AuditLogHealth> {
  readonly state: 'opening' | 'open' | 'failed' | 'closed'
  /** Records that never reached the file. */
  readonly lost: number
}

/** Records that may wait for a log that is being opened. */
const mostWaiting = 10_000
/** How long after a failure a log is opened anew, by the next record. */
const retryMs = 1_000

/** The audit log of a logger and its children: opened in the background, and again when that fails. */
export class AuditTrail {
  readonly #options: AuditLogOptions | undefined
  readonly #redaction: Redaction
  /** The library's own voice. */
  readonly #sink: RecordSink
  #log: AuditLog | undefined
  #opening: Promise<AuditLog> | undefined
  #failedAt = Number.NEGATIVE_INFINITY
  #failure: unknown
  #isClosed = false
  #waiting = 0
  #lost = 0

  /** @throws SeclogError `SECLOG_OPTION_INVALID`, `SECLOG_OPTION_CONFLICT` */
  constructor(option: AuditOption, redaction: Redaction, sink: RecordSink) {
    this.#redaction = redaction
    this.#sink = sink
    if (isAuditLog(option)) this.#log = option
    else {
      checkOptions(option)
      this.#options = { log: sink, ...option }
      // What fails is said, and told to the records that wait.
      this.#open().catch(() => {})
    }
  }

  /**
   * Appends a record.
   *
   * @throws SeclogError (a rejection) what `openAuditLog` and `AuditLog.record` reject with
   */
  async record(event: string, fields: object): Promise<AuditReceipt> {
    if (this.#isClosed) throw this.#refused('SECLOG_AUDIT_CLOSED', 'The audit log is closed.')
    if (this.#log === undefined && this.#waiting >= mostWaiting) {
      throw this.#refused('SECLOG_AUDIT_UNWRITABLE', 'Too many audit records wait.')
    }
    this.#waiting++
    try {
      const log = this.#log ?? (await this.#opened())
      return await log.record(event, fields)
    } finally {
      this.#waiting--
      if (this.#waiting === 0) this.#settled?.()
    }
  }

  #settled: (() => void) | undefined

  /** Resolves when no record waits any more, or after `timeoutMs`. */
  settle(timeoutMs: number): Promise<void> {
    if (this.#waiting === 0) return Promise.resolve()
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, timeoutMs)
      const before = this.#settled
      this.#settled = () => {
        clearTimeout(timer)
        this.#settled = undefined
        before?.()
        resolve()
      }
    })
  }

  /** Closes a log that was opened here, within `timeoutMs`. Never rejects. */
  async close(timeoutMs: number): Promise<void> {
    await this.settle(timeoutMs)
    if (this.#isClosed || this.#options === undefined) return
    this.#isClosed = true
    await Promise.race([this.#closed(), deadline(timeoutMs)])
  }

  health(): AuditTrailHealth {
    const own = this.#log?.health()
    return { ...own, state: this.#state(), lost: this.#lost + (own?.lost ?? 0) }
  }

  #state(): AuditTrailHealth['state'] {
    if (this.#isClosed) return 'closed'
    if (this.#log !== undefined) return 'open'
    return this.#opening === undefined ? 'failed' : 'opening'
  }

  async #opened(): Promise<AuditLog> {
    try {
      return await this.#open()
    } catch (error) {
      this.#lost++
      throw error
    }
  }

  #open(): Promise<AuditLog> {
    if (this.#opening !== undefined) return this.#opening
    if (performance.now() - this.#failedAt < retryMs) return Promise.reject(this.#failure)
    const opening = openLater(this.#options as AuditLogOptions, this.#redaction)
    this.#opening = opening
    opening.then(
      (log) => {
        this.#log = log
      },
      (error: unknown) => this.#failed(error),
    )
    return opening
  }

  #failed(error: unknown): void {
    const isFirst = this.#failure === undefined
    this.#failure = error
    this.#failedAt = performance.now()
    this.#opening = undefined
    if (isFirst) {
      this.#sink.write('error', { err: error }, 'The audit log cannot be opened: records are lost')
    }
  }

  async #closed(): Promise<void> {
    try {
      const log = this.#log ?? (await this.#opening)
      await log?.close()
    } catch {
      // Said when it failed.
    }
  }

  #refused(code: 'SECLOG_AUDIT_CLOSED' | 'SECLOG_AUDIT_UNWRITABLE', message: string): SeclogError {
    this.#lost++
    return new SeclogError(code, message)
  }
}

/** The part that a logger without an audit trail never loads. */
async function openLater(options: AuditLogOptions, redaction: Redaction): Promise<AuditLog> {
  const { openAuditLogWith } = await import('../audit/open.js')
  return openAuditLogWith(options, options.redact === undefined ? { redaction } : {})
}

function isAuditLog(option: AuditOption): option is AuditLog {
  return typeof (option as Partial<AuditLog> | null)?.record === 'function'
}

function checkOptions(option: AuditLogOptions): void {
  if (typeof option === 'object' && option !== null) {
    readAuditOptions(option)
    return
  }
  throw new SeclogError(
    'SECLOG_OPTION_INVALID',
    'The option audit must be an object with the options of openAuditLog, or an open audit log.',
  )
}

function deadline(timeoutMs: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, timeoutMs).unref()
  })
}
