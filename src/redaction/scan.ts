import { bitsAt, charBits, charTable, escapesBeyondAscii, wordBits } from './characters.js'
import { scanBits } from './types.js'

/**
 * One pass over a text that answers what every string of every line is asked: must something be escaped, may a value rule match?
 *
 * It errs to the side of suspicion. Measured in `bench/redaction.bench.ts`; a combined regular expression was slower on texts of
 * every length.
 *
 * @returns Bits of {@link scanBits}.
 */
export function scan(text: string): number {
  const length = text.length
  let found = 0
  let start = 0
  let run = 0
  for (let i = 0; i < length; i++) {
    const c = text.charCodeAt(i)
    if (c > 127) {
      if (escapesBeyondAscii(text, i, c)) found = scanBits.escape
      if (run !== 0 && runMayMatch(text, start, i, run)) return suspicious
      run = 0
      start = i + 1
      continue
    }
    const bits = charTable[c] as number
    if ((bits & wordBits) !== 0) {
      run |= bits
      continue
    }
    if (run !== 0) {
      if (i - start > 1 && runMayMatch(text, start, i, run)) return suspicious
      run = 0
    }
    start = i + 1
    if (bits !== 0) {
      if ((bits & charBits.escape) !== 0) found = scanBits.escape
      if ((bits & charBits.trigger) !== 0 && triggerMayMatch(text, i, c)) return suspicious
    }
  }
  if (run !== 0 && length - start > 1 && runMayMatch(text, start, length, run)) return suspicious
  return found
}

const suspicious = scanBits.suspect | scanBits.escape
const never = 255

/** From which length on a run of word characters may be a token, by the classes that occur in it. */
const tokenLength: Uint8Array = new Uint8Array(64)

for (let run = 0; run < 64; run++) {
  const digit = (run & charBits.digit) !== 0
  const hexLetter = (run & charBits.hexLetter) !== 0
  const lower = (run & charBits.lower) !== 0
  const upper = (run & charBits.upper) !== 0
  const joined = (run & (charBits.underscore | charBits.dash)) !== 0
  let least: number = never
  if (digit && upper && (lower || hexLetter)) least = 12
  else if (digit && upper) least = 18
  else if (digit && lower) least = 20
  else if (digit && hexLetter) least = joined ? 64 : never
  else if (digit) least = (run & charBits.underscore) !== 0 ? 14 : 12
  else if (upper && lower) least = 24
  else if (upper && !joined) least = 20
  tokenLength[run] = least
}

/** Whether a run of word characters may be, or belong to, a credential. */
export function runMayMatch(text: string, start: number, end: number, run: number): boolean {
  const length = end - start
  if (length >= (tokenLength[run] as number)) return true
  if (length === 4 && run === charBits.digit) {
    const next = text.charCodeAt(end)
    return (next === 32 || next === 0xa0 || next === 46) && bitsAt(text, end + 1) === charBits.digit
  }
  if ((run & charBits.dash) !== 0 && text.charCodeAt(start) === 45) {
    return bitsAt(text, start + 1) !== charBits.digit
  }
  if (length === 5 || length === 6) return isScheme(text, start, end)
  return length >= 20 && followsAssignment(text, start)
}

/** `Bearer ` and `Basic `. */
function isScheme(text: string, start: number, end: number): boolean {
  if ((text.charCodeAt(start) | 32) !== 98 || text.charCodeAt(end) !== 32) return false
  const second = text.charCodeAt(start + 1) | 32
  const third = text.charCodeAt(start + 2) | 32
  return (second === 101 && third === 97) || (second === 97 && third === 115)
}

/** A digest `response="…"`, whose name says nothing. */
function followsAssignment(text: string, start: number): boolean {
  return (
    text.charCodeAt(start - 1) === 34 &&
    text.charCodeAt(start - 2) === 61 &&
    (text.charCodeAt(start - 3) | 32) === 101
  )
}

/** Whether one of `= : ' " > @ ~ $` stands where a rule may match. */
export function triggerMayMatch(text: string, at: number, c: number): boolean {
  switch (c) {
    case 58:
      if (text.charCodeAt(at + 1) === 47 && text.charCodeAt(at + 2) === 47)
        return urlMayMatch(text, at + 3)
      if ((bitsAt(text, at - 1) & bitsAt(text, at + 1)) === charBits.digit) return false
      return nameMayMatch(text, at)
    case 64:
      return text.charCodeAt(at + 1) === 116 && text.startsWith('@tcp(', at)
    case 126:
      return text.charCodeAt(at - 1) === 81
    case 36:
      return isHash(text, at)
    case 62:
      return tagMayMatch(text, at)
    case 39:
      return (
        text.startsWith('BY ', at - 3) || text.startsWith('by ', at - 3) || nameMayMatch(text, at)
      )
    default:
      return nameMayMatch(text, at)
  }
}

/** Userinfo before the host, or a web hook. */
function urlMayMatch(text: string, at: number): boolean {
  if (text.charCodeAt(at) === 104 && text.startsWith('hooks.', at)) return true
  const end = Math.min(text.length, at + longestAuthority)
  let colon = false
  for (let i = at; i < end; i++) {
    const c = text.charCodeAt(i)
    if (c === 64) return true
    if (c <= 34) return false
    if (c === 58) colon = bitsAt(text, i + 1) !== charBits.digit
    else if ((c === 47 || c === 63 || c === 35) && !colon) return false
  }
  return false
}

/** How far userinfo is looked for behind `://`. */
export const longestAuthority = 1_024

/** A crypt-style hash: `$2b$`, `$argon2id$`, `$6$`. */
function isHash(text: string, at: number): boolean {
  const next = bitsAt(text, at + 1)
  return (
    (next & (charBits.digit | charBits.hexLetter | charBits.lower)) !== 0 &&
    text.slice(at + 2, at + 12).includes('$')
  )
}

const longestName = 64

/** Whether a name that may be sensitive ends before this place, spaces and quotes between. */
function nameMayMatch(text: string, at: number): boolean {
  let i = at - 1
  for (let skipped = 0; skipped < 8 && i >= 0; skipped++, i--) {
    const c = text.charCodeAt(i)
    if (c > 127 || ((charTable[c] as number) & wordBits) !== 0) break
  }
  let letters = 0
  const least = Math.max(0, i - longestName)
  for (; i >= least; i--) {
    const c = text.charCodeAt(i)
    if (c > 127) return true
    const bits = charTable[c] as number
    if ((bits & wordBits) === 0) {
      if (c !== 46) break
      continue
    }
    if ((bits & (charBits.hexLetter | charBits.lower | charBits.upper)) === 0) continue
    letters = ((letters << 5) | (c & 31)) & 0x7fff
    if (stems[letters] === 1) return true
  }
  return false
}

/** Whether the tag that ends here holds a name that may be sensitive. */
function tagMayMatch(text: string, at: number): boolean {
  let letters = 0
  const least = Math.max(0, at - longestTag)
  for (let i = at - 1; i >= least; i--) {
    const c = text.charCodeAt(i)
    if (c === 60) return false
    if (c > 127) continue
    if (((charTable[c] as number) & (charBits.hexLetter | charBits.lower | charBits.upper)) === 0)
      continue
    letters = ((letters << 5) | (c & 31)) & 0x7fff
    if (stems[letters] === 1) return true
  }
  return false
}

/** How far a tag's beginning is looked for. */
export const longestTag = 160

/** Three letters, read backwards, that every sensitive name has at least one of. */
const stems: Uint8Array = new Uint8Array(0x8000)

/** Makes {@link scan} look at names in which these three letters occur. */
export function addStem(stem: string): void {
  let letters = 0
  for (let i = stem.length - 1; i >= 0; i--) letters = (letters << 5) | (stem.charCodeAt(i) & 31)
  stems[letters & 0x7fff] = 1
}

for (const stem of 'pas psw pwd sec cre tok key jwt jws jwe bea aut sid ses otp pin cvv cvc cvn csc coo mne phr csr xsr sig ass sam tic ver cod see num car pan mdp sen cla wac koz las par ken con oup psk pwo ify hra dby mpr'.split(
  ' ',
)) {
  addStem(stem)
}
