import { SeclogError } from '../errors.js'
import { idPattern } from './format.js'
import type { AuditLogOptions } from './types.js'

/** Options of a log as they hold. */
export interface AuditSettings {
  readonly path: string
  readonly records: number
  readonly intervalMs: number
  readonly heartbeatMs: number
  readonly rotateBytes: number
  readonly fsync: 'always' | 'group' | 'none'
  readonly groupMs: number
  readonly required: boolean
}

/** @throws SeclogError `SECLOG_OPTION_INVALID`, `SECLOG_OPTION_CONFLICT` */
export function readAuditOptions(options: AuditLogOptions): AuditSettings {
  const { path, id, rootKey, signer, checkpoint = {}, rotate, onCheckpoint } = options
  if (typeof path !== 'string' || path === '') refuse('path must name the file of the audit log.')
  if (id !== undefined && !idPattern.test(id))
    refuse('id must have 1 to 64 of the characters A-Z a-z 0-9 . _ : -')
  if (signer !== undefined && typeof signer !== 'function') refuse('signer must be a function.')
  if (onCheckpoint !== undefined && typeof onCheckpoint !== 'function')
    refuse('onCheckpoint must be a function.')
  if (rootKey !== undefined && signer !== undefined)
    conflict('Of rootKey and signer only one can sign.')
  const { fsync, groupMs } = readFsync(options.fsync)
  const required = options.required ?? fsync !== 'none'
  if (required && fsync === 'none')
    conflict("A record cannot be required to be durable under fsync: 'none'.")
  return Object.freeze({
    path,
    records: whole('checkpoint.records', checkpoint.records ?? 256, 1, 1_000_000),
    intervalMs: whole('checkpoint.intervalMs', checkpoint.intervalMs ?? 1000, 1, 86_400_000),
    heartbeatMs: whole('checkpoint.heartbeatMs', checkpoint.heartbeatMs ?? 30_000, 1, 86_400_000),
    rotateBytes:
      rotate === undefined
        ? Number.POSITIVE_INFINITY
        : whole('rotate.bytes', rotate.bytes, 1024, 2 ** 48),
    fsync,
    groupMs,
    required,
  })
}

function readFsync(fsync: AuditLogOptions['fsync'] = 'group'): {
  fsync: AuditSettings['fsync']
  groupMs: number
} {
  if (fsync === 'always' || fsync === 'none') return { fsync, groupMs: 0 }
  if (fsync === 'group') return { fsync, groupMs: 10 }
  if (typeof fsync === 'object' && fsync !== null)
    return { fsync: 'group', groupMs: whole('fsync.groupMs', fsync.groupMs, 0, 50) }
  return refuse("fsync must be 'always', 'group', 'none' or { groupMs }.")
}

function whole(name: string, value: number, least: number, most: number): number {
  if (Number.isSafeInteger(value) && value >= least && value <= most) return value
  return refuse(`${name} must be a whole number from ${least} to ${most}.`)
}

function refuse(message: string): never {
  throw new SeclogError('SECLOG_OPTION_INVALID', message)
}

function conflict(message: string): never {
  throw new SeclogError('SECLOG_OPTION_CONFLICT', message)
}
