/**
 * Names that stand beside their values instead of over them: `{ name, value }` pairs, flat arrays of names and values, command
 * lines, JSON Web Keys. Pure: nothing here reads a getter; the serializer hands in what it has read once.
 */
import { verdictMasks } from './keys.js'
import type { KeyVerdict, Redaction } from './types.js'

/** Members that hold the name of a pair, in the order in which they are asked. */
export const pairNames: readonly string[] = [
  'name',
  'key',
  'header',
  'field',
  'param',
  'parameter',
  'property',
  'variable',
  'attribute',
  'Name',
  'Key',
]

/** Members that hold the value of a pair. */
export const pairValues: ReadonlySet<string> = new Set([
  'value',
  'val',
  'values',
  'content',
  'data',
  'Value',
  'stringValue',
  'string_value',
  'secret',
])

const pairNameSet = new Set(pairNames)

/** Whether a member called so may hold the name of a pair. */
export function isPairName(member: string): boolean {
  return pairNameSet.has(member)
}

/** Whether a member called so may hold the value of a pair. */
export function isPairValue(member: string): boolean {
  return pairValues.has(member)
}

/**
 * The verdict on the values of an object that holds a sensitive name: `{ name: 'DB_PASSWORD', value }`, `{ key: 'authorization', value }`.
 *
 * @param nameText - What stands under a member for which {@link isPairName} holds.
 */
export function pairVerdict(redaction: Redaction, nameText: unknown): KeyVerdict | undefined {
  if (typeof nameText !== 'string' || nameText.length === 0 || nameText.length > 128)
    return undefined
  return redaction.key(nameText)
}

/** Keys whose arrays hold names and values in turn. */
export function isFlatPairsKey(key: string): boolean {
  return flatPairsKey.test(key)
}

const flatPairsKey = /^(?:raw_?(?:headers|trailers)|header_?(?:list|pairs)|headers|trailers)$/i

/**
 * Which items of an array are masked because the item before names them; `undefined` when none.
 *
 * It covers flat lists of names and values (`rawHeaders`), command lines (`['--password', 'x', '-u', 'a:b']`) and a lone pair
 * (`['authorization', 'x']`, an entry of a Map), and arguments of a print (`['password:', 'x']`, `['token=%s', 'x']`). Only strings are looked at, so the array must have been read already.
 *
 * @param items - The items as read once, bounded by the caller.
 * @param pairs - The array is known to hold names and values in turn ({@link isFlatPairsKey}, Map and Headers entries).
 * @returns For each masked index the verdict.
 */
export function arrayVerdicts(
  redaction: Redaction,
  items: readonly unknown[],
  pairs = false,
): ReadonlyMap<number, KeyVerdict> | undefined {
  let verdicts: Map<number, KeyVerdict> | undefined
  const even = pairs || looksLikePairs(items)
  for (let i = 0; i + 1 < items.length; i++) {
    const item = items[i]
    if (typeof item !== 'string' || item.length < 2 || item.length > 128) continue
    let verdict: KeyVerdict | undefined
    if (item.charCodeAt(0) === 45) verdict = flagVerdict(redaction, item, items[i + 1])
    else if (pairs && i % 2 === 0) verdict = redaction.key(item)
    else if (even && i % 2 === 0 && !isName(items[i + 1]))
      verdict = surely(redaction.key(item), item)
    verdict ??= labelVerdict(redaction, item)
    if (verdict === undefined || !verdictMasks(verdict, items[i + 1])) continue
    verdicts ??= new Map()
    verdicts.set(i + 1, verdict)
    i++
  }
  return verdicts
}

/** An even number of strings that begins with header names, or a lone pair. */
function looksLikePairs(items: readonly unknown[]): boolean {
  if (items.length === 0 || items.length % 2 !== 0) return false
  if (items.length === 2) return typeof items[0] === 'string' && typeof items[1] !== 'object'
  for (let i = 0; i < items.length; i += 2) {
    const name = items[i]
    if (typeof name !== 'string' || !headerName.test(name)) return false
    if (typeof items[i + 1] !== 'string') return false
  }
  return true
}

/** What a list holds is not known: a name with digits in it may be no name. */
function surely(verdict: KeyVerdict | undefined, name: string): KeyVerdict | undefined {
  return verdict?.scope === 'opaque' && /\d/.test(name) ? undefined : verdict
}

/** A second name, as in a list of names. */
function isName(item: unknown): boolean {
  return typeof item === 'string' && /^[A-Za-z][A-Za-z_-]{0,63}$/.test(item)
}

const headerName = /^[A-Za-z][A-Za-z0-9_.-]{0,63}$/

/** A text that ends with a name and what announces its value. */
function labelVerdict(redaction: Redaction, text: string): KeyVerdict | undefined {
  const last = text.charCodeAt(text.length - 1)
  if (last !== 58 && last !== 61 && last !== 32 && text.charCodeAt(text.length - 2) !== 37)
    return undefined
  const name = label.exec(text)?.[1]
  return name === undefined ? undefined : redaction.key(name)
}

const label = /(?<![\w.-])([\w.-]{2,64})[:=] ?(?:%[sdifjoO])?$/

/** `--password x`, `-u user:password`; a flag or a plain path behind a flag is no value. */
function flagVerdict(redaction: Redaction, flag: string, next: unknown): KeyVerdict | undefined {
  if (typeof next !== 'string' || next.length === 0 || (next.includes('=') && flag.includes('=')))
    return undefined
  if (flag.includes('=')) return undefined
  if (next.startsWith('--')) return undefined
  const name = flag.replace(/^-{1,2}/, '')
  if (name.length < 2) return undefined
  return redaction.key(name)
}

/** Members of a JSON Web Key that are private (RFC 7518, sections 6.2.2, 6.3.2, 6.4.1; RFC 8037). */
const privateMembers: ReadonlySet<string> = new Set(['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'])

/** The verdict on a member of an object that has a `kty` member: its private parts are masked. */
export function jwkVerdict(member: string): KeyVerdict | undefined {
  return privateMembers.has(member) ? jwk : undefined
}

const jwk: KeyVerdict = { rule: 'structure:jwk', scope: 'branch' }
