export { auditLogFiles } from './files.js'
export type { AuditPrivateKey, AuditPublicKey } from './keys.js'
export { openAuditLog } from './open.js'
export type {
  AuditAnchor,
  AuditCheckpoint,
  AuditCheckpointOptions,
  AuditLog,
  AuditLogHealth,
  AuditLogOptions,
  AuditReceipt,
  CheckpointReason,
} from './types.js'
export {
  type AuditCode,
  type AuditVerification,
  auditCodes,
  auditExitCode,
} from './verification.js'
export { verifyAuditLog } from './verify.js'
export type { VerifyAuditLogOptions } from './verify-options.js'
