import { createRedaction } from '../src/redaction/engine.js'
import { serializeValue } from '../src/redaction/serialize.js'
import type { Redaction } from '../src/redaction/types.js'

export interface CorpusEntry {
  readonly id: string
  readonly label: 'positive' | 'negative'
  readonly class: string
  readonly kind: string
  readonly carrier: string
  readonly as: 'message' | 'object' | 'error'
  readonly input: unknown
  readonly secret?: readonly string[]
  readonly secret2?: readonly string[]
  readonly hard?: boolean
}

export function fill(value: unknown, entry: CorpusEntry): unknown {
  if (typeof value === 'string') {
    return value
      .replaceAll('{{S0}}', () => (entry.secret ?? []).join(''))
      .replaceAll('{{S1}}', () => (entry.secret2 ?? []).join(''))
  }
  if (Array.isArray(value)) return value.map((item) => fill(item, entry))
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [fill(key, entry), fill(item, entry)]),
    )
  }
  return value
}

export interface ErrorInput {
  readonly message: string
  readonly stack: string
  readonly cause?: ErrorInput
  readonly props?: object
}

export function errorOf({ message, stack, cause, props }: ErrorInput): Error {
  const error = new Error(message, cause === undefined ? undefined : { cause: errorOf(cause) })
  error.stack = stack
  return Object.assign(error, props)
}

/** What a logger would write of an entry. */
function written(redaction: Redaction, entry: CorpusEntry, input: unknown): string {
  const value = entry.as === 'error' ? { err: errorOf(input as ErrorInput) } : input
  return serializeValue(value, redaction)
}

export function survives(output: string, core: string): boolean {
  if (output.includes(core) || output.includes(JSON.stringify(core).slice(1, -1))) return true
  if (core.length < 8) return false
  const size = Math.max(8, Math.ceil(core.length * 0.4))
  for (let i = 0; i + size <= core.length; i++) {
    const part = core.slice(i, i + size)
    if (output.includes(part) || output.includes(JSON.stringify(part).slice(1, -1))) return true
  }
  return false
}

export interface Score {
  /** Hits and all, by class. */
  readonly tally: ReadonlyMap<string, readonly [hit: number, all: number]>
  readonly kinds: ReadonlyMap<string, readonly [hit: number, all: number]>
  readonly misses: readonly string[]
}

/**
 * Scores the redactor on a corpus as its head says.
 *
 * @param withPii - List what the PII rules change of the ordinary entries too.
 */
export function score(entries: readonly CorpusEntry[], withPii = false): Score {
  const off = createRedaction(false)
  const full = createRedaction({ rules: { pii: true } })
  const normal = createRedaction()
  const tally = new Map<string, [hit: number, all: number]>()
  const kinds = new Map<string, [hit: number, all: number]>()
  const misses: string[] = []
  const add = (map: Map<string, [number, number]>, key: string, hit: boolean): void => {
    const row = map.get(key) ?? [0, 0]
    if (hit) row[0]++
    row[1]++
    map.set(key, row)
  }

  for (const entry of entries) {
    const input = fill(entry.input, entry)
    if (entry.label === 'positive') {
      const pii = entry.class === 'pii' || entry.kind === 'iban'
      const output = written(pii ? full : normal, entry, input)
      const hit = [entry.secret, entry.secret2].every(
        (secret) => secret === undefined || !survives(output, secret[1] ?? ''),
      )
      add(tally, `${entry.class}${entry.hard === true ? ' (hard)' : ''}`, hit)
      add(kinds, entry.kind, hit)
      if (!hit)
        misses.push(
          `miss ${entry.hard === true ? '(hard) ' : ''}${entry.kind} ${entry.carrier} ${output.slice(0, 300)}`,
        )
    } else {
      const plain = written(off, entry, input)
      const output = written(normal, entry, input)
      const clean = output === plain
      add(tally, 'clean negatives', clean)
      if (!clean) misses.push(`false positive ${entry.kind} ${output.slice(0, 300)}`)
      const piiOutput = written(full, entry, input)
      add(tally, 'clean negatives, PII rules on', piiOutput === plain)
      if (withPii && piiOutput !== plain)
        misses.push(`false positive with PII ${entry.kind} ${piiOutput.slice(0, 300)}`)
    }
  }
  return { tally, kinds, misses }
}
