import type { AuditCheckpoint } from './types.js'

/** What a verification can come to, and what it means. */
export const auditCodes = {
  OK: 'Every line is as it was written, up to a checkpoint at the end.',
  OK_UNSEALED_TAIL:
    'As OK up to verifiedThrough; the records behind that are not signed by any checkpoint yet.',
  EMPTY: 'There is no line at all.',
  TORN: 'The last line of a file does not end.',
  MALFORMED:
    'A line is not strictly of the format: prefix, JSON, one of each key, UTF-8, base64url.',
  WRONG_CHAIN: 'A line is of another chain.',
  GAP: 'Lines are missing before this one.',
  REPLAY: 'A line with a number that was there before.',
  REOPENED: 'A second opening line.',
  CHAIN_BROKEN: 'A line does not follow the bytes of the line before it.',
  BAD_SIGNATURE:
    'A signature is not by the root key, or not by the key that was announced for this checkpoint.',
  CHECKPOINT_ORDER: 'A checkpoint is not the one whose turn it is.',
  TIME_REGRESSION: 'A checkpoint is older than the one before it.',
  CHECKPOINT_GAP: 'More time than the policy allows lies between two checkpoints.',
  FORKED: 'A line is not the one that was anchored.',
  TRUNCATED: 'The log ends before a line that was anchored.',
  STALE_END: 'The last checkpoint is too old for a log that is being written.',
  UNREADABLE: 'A file could not be read.',
  BAD_OPTIONS: 'The root key, an anchor or another option is malformed.',
} as const

export type AuditCode = keyof typeof auditCodes

/** What was found, and where: the first bad line, or the end. */
export interface AuditVerification {
  readonly code: AuditCode
  /** `code` is `OK`, and nothing else. */
  readonly ok: boolean
  /** A full sentence. */
  readonly message: string
  readonly id: string | undefined
  /** Number that the first bad line should have, or of the anchor that does not fit; of the last line, if there is none. */
  readonly seq: number
  /** Number of the last line that a good checkpoint seals; -1 if there is none. */
  readonly verifiedThrough: number
  /** Lines read behind that. */
  readonly unsealed: number
  /** The file of the first bad line, or the last one. */
  readonly file: string | undefined
  /** Its line, from 1; behind the last line where nothing in the files is bad by itself. */
  readonly line: number
  /** Where that line begins in its file, in bytes; the end of the last file where nothing in it is bad by itself. */
  readonly offset: number
  /** Good lines, checkpoints among them. */
  readonly lines: number
  readonly checkpoints: number
  /** Checkpoints that tell of a restart, a torn line, a loss or an outage: for a person to look at. */
  readonly recoveries: number
  /** The last good checkpoint. */
  readonly head: AuditCheckpoint | undefined
}

/**
 * The exit code of a command that verifies: 0 for `OK`, 3 for `OK_UNSEALED_TAIL`, 2 where it could not be verified
 * (`UNREADABLE`, `BAD_OPTIONS`), 1 for all else.
 */
export function auditExitCode(code: AuditCode): 0 | 1 | 2 | 3 {
  if (code === 'OK') return 0
  if (code === 'OK_UNSEALED_TAIL') return 3
  return code === 'UNREADABLE' || code === 'BAD_OPTIONS' ? 2 : 1
}
