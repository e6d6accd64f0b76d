import { isDescription, isDirectory, saysNothing } from './key-values.js'
import {
  benignHeads,
  benignKeys,
  benignTails,
  joinedPairs,
  type KeyScope,
  neutralTails,
  tellingEnds,
  tellingPairs,
  tellingWords,
} from './key-words.js'
import { isOpaque, isPlaceholder } from './opaque.js'
import { addStem } from './triggers.js'
import type { KeyVerdict } from './types.js'
import { wordsOf } from './words.js'

/** Names that a user adds to the key rules or takes out of them. */
export interface KeyNames {
  /** Names whose values are masked too; a name that ends in these words counts. */
  readonly extra?: readonly string[]
  /** Names that are never masked, whatever the rules say; all words must be the same. */
  readonly allow?: readonly string[]
}

/**
 * Compiles the key rules into a function that caches its verdicts (the last 4,096 names at most).
 *
 * Names are compared by their words, insensitive to case and separators: `apiKey`, `API-KEY` and `x-api-key` are sensitive,
 * `token_count`, `tokenizer`, `author` and `password_reset_sent` are not.
 */
export function createKeyRules(
  names: KeyNames = {},
  builtIn = true,
  rules?: (rule: string) => boolean,
): (name: string) => KeyVerdict | undefined {
  const extra = (names.extra ?? []).map((name) => wordsOf(name).join(' ')).filter(Boolean)
  for (const name of extra) addStem(name)
  const allow = new Set((names.allow ?? []).map((name) => wordsOf(name).join(' ')))
  const judge = (name: string): KeyVerdict | undefined => {
    const words = wordsOf(name)
    const joined = words.join(' ')
    if (allow.has(joined)) return undefined
    if (extra.some((end) => joined === end || joined.endsWith(` ${end}`))) return ownVerdict
    if (!builtIn) return undefined
    const verdict = judgeWords(words, name)
    return verdict !== undefined && (rules === undefined || rules(verdict.rule))
      ? verdict
      : undefined
  }
  let young = new Map<string, KeyVerdict | undefined>()
  let old = new Map<string, KeyVerdict | undefined>()
  return (name) => {
    const known = young.get(name)
    if (known !== undefined || young.has(name)) return known
    const verdict = old.has(name) ? old.get(name) : judge(name)
    if (young.size >= generation) {
      old = young
      young = new Map()
    }
    if (name.length <= longestCached) young.set(name, verdict)
    return verdict
  }
}

const generation = 2_048
const longestCached = 256
const ownVerdict: KeyVerdict = { rule: 'key:own', scope: 'branch' }

/** What the words of a name say; `undefined` when values under it stay. */
function judgeWords(words: readonly string[], name: string): KeyVerdict | undefined {
  if (references.has(words.join(' '))) return undefined
  for (let last = words.length - 1; last >= 0; last--) {
    const word = words[last] ?? ''
    if (benignTails.has(word) && !endsTelling(words, last)) return undefined
    const telling = tellingAt(words, last)
    if (telling === undefined) {
      if (
        word === 'key' &&
        last > 0 &&
        last === words.length - 1 &&
        !benignKeys.has(words[last - 1] ?? '')
      )
        return unknownKey
      continue
    }
    const tail = words.slice(last + 1)
    if (words.slice(0, last).some((before) => benignHeads.has(before))) return undefined
    if (name === 'PWD' || name === 'OLDPWD') return workingDirectory
    if (words.length === 1 && word === 'pwd') return passwordOrDirectory
    if (htmlAttribute.test(name)) return attribute
    const plain = tail.every((after) => neutralTails.has(after))
    const plural = tail.length === 0 && plurals.test(word)
    return verdictOf(telling[0], plain ? telling[1] : 'opaque', plural)
  }
  return undefined
}

function endsTelling(words: readonly string[], at: number): boolean {
  const word = words[at] ?? ''
  return tellingWords.has(word) || (at > 0 && tellingPairs.has(`${words[at - 1]} ${word}`))
}

function tellingAt(words: readonly string[], at: number): readonly [string, KeyScope] | undefined {
  const word = words[at] ?? ''
  // Of a random name some part reads like a short word.
  if (word.length < 4 && words.length > 7) return undefined
  const before = at > 0 ? words[at - 1] : undefined
  if (before !== undefined) {
    const pair = tellingPairs.get(`${before} ${word}`) ?? tellingWords.get(`${before}${word}`)
    if (pair !== undefined) return pair
  }
  const telling = tellingWords.get(word) ?? joinedPairs.get(word)
  if (telling !== undefined) return telling
  if (at > 1) {
    const three = tellingWords.get(`${words[at - 2]}${before}${word}`)
    if (three !== undefined) return three
  }
  for (const [end, meaning] of tellingEnds) {
    if (word.length > end.length && word.endsWith(end)) return meaning
  }
  return undefined
}

const verdicts = new Map<string, KeyVerdict>()

function verdictOf(rule: string, scope: KeyScope, plural: boolean): KeyVerdict {
  const id = `${rule} ${scope} ${plural}`
  let verdict = verdicts.get(id)
  if (verdict === undefined) {
    verdict = { rule: `key:${rule}`, scope, ...(plural ? { plural } : {}) }
    verdicts.set(id, verdict)
  }
  return verdict
}

/** `PWD` is where a shell works, and the password in ODBC's connection strings. */
const workingDirectory: KeyVerdict = { rule: 'key:password', scope: 'branch' }
/** `pwd` in other spellings: a password more often, and yet a directory where it reads like one. */
const passwordOrDirectory: KeyVerdict = { rule: 'key:password', scope: 'branch' }
/** `accesskey="s"` of HTML: the letter that focuses an element. */
const attribute: KeyVerdict = { rule: 'key:key', scope: 'branch' }
const htmlAttribute = /^access_?key$/i
const plurals = /(?:secret|token|passw(?:or)?d|passphrase|credential|cred|cookie|key)s$/
/** Names of Kubernetes that hold names of secrets. */
const references: ReadonlySet<string> = new Set(['image pull secrets', 'image pull secret'])
/** A key of a kind that no list knows: only what can hardly be anything else is masked. */
const unknownKey: KeyVerdict = { rule: 'key:key', scope: 'opaque' }

/**
 * Whether a value under a key with this verdict is masked as a whole.
 *
 * Booleans, `null` and `undefined` never are, nor text that is a placeholder (`***`, `[Redacted]`, `${DB_PASSWORD}`).
 * An array under a `scalar`, `text` or `opaque` verdict is masked if one of its first items would be; objects are walked,
 * under a `branch` verdict those that merely describe ({@link isDescription}).
 */
export function verdictMasks(verdict: KeyVerdict, value: unknown): boolean {
  switch (typeof value) {
    case 'string':
      return masksText(verdict, value)
    case 'number':
    case 'bigint':
      if (verdict.rule === 'key:pin') return value > 999
      if (verdict.plural === true || (verdict.rule === 'key:session' && value <= 9_999))
        return false
      return verdict.scope === 'branch' || verdict.scope === 'scalar'
    case 'object':
      if (value === null) return false
      return verdict.scope === 'branch' ? !isDescription(value) : masksItems(verdict, value)
    case 'symbol':
    case 'function':
      return verdict.scope === 'branch'
    default:
      return false
  }
}

function masksItems(verdict: KeyVerdict, items: object): boolean {
  try {
    if (!Array.isArray(items)) return false
    const count = Math.min(items.length, 16)
    for (let i = 0; i < count; i++) {
      const item = items[i]
      if (typeof item !== 'object' && verdictMasks(verdict, item)) return true
    }
    return false
  } catch {
    return true
  }
}

/** Whether a text under a name with this verdict is masked. */
export function masksText(verdict: KeyVerdict, text: string): boolean {
  if (isPlaceholder(text)) return false
  if (verdict === workingDirectory) return !/^(?:[/~.]|[A-Za-z]:\\)/.test(text)
  if (verdict === passwordOrDirectory) return !isDirectory(text)
  if (verdict === attribute) return text.length > 1
  if (verdict === unknownKey) return text.length >= 16 && isOpaque(text) && !identifier.test(text)
  if (verdict.rule === 'key:pin') return pinNumber.test(text)
  if (verdict.scope === 'opaque') return isOpaque(text)
  return !saysNothing(verdict.rule, text)
}

/** Pins of chips and boards (`gpio17`) are none. */
const pinNumber = /^[\d -]{4,16}$/

/** UUIDs, and what is put together of parts. */
const identifier = /^[0-9a-f]{8}-[0-9a-f]{4}-|[:/#.|]/i
