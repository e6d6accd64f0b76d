import { SeclogError } from '../errors.js'
import { type ProcessLock, takeLock } from '../process-lock.js'

/**
 * The right to write a chain.
 *
 * @throws SeclogError `SECLOG_AUDIT_LOCKED`
 */
export function acquireLock(logPath: string): ProcessLock {
  const path = `${logPath}.lock`
  const taken = takeLock(path)
  if (!('heldBy' in taken)) return taken
  const { heldBy } = taken
  const by = heldBy === undefined ? 'Another process' : `Process ${heldBy.pid} on ${heldBy.host}`
  throw new SeclogError(
    'SECLOG_AUDIT_LOCKED',
    `${by} holds ${path}: two writers cannot write one chain, each needs a path of its own.`,
  )
}
