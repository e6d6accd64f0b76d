import { type IdSource, setIdSource } from '../context/ids.js'

/** Ids that are the same in each run. */
export interface FakeIds extends Disposable {
  /** Gives random ids back. */
  restore(): void
}

const dispose: typeof Symbol.dispose = Symbol.dispose ?? Symbol.for('nodejs.dispose')

/**
 * Numbers trace ids and span ids of this process, each from 1 on, in place of random ones: `00…01`, `00…02`. Ids of a provider of
 * OpenTelemetry are its own.
 *
 * @param start - The first number. @defaultValue 1
 * @example
 * const ids = fakeIds()
 * log.withSpan('scan', () => log.info('in trace 00000000000000000000000000000001'))
 * ids.restore()
 */
export function fakeIds(start = 1): FakeIds {
  const next = { trace: BigInt(start), span: BigInt(start) }
  const source: IdSource = (digits) => {
    const kind = digits === 32 ? 'trace' : 'span'
    const number = next[kind]
    next[kind] += 1n
    return number.toString(16).padStart(digits, '0')
  }
  setIdSource(source)
  const restore = (): void => setIdSource(undefined)
  return { restore, [dispose]: restore }
}
