import { generateKeyPairSync } from 'node:crypto'
import { SeclogError } from '../errors.js'
import type { ChainRules } from './chain-verifier.js'
import { idPattern, key43 } from './format.js'
import { type AuditPublicKey, readPublicKey } from './keys.js'
import type { AuditAnchor, AuditCheckpoint } from './types.js'

export interface VerifyAuditLogOptions {
  /** Whose signature the opening line has to have; from a place that the host of the log cannot write to. */
  readonly rootPublicKey: AuditPublicKey
  /** Checkpoints that were kept in other places: those of this chain have to be in the log. */
  readonly anchors?: Iterable<AuditAnchor>
  /** When a log that should be being written is verified: its last checkpoint may not be older than `maxGapMs` then. */
  readonly now?: Date | string | number
  /** The chain it has to be. @defaultValue that of the anchors if they are all of one, else any */
  readonly id?: string
  /** Longest time between two checkpoints, in milliseconds: twice the log's `heartbeatMs`. @defaultValue 60000 */
  readonly maxGapMs?: number
  /** The last checkpoint before the first file, where older files were deleted: trusted as it is. */
  readonly start?: AuditCheckpoint
}

/** What a log is held against. */
export interface VerifyRules extends ChainRules {
  /** The highest number of an anchor; -1 if there is none. */
  readonly lastAnchor: number
  /** Milliseconds since the epoch; NaN where the clock is not asked. */
  readonly now: number
}

const hash = new RegExp(`^${key43}$`)

/** Rules that no log fulfils, to tell of malformed ones with. */
export function unfulfillableRules(): VerifyRules {
  const rootKey = generateKeyPairSync('ed25519').publicKey
  const anchors = new Map<number, string>()
  const nothing = { id: undefined, start: undefined, now: Number.NaN }
  return { ...nothing, rootKey, anchors, lastAnchor: -1, maxGapMs: 0 }
}

/** @throws SeclogError `SECLOG_OPTION_INVALID` */
export function readVerifyOptions(options: VerifyAuditLogOptions): VerifyRules {
  const { maxGapMs = 60_000, now, start } = options
  const rootKey = readPublicKey(options.rootPublicKey)
  if (!(maxGapMs > 0)) refuse('maxGapMs must be a number of milliseconds above 0.')
  if (start !== undefined) checkStart(start)
  const given = [...(options.anchors ?? [])]
  for (const anchor of given) checkAnchor(anchor)
  const ids = new Set(given.map(({ id }) => id))
  const id = options.id ?? start?.id ?? (ids.size === 1 ? given[0]?.id : undefined)
  if (id === undefined && ids.size > 1)
    refuse('The anchors are of several chains: say which one this is by id.')
  const own = given.filter((anchor) => anchor.id === id)
  if (given.length > 0 && own.length === 0) refuse(`No anchor is of the chain ${id}.`)
  const anchors = new Map<number, string>()
  let lastAnchor = -1
  for (const { seq, h } of own) {
    const other = anchors.get(seq)
    // Two anchors that contradict each other cannot both be fulfilled: any line differs from this one.
    anchors.set(seq, other === undefined || other === h ? h : '')
    lastAnchor = Math.max(lastAnchor, seq)
  }
  const at = now === undefined ? Number.NaN : new Date(now).getTime()
  if (now !== undefined && Number.isNaN(at)) refuse('now must be a point in time.')
  return { rootKey, id, anchors, lastAnchor, maxGapMs, start, now: at }
}

function checkAnchor({ id, seq, h }: AuditAnchor): void {
  if (idPattern.test(id) && Number.isSafeInteger(seq) && seq >= 0 && hash.test(h)) return
  refuse('An anchor must hold the id, seq and h of a checkpoint.')
}

function checkStart(start: AuditCheckpoint): void {
  checkAnchor(start)
  const { n, time, next } = start
  if (Number.isSafeInteger(n) && hash.test(next) && !Number.isNaN(Date.parse(time))) return
  refuse('start must be a checkpoint as onCheckpoint was given it.')
}

function refuse(message: string): never {
  throw new SeclogError('SECLOG_OPTION_INVALID', message)
}
