import { type CheckpointReason, checkpointReasons, key43, tailLength } from './format.js'

/** What a signed line says, when it is strictly of the format. */
export interface SignedLine {
  readonly time: string
  /** Milliseconds since the epoch. */
  readonly at: number
  readonly n: number
  readonly why: CheckpointReason | 'open'
  /** The key announced, in base64url. */
  readonly next: string
  readonly signature: string
}

const tail = /^,"sig":"([A-Za-z0-9_-]{85}[AQgw])"\}$/
const announced = new RegExp(`^${key43}$`)
const isoTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/

/** Reads an opening or checkpoint line, whose JSON is known to be strict; `undefined` where it is not exactly one. */
export function parseSignedLine(line: Buffer, type: 'open' | 'ckpt'): SignedLine | undefined {
  const found = tail.exec(line.toString('latin1', Math.max(0, line.length - tailLength)))
  if (found === null) return undefined
  const { ckpt, ...others } = JSON.parse(line.toString()) as Record<string, unknown>
  if (Object.keys(others).join() !== 'audit,sig' || typeof ckpt !== 'object' || ckpt === null)
    return undefined
  const members = ckpt as Record<string, unknown>
  const { time, n, why } = members
  const next = type === 'open' ? members['pk'] : members['next']
  if (typeof time !== 'string' || !isoTime.test(time)) return undefined
  const at = Date.parse(time)
  if (Number.isNaN(at) || typeof next !== 'string' || !announced.test(next)) return undefined
  const signature = found[1] ?? ''
  const keys = Object.keys(members).join()
  if (type === 'open')
    return keys === 'time,pk' ? { time, at, n: -1, why: 'open', next, signature } : undefined
  if (!Number.isSafeInteger(n) || (n as number) < 0 || !isReason(why)) return undefined
  // Only a recovery has more to tell.
  if (keys !== 'time,n,why,next' && !(why === 'recover' && keys.startsWith('time,n,why,next,')))
    return undefined
  return { time, at, n: n as number, why, next, signature }
}

function isReason(why: unknown): why is CheckpointReason {
  return (checkpointReasons as readonly unknown[]).includes(why)
}
