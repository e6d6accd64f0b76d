import { bitsAt, wordBits } from './characters.js'
import type { KeyVerdict } from './types.js'

/** What the assignment rules need from the engine. */
export interface NameRules {
  key(name: string): KeyVerdict | undefined
}

/** How far a name is read. */
export const longestName = 80

/** A name that stands before a place in a text. */
export interface Name {
  readonly start: number
  readonly end: number
  /** It stood in quotes, as in JSON. */
  readonly quoted: boolean
  /** Spaces between the name and the place. */
  readonly spaced: boolean
}

/** The name before a place: spaces, quotes, backslashes and a closing bracket may stand between. */
export function nameBefore(text: string, at: number): Name | undefined {
  let i = at - 1
  let spaced = false
  let quoted = false
  for (let skipped = 0; skipped < 10 && i >= 0; skipped++, i--) {
    const c = text.charCodeAt(i)
    if (c === 32 || c === 9) spaced = true
    else if (c === 34 || c === 39 || c === 96) quoted = true
    else if (c !== 92 && c !== 93 && c !== 58) break
  }
  if (text.startsWith('%5', i - 2) && (text.charCodeAt(i) | 32) === 100) i -= 3
  const end = i + 1
  const least = Math.max(-1, i - longestName)
  while (i > least && isNameCharacter(text, i)) i--
  const start = i + 1
  return end > start ? { start, end, quoted, spaced } : undefined
}

export function isNameCharacter(text: string, at: number): boolean {
  const c = text.charCodeAt(at)
  if (c < 128) return (bitsAt(text, at) & wordBits) !== 0 || c === 46
  return c > 0xbf && !(c >= 0x2000 && c <= 0x206f)
}

/** Words that say little alone, so that the word before is read with them: `api key`, `card number`. */
const weakWords =
  /^(?:keys?|ids?|codes?|number|no|phrase|words?|seed|secret|token|link|card|signature|response)$/i

/** The verdict on a name in a text, the word before taken in where the name is weak. */
export function verdictOn(rules: NameRules, text: string, name: Name): KeyVerdict | undefined {
  const verdict = rules.key(text.slice(name.start, name.end))
  if (verdict !== undefined || name.quoted) return verdict
  if (text.charCodeAt(name.start - 1) !== 32) return undefined
  if (!weakWords.test(text.slice(name.start, name.end))) return undefined
  let start = name.start - 1
  while (start > 0 && name.start - start < 24 && (bitsAt(text, start - 1) & wordBits) !== 0) start--
  const together = rules.key(text.slice(start, name.end))
  return together?.scope === 'opaque' ? undefined : together
}
