import { randomBytes } from 'node:crypto'

/** Numbers the lines of this process, in the order in which they are handed over; one for all loggers, and all copies of this library. */
interface Sequence {
  /** Names this run of the process: 16 hex digits. */
  readonly instance: string
  last: number
}

const key = Symbol.for('seclog.sequence.1')
const shared = globalThis as unknown as Record<symbol, Sequence | undefined>

/** Room for a number and a name. */
export const sequenceBytes = 96

/** The line with its number and the name of the process's run, which stand at its end. */
export function numbered(line: string, end: string, isEcs: boolean): string {
  shared[key] ??= { instance: randomBytes(8).toString('hex'), last: -1 }
  const sequence = shared[key]
  const number = ++sequence.last
  const text = line.slice(0, -end.length)
  return isEcs
    ? `${text},"event.sequence":${number},"service.ephemeral_id":"${sequence.instance}"${end}`
    : `${text},"log.seq":${number},"instance":"${sequence.instance}"${end}`
}
