import { SeclogError } from '../errors.js'
import { createRedaction } from '../redaction/engine.js'
import type { Redaction } from '../redaction/types.js'
import { type Disk, nodeDisk } from './disk.js'
import { acquireLock } from './lock.js'
import { readAuditOptions } from './options.js'
import { openChain, tornPath } from './recover.js'
import type { AuditLog, AuditLogOptions } from './types.js'
import { AuditWriter } from './writer.js'

/** What the parts of the library, and tests, put in place of the usual. */
export interface AuditParts {
  readonly disk?: Disk
  /** A logger's own, so that both count as one. */
  readonly redaction?: Redaction
  readonly now?: () => number
}

const asyncDispose: symbol = Symbol.asyncDispose ?? Symbol.for('nodejs.asyncDispose')

/**
 * Opens an audit log, or begins one: a file of hash-linked lines with checkpoints whose keys are used once.
 *
 * @param options - See {@link AuditLogOptions}; a new log needs `rootKey` or `signer`.
 * @throws SeclogError (a rejection) `SECLOG_OPTION_INVALID`, `SECLOG_OPTION_CONFLICT`, `SECLOG_AUDIT_LOCKED` (another writer has it),
 *   `SECLOG_AUDIT_DAMAGED` (what was sealed is gone), `SECLOG_AUDIT_UNWRITABLE`
 *
 * @example
 * ```ts
 * const audit = await openAuditLog({ path: 'audit.log', rootKey, onCheckpoint: (checkpoint) => log.info({ checkpoint }) })
 * const { seq } = await audit.record('role_granted', { user: 'alice', role: 'admin' })
 * ```
 */
export function openAuditLog(options: AuditLogOptions): Promise<AuditLog> {
  return openAuditLogWith(options)
}

/** As {@link openAuditLog}, for the library's own parts. */
export async function openAuditLogWith(
  options: AuditLogOptions,
  parts: AuditParts = {},
): Promise<AuditLog> {
  const settings = readAuditOptions(options)
  const { disk = nodeDisk, now = Date.now, redaction = createRedaction(options.redact) } = parts
  try {
    const lock = acquireLock(settings.path)
    try {
      const { chain, fresh, recovery } = await openChain(options, settings, disk, now)
      await chain.settle()
      const restarted = fresh ? undefined : await chain.seal('recover', recovery)
      if (restarted !== undefined && recovery.torn !== undefined) {
        const aside = tornPath(settings.path)
        await disk.rename(aside, `${aside}.${restarted.seq}`)
      }
      const writer = new AuditWriter({ options, settings, chain, lock, redaction, now })
      return Object.defineProperty(writer, asyncDispose, { value: () => writer.close() }) as never
    } catch (error) {
      try {
        lock.release()
      } catch {
        // The first error is the one to tell of.
      }
      throw error
    }
  } catch (error) {
    if (error instanceof SeclogError) throw error
    const code = (error as { code?: unknown } | null)?.code ?? 'unknown'
    throw new SeclogError(
      'SECLOG_AUDIT_UNWRITABLE',
      `The audit log ${settings.path} could not be opened (${code}).`,
      { cause: error },
    )
  }
}
