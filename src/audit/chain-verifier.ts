import type { KeyObject } from 'node:crypto'
import { firstPrev, leafHash, longestLine, parseLineHead, tailLength } from './format.js'
import { isSignedBy, publicKeyOf } from './keys.js'
import { parseSignedLine, type SignedLine } from './signed-line.js'
import { isStrictObject } from './strict-json.js'
import type { AuditCheckpoint } from './types.js'
import type { AuditCode } from './verification.js'

/** What a chain is held against. */
export interface ChainRules {
  readonly rootKey: KeyObject
  /** The chain that it has to be, if that is known. */
  readonly id: string | undefined
  /** Hashes that lines had, by their number. */
  readonly anchors: ReadonlyMap<number, string>
  /** Longest time between checkpoints, in milliseconds. */
  readonly maxGapMs: number
  /** Where to begin, if not at the opening line. */
  readonly start: AuditCheckpoint | undefined
}

/** Goes over one line after another and remembers the last one only. */
export class ChainVerifier {
  id: string | undefined
  /** Number that the next line has to have. */
  seq: number
  verifiedThrough: number
  lines = 0
  checkpoints = 0
  recoveries = 0
  head: AuditCheckpoint | undefined
  /** The first anchor that another line stands in place of. */
  forked: number | undefined
  private prev: string
  private readonly rules: ChainRules

  constructor(rules: ChainRules) {
    const { start } = rules
    this.rules = rules
    this.head = start
    this.id = start?.id ?? rules.id
    this.seq = start === undefined ? 0 : start.seq + 1
    this.verifiedThrough = this.seq - 1
    this.prev = start?.h ?? firstPrev
  }

  /** @returns What is wrong with the line, which is without its LF; nothing is remembered of it then. */
  line(line: Buffer): AuditCode | undefined {
    if (line.length > longestLine) return 'MALFORMED'
    const found = parseLineHead(line)
    if (found === undefined || !isStrictObject(line)) return 'MALFORMED'
    let signed: SignedLine | undefined
    if (found.type !== undefined) {
      signed = parseSignedLine(line, found.type)
      if (signed === undefined) return 'MALFORMED'
    }
    if (this.id !== undefined && found.id !== this.id) return 'WRONG_CHAIN'
    if (found.seq !== this.seq) return found.seq > this.seq ? 'GAP' : 'REPLAY'
    if (found.prev !== this.prev) return 'CHAIN_BROKEN'
    if (found.type === 'open' && this.seq > 0) return 'REOPENED'
    // The first line of all has to be the one that the root key signed.
    if (this.seq === 0 && found.type !== 'open') return 'MALFORMED'
    const wrong = signed === undefined ? undefined : this.signed(line, signed)
    if (wrong !== undefined) return wrong
    const h = leafHash(line)
    const anchored = this.rules.anchors.get(this.seq)
    if (anchored !== undefined && anchored !== h) this.forked ??= this.seq
    if (signed !== undefined) this.seal(found.id, h, signed)
    this.id = found.id
    this.prev = h
    this.seq++
    this.lines++
    return undefined
  }

  private signed(line: Buffer, signed: SignedLine): AuditCode | undefined {
    const { head, rules } = this
    const key = head === undefined ? rules.rootKey : announcedKey(head.next)
    const beforeTail = line.subarray(0, line.length - tailLength)
    if (key === undefined || !isSignedBy(beforeTail, signed.signature, key)) return 'BAD_SIGNATURE'
    if (head === undefined) return undefined
    if (signed.n !== head.n + 1) return 'CHECKPOINT_ORDER'
    const elapsed = signed.at - Date.parse(head.time)
    if (elapsed < 0) return 'TIME_REGRESSION'
    // A log that was closed has said so, and one that was down says so when it is up again.
    const told = head.why === 'close' || signed.why === 'recover'
    return elapsed > rules.maxGapMs && !told ? 'CHECKPOINT_GAP' : undefined
  }

  private seal(id: string, h: string, signed: SignedLine): void {
    const { n, why, time, next } = signed
    this.head = { id, seq: this.seq, h, n, why, time, next }
    this.verifiedThrough = this.seq
    if (why !== 'open') this.checkpoints++
    if (why === 'recover') this.recoveries++
  }
}

function announcedKey(text: string): KeyObject | undefined {
  try {
    return publicKeyOf(text)
  } catch {
    return undefined
  }
}
