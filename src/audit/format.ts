import { createHash } from 'node:crypto'

/** Why a checkpoint was made. */
export const checkpointReasons = [
  'interval',
  'count',
  'heartbeat',
  'rotate',
  'close',
  'recover',
] as const

export type CheckpointReason = (typeof checkpointReasons)[number]

/** `prev` of the first line of a chain. */
export const firstPrev: string = 'A'.repeat(43)

/** What stands before the signed bytes, so that a signature of a line can be taken for nothing else. */
export const signedPrefix: Buffer = Buffer.from('audit/1\n')

/** `,"sig":"` + 86 characters of base64url + `"}`: the end of every signed line, which its signature does not cover. */
export const tailLength = 96

/** A line beyond this is not one of an audit log, in bytes: what bounds the memory of whoever reads one. */
export const longestLine = 1_048_576

export const idPattern: RegExp = /^[A-Za-z0-9._:-]{1,64}$/

/** 32 bytes in base64url, in the one form that encoders give. */
export const key43 = '[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]'

const leaf = Uint8Array.of(0)

/** Hash of a line without its LF; the 0x00 makes it a leaf of RFC 6962 (section 2.1). */
export function leafHash(line: Uint8Array): string {
  return createHash('sha256').update(leaf).update(line).digest('base64url')
}

/** The beginning of a line, which nothing of a user's can precede; the object is still open. */
export function linePrefix(id: string, seq: number, prev: string, type?: 'open' | 'ckpt'): string {
  const kind = type === undefined ? '' : `,"type":"${type}"`
  return `{"audit":{"v":1,"id":"${id}","seq":${seq},"prev":"${prev}"${kind}}`
}

/** The bytes of a signed line that its signature is made over. */
export function signedBytes(beforeTail: Uint8Array): Buffer {
  return Buffer.concat([signedPrefix, beforeTail])
}

/** A signed line: what was signed, and its signature. */
export function withSignature(beforeTail: Uint8Array, signature: Uint8Array): Buffer {
  const text = Buffer.from(signature).toString('base64url')
  return Buffer.concat([beforeTail, Buffer.from(`,"sig":"${text}"}`)])
}

/** What the prefix of a line says. */
export interface LineHead {
  readonly id: string
  readonly seq: number
  readonly prev: string
  readonly type: 'open' | 'ckpt' | undefined
}

const head = new RegExp(
  `^\\{"audit":\\{"v":1,"id":"([A-Za-z0-9._:-]{1,64})","seq":(0|[1-9][0-9]{0,15}),"prev":"(${key43})"(?:,"type":"(open|ckpt)")?\\}(,"|\\}$)`,
)
const longestHead = 220

/** Reads the prefix of a line; `undefined` where it is not exactly as written. */
export function parseLineHead(line: Buffer): LineHead | undefined {
  const found = head.exec(line.toString('latin1', 0, Math.min(line.length, longestHead)))
  if (found === null) return undefined
  const [, id = '', digits = '', prev = '', type, after] = found
  const seq = Number(digits)
  if (!Number.isSafeInteger(seq)) return undefined
  if (after === '}' && (type !== undefined || found[0].length !== line.length)) return undefined
  return { id, seq, prev, type: type as LineHead['type'] }
}
