import { keyLength } from './limits.js'
import { quoteJson } from './quote.js'
import { isPairName, isPairValue, jwkVerdict, pairVerdict } from './structure.js'
import type { KeyVerdict, Redaction } from './types.js'

/** What other members of the same object say of one: `{name: 'Authorization', value}`, a JSON Web Key's private parts. */
export function toldVerdict(
  redaction: Redaction,
  keys: readonly string[],
  values: readonly unknown[],
  count: number,
  key: string,
): KeyVerdict | undefined {
  for (let index = 0; index < count; index++) {
    const other = keys[index] as string
    if (other === 'kty') return jwkVerdict(key)
    if (isPairName(other) && isPairValue(key)) {
      const verdict = pairVerdict(redaction, values[index])
      if (verdict !== undefined) return verdict
    }
  }
  return undefined
}

/** The names that are written as they are, quoted; a longer one is cut and so is none of them. */
export function takenNames(keys: readonly string[]): Set<string> {
  return new Set(keys.filter((key) => key.length <= keyLength).map(quoteJson))
}

/** A quoted name apart from all those that are taken. */
export function unique(name: string, taken: Set<string>): string {
  let candidate = name
  for (let count = 2; taken.has(candidate); count++) candidate = `${name.slice(0, -1)}_${count}"`
  taken.add(candidate)
  return candidate
}
