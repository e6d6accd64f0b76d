import { SeclogError } from '../errors.js'
import type { KeyNames } from './keys.js'

/** The named sets of rules. `credentials` and `cards` are on unless switched off, `pii` is off unless switched on. */
export const ruleSets = ['credentials', 'cards', 'pii'] as const

export type RuleSet = (typeof ruleSets)[number]

/** Rules of the `pii` set, each of which can be switched on by itself. */
export const piiRules = ['email', 'phone', 'ssn', 'iban', 'ip'] as const

export type PiiRule = (typeof piiRules)[number]

/** A pattern of the user's own. */
export interface RedactPattern {
  /** Counted as `pattern:<name>`. */
  readonly name: string
  /**
   * What is masked: every match of an expression, or every `[start, end)` that a function gives. It is run on texts up to 16 KiB and
   * 50 ms; longer texts, and texts on which it throws or runs out of time, are masked whole.
   */
  readonly pattern: RegExp | ((text: string) => Iterable<readonly [start: number, end: number]>)
}

/** A keyed pseudonym in place of a value: the same value gets the same name, and without the key none can be reversed. */
export interface HmacMask {
  readonly hmac: {
    /** At least 16 bytes. */
    readonly key: string | Uint8Array
    /** Stands before the pseudonym, so that keys can be rotated: `k1:9f86d081…`. */
    readonly keyId: string
  }
}

/** What stands in place of a masked value. */
export type MaskMode = 'text' | 'remove' | 'partial' | HmacMask

/** pino's `redact` option and the rules beyond it. */
export interface RedactOptions {
  /** Paths in pino's syntax (`a.b`, `a["b-c"]`, `*.b`, `a[*].b`), on top of the rules. */
  readonly paths?: readonly string[]
  /** What is written in place of a value: a text for paths and rules, or a function, which is asked for paths only. @defaultValue '[Redacted]' */
  readonly censor?: string | ((value: unknown, path: string[]) => unknown)
  /** Leave out the keys that a path names, as pino does. @defaultValue false */
  readonly remove?: boolean
  /** Rule sets, or single rules by the names under which they are counted, on or off. */
  readonly rules?: Readonly<Partial<Record<RuleSet | PiiRule, boolean>>> &
    Readonly<Record<string, boolean>>
  /** More names whose values are masked, and names that never are. */
  readonly keys?: readonly string[] | KeyNames
  /** Patterns of the user's own. */
  readonly patterns?: readonly RedactPattern[]
  /**
   * How rules mask: the censor's text, leaving keys out, the last four characters of values that have at least twelve, or a pseudonym.
   * @defaultValue 'text'
   */
  readonly mask?: MaskMode
}

/** Throws the error that every malformed redaction option gives. */
export function refuse(message: string, cause?: unknown): never {
  throw new SeclogError(
    'SECLOG_REDACT_INVALID',
    message,
    cause === undefined ? undefined : { cause },
  )
}

/** Holds the shapes of the options against their types, for callers without a compiler. */
export function checkRedactOptions(options: RedactOptions): void {
  if (typeof options !== 'object' || options === null)
    refuse('redact must be false, an array of paths or an object.')
  const { censor, patterns, mask, keys, rules } = options
  if (censor !== undefined && typeof censor !== 'string' && typeof censor !== 'function')
    refuse('redact.censor must be a text or a function.')
  if (patterns !== undefined && !Array.isArray(patterns))
    refuse('redact.patterns must be an array of { name, pattern }.')
  for (const entry of patterns ?? []) checkPattern(entry)
  if (mask !== undefined) checkMask(mask)
  const names = Array.isArray(keys)
    ? keys
    : keys === undefined
      ? []
      : [...((keys as KeyNames).extra ?? []), ...((keys as KeyNames).allow ?? [])]
  if (names.some((name) => typeof name !== 'string' || name === ''))
    refuse('redact.keys must hold names that are not empty.')
  for (const [name, on] of Object.entries(rules ?? {})) {
    if (typeof on !== 'boolean') refuse(`redact.rules.${name} must be true or false.`)
  }
}

function checkPattern(entry: RedactPattern): void {
  if (typeof entry?.name !== 'string' || entry.name === '') refuse('A redact pattern needs a name.')
  if (!(entry.pattern instanceof RegExp) && typeof entry.pattern !== 'function')
    refuse(`The redact pattern ${entry.name} must be a regular expression or a function.`)
}

function checkMask(mask: MaskMode): void {
  if (mask === 'text' || mask === 'remove' || mask === 'partial') return
  const hmac = (mask as HmacMask | null)?.hmac
  if (
    typeof hmac !== 'object' ||
    hmac === null ||
    typeof hmac.keyId !== 'string' ||
    hmac.keyId === ''
  )
    refuse("redact.mask must be 'text', 'remove', 'partial' or { hmac: { key, keyId } }.")
  const size = typeof hmac.key === 'string' ? Buffer.byteLength(hmac.key) : hmac.key?.byteLength
  if (!(Number(size) >= 16)) refuse('redact.mask.hmac.key must have at least 16 bytes.')
}
