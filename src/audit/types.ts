import type { RecordSink } from '../diagnostics.js'
import type { RedactOptions } from '../redaction/options.js'
import type { CheckpointReason } from './format.js'
import type { AuditPrivateKey } from './keys.js'

export type { CheckpointReason }

/** Where a chain stood: kept in another place, it shows a cut or rewritten log. */
export interface AuditAnchor {
  /** The chain. */
  readonly id: string
  /** Number of the line. */
  readonly seq: number
  /** SHA-256 over 0x00 and the line, in base64url. */
  readonly h: string
}

/** A checkpoint as it stands in the log. */
export interface AuditCheckpoint extends AuditAnchor {
  /** Checkpoints before it; -1 for the opening line. */
  readonly n: number
  readonly why: CheckpointReason | 'open'
  /** ISO 8601. */
  readonly time: string
  /** Public key of the checkpoint that follows, in base64url. */
  readonly next: string
}

/** What became of one record. */
export interface AuditReceipt {
  readonly id: string
  /** ISO 8601, of the call. */
  readonly time: string
  /** Number of its line, when it is written. */
  readonly seq?: number
  /** Hash of its line, when it is written. */
  readonly h?: string
  /** It stands in the file and survives the end of the process. */
  readonly written: boolean
  /** The disk has said that it holds it; never under `fsync: 'none'`. */
  readonly durable: boolean
}

/** When checkpoints are made. */
export interface AuditCheckpointOptions {
  /** After this many records. @defaultValue 256 */
  readonly records?: number
  /** This long after a record, in milliseconds. @defaultValue 1000 */
  readonly intervalMs?: number
  /** This long after the last one when nothing happens, in milliseconds. @defaultValue 30000 */
  readonly heartbeatMs?: number
}

export interface AuditLogOptions {
  /** The file being written; `.state`, `.lock`, `.torn` and rotated files stand beside it. */
  readonly path: string
  /** Signs the opening line of a new chain, and is not used again. One of `rootKey` and `signer` is needed then. */
  readonly rootKey?: AuditPrivateKey
  /** As `rootKey`, for keys that cannot leave where they are (a KMS): the Ed25519 signature of the given bytes. */
  readonly signer?: (bytes: Uint8Array) => Uint8Array | Promise<Uint8Array>
  /** Name of a new chain: 1 to 64 of `A-Z a-z 0-9 . _ : -`. @defaultValue a random one */
  readonly id?: string
  readonly checkpoint?: AuditCheckpointOptions
  /** Begin a new file when the present one has this many bytes. @defaultValue never */
  readonly rotate?: { readonly bytes: number }
  /**
   * When the disk is waited for: for each record, for all records of up to `groupMs` milliseconds (10 unless given, 50 at most), or
   * never. @defaultValue 'group'
   */
  readonly fsync?: 'always' | 'group' | 'none' | { readonly groupMs: number }
  /** `record()` rejects when the record could not be made durable. @defaultValue true, but under `fsync: 'none'` */
  readonly required?: boolean
  /** Called after each checkpoint is on disk; give it to other places. What it throws is contained and counted. */
  readonly onCheckpoint?: (checkpoint: AuditCheckpoint) => unknown
  /** What a logger takes as `redact`. */
  readonly redact?: false | readonly string[] | RedactOptions
  /** Where the log says that its disk fails or works again; else a warning of the process. */
  readonly log?: RecordSink
}

/** Counters since the log was opened. */
export interface AuditLogHealth {
  readonly id: string
  /** Records written. */
  readonly records: number
  readonly checkpoints: number
  /** Records written that no checkpoint seals yet. */
  readonly unsealed: number
  /** Records not written yet. */
  readonly waiting: number
  /** Records that never reached the file; the next checkpoint tells how many. */
  readonly lost: number
  /** Faults of the disk and of `onCheckpoint`. */
  readonly faults: number
  /** Why nothing can be written at present: the code that the system gave. */
  readonly failing?: string
  /** Since when, ISO 8601. */
  readonly failingSince?: string
}

/** One chain, being written. */
export interface AuditLog extends AsyncDisposable {
  readonly id: string
  /**
   * Appends a record. The fields are read and redacted before it returns; keys that are the log's own (`audit`, `ckpt`, `sig`,
   * `time`, `event`) are kept under `shadowed`.
   *
   * @throws SeclogError (a rejection) `SECLOG_AUDIT_UNWRITABLE` or `SECLOG_AUDIT_CLOSED`, if `required`
   */
  record(event: string, fields?: object): Promise<AuditReceipt>
  /** Seals what has been written so far; `undefined` when that is not possible now. Never rejects. */
  checkpoint(): Promise<AuditCheckpoint | undefined>
  /** Seals, and begins a new file; whether that was possible. Never rejects. */
  rotate(): Promise<boolean>
  health(): AuditLogHealth
  /** Writes what waits, seals, and gives up the lock. Never rejects. */
  close(): Promise<void>
}
