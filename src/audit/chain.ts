import type { KeyObject } from 'node:crypto'
import type { Disk } from './disk.js'
import { type CheckpointReason, leafHash, linePrefix, withSignature } from './format.js'
import { newCheckpointKey, publicText, signLine } from './keys.js'
import type { LogFile } from './log-file.js'
import type { AuditSettings } from './options.js'
import { type ChainState, writeState } from './state.js'
import type { AuditCheckpoint } from './types.js'

/** What a `recover` checkpoint tells of. */
export interface Recovery {
  /** A last line that did not end, or lines that did not follow, moved aside at a restart. */
  readonly torn?: { readonly bytes: number; readonly sha256: string }
  /** Records that never reached the file. */
  readonly lost?: number
  /** Milliseconds in which no checkpoint could be made. */
  readonly gap?: number
}

/** Pauses that are shorter are nothing to tell of, however often the heart beats, in milliseconds. */
const shortestPause = 10_000

/** What the next checkpoint has to tell: records that were lost, or that none could be made for too long. */
export function recoveryOf(
  chain: Chain,
  settings: AuditSettings,
  lost: number,
): Recovery | undefined {
  const gap = chain.elapsed()
  const paused = gap > Math.max(2 * settings.heartbeatMs, 2 * settings.intervalMs, shortestPause)
  if (lost === 0 && !paused) return undefined
  return { ...(lost === 0 ? {} : { lost }), ...(paused ? { gap } : {}) }
}

interface Pending {
  readonly line: Buffer
  readonly head: AuditCheckpoint
  readonly recovery: Recovery
}

const lineFeed = Buffer.from('\n')

/** Appends lines to a chain and seals them. One call at a time; each rejects with what the disk says, and nothing is half done then. */
export class Chain {
  readonly id: string
  head: AuditCheckpoint
  /** Number of the next line. */
  seq: number
  private prev: string
  private key: KeyObject
  /** A checkpoint whose key is gone already, because the state is written first: its line has to be the next one. */
  private pending: Pending | undefined
  /** Told of each checkpoint that stands in the file. */
  onSealed: (head: AuditCheckpoint, recovery: Recovery) => void = () => undefined
  private readonly settings: AuditSettings
  private readonly disk: Disk
  private readonly file: LogFile
  private readonly now: () => number

  /** @param state - What was written before `file` is continued; `tail`: the lines behind its checkpoint that stand already. */
  constructor(
    settings: AuditSettings,
    disk: Disk,
    file: LogFile,
    state: ChainState,
    now: () => number,
  ) {
    this.settings = settings
    this.disk = disk
    this.file = file
    this.now = now
    this.id = state.head.id
    this.head = state.head
    this.seq = state.head.seq + 1
    this.prev = state.head.h
    this.key = state.key
  }

  get unsealed(): number {
    return this.seq - 1 - this.head.seq
  }

  get size(): number {
    return this.file.size
  }

  /** The lines that stand behind the last checkpoint already. */
  resume(seq: number, prev: string): void {
    this.seq = seq
    this.prev = prev
  }

  /** Milliseconds since the last checkpoint, by the clock that checkpoints tell. */
  elapsed(): number {
    return this.now() - Date.parse(this.head.time)
  }

  /** @returns Number and hash of each line. */
  async append(bodies: readonly string[]): Promise<readonly { seq: number; h: string }[]> {
    await this.settle()
    const places: { seq: number; h: string }[] = []
    const pieces: Buffer[] = []
    let { seq, prev } = this
    for (const body of bodies) {
      const line = Buffer.from(`${linePrefix(this.id, seq, prev)}${body}}`)
      prev = leafHash(line)
      places.push({ seq, h: prev })
      pieces.push(line, lineFeed)
      seq++
    }
    await this.file.append(Buffer.concat(pieces))
    this.seq = seq
    this.prev = prev
    return places
  }

  async seal(why: CheckpointReason, recovery: Recovery = {}): Promise<AuditCheckpoint> {
    await this.settle()
    const nextKey = newCheckpointKey()
    const next = publicText(nextKey)
    // A clock that was set back stands still until it has caught up.
    const at = Math.max(this.now(), Date.parse(this.head.time))
    const time = new Date(at).toISOString()
    const n = this.head.n + 1
    const ckpt = JSON.stringify({ time, n, why, next, ...(why === 'recover' ? recovery : {}) })
    const text = `${linePrefix(this.id, this.seq, this.prev, 'ckpt')},"ckpt":${ckpt}`
    const beforeTail = Buffer.from(text)
    const line = withSignature(beforeTail, signLine(beforeTail, this.key))
    const head = { id: this.id, seq: this.seq, h: leafHash(line), n, why, time, next }
    const end = this.file.size + line.length + 1
    const state = { head, line, end, first: this.file.first, key: nextKey }
    await writeState(this.disk, this.settings.path, state, this.settings.fsync !== 'none')
    this.key = nextKey
    this.pending = { line, head, recovery }
    await this.settle()
    return head
  }

  async rotate(): Promise<void> {
    if (this.head.why !== 'rotate' || this.unsealed > 0) await this.seal('rotate')
    await this.file.rotate(this.seq)
  }

  /** Writes the line of the checkpoint that the state already tells. */
  async settle(): Promise<void> {
    const { pending } = this
    if (pending === undefined) return
    await this.file.append(Buffer.concat([pending.line, lineFeed]))
    this.pending = undefined
    this.head = pending.head
    this.seq = pending.head.seq + 1
    this.prev = pending.head.h
    this.onSealed(pending.head, pending.recovery)
  }

  /** Has `line`, which the state tells and the file lacks, written before all else. */
  owe(line: Buffer, head: AuditCheckpoint): void {
    this.pending = { line, head, recovery: {} }
  }

  isInPlace(): Promise<boolean> {
    return this.file.isInPlace()
  }

  close(): Promise<void> {
    return this.file.close()
  }
}
