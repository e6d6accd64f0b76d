import { bitsAt, charBits, charTable, mustEscape, wordBits } from './characters.js'
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
  const { length } = text
  if (length > shortText && length <= scratch.length) {
    const { read, written } = encoder.encodeInto(text, scratch)
    if (read === length && written === length) return scanBytes(text, length)
  }
  return scanUnits(text, length)
}

/** From here on a copy into bytes and a walk over those is faster than one over the units of a text (see bench/). */
const shortText = 40
const scratch = new Uint8Array(8_192)
const encoder = new TextEncoder()

function scanUnits(text: string, length: number): number {
  let found = 0
  let start = 0
  let run = 0
  for (let i = 0; i < length; i++) {
    const c = text.charCodeAt(i)
    const bits = charTable[c] as number
    if ((bits & wordBits) !== 0) {
      run |= bits
      continue
    }
    if (run !== 0) {
      const size = i - start
      const judged = judgements[(run << 5) | (size > 31 ? 31 : size)] as number
      if (judged !== ordinary && closeLook(text, start, i, judged)) return suspicious
      run = 0
    }
    start = i + 1
    if (bits !== 0) {
      if ((bits & charBits.escape) !== 0 && mustEscape(text, i, c)) found = scanBits.escape
      if ((bits & charBits.trigger) !== 0 && triggerMayMatch(text, i, c)) return suspicious
    }
  }
  if (run !== 0 && runMayMatch(text, start, length, run)) return suspicious
  return found
}

/** The same walk over text that is all ASCII and stands in `scratch`. */
function scanBytes(text: string, length: number): number {
  let found = 0
  let start = 0
  let run = 0
  for (let i = 0; i < length; i++) {
    const c = scratch[i] as number
    const bits = charTable[c] as number
    if ((bits & wordBits) !== 0) {
      run |= bits
      continue
    }
    if (run !== 0) {
      const size = i - start
      const judged = judgements[(run << 5) | (size > 31 ? 31 : size)] as number
      if (judged !== ordinary && closeLook(text, start, i, judged)) return suspicious
      run = 0
    }
    start = i + 1
    if (bits !== 0) {
      if ((bits & charBits.escape) !== 0) found = scanBits.escape
      if ((bits & charBits.trigger) !== 0 && triggerMayMatch(text, i, c)) return suspicious
    }
  }
  if (run !== 0 && runMayMatch(text, start, length, run)) return suspicious
  return found
}

const suspicious = scanBits.suspect | scanBits.escape

/** What the classes and the length of a run of word characters say. */
const ordinary = 0
const token = 1
const digits = 2
const dashed = 3
const scheme = 4
const hexadecimal = 5

/** Judgements by `classes << 5 | length`; lengths from 31 on are one. */
const judgements: Uint8Array = new Uint8Array(64 * 32)

for (let run = 1; run < 64; run++) {
  for (let length = 1; length < 32; length++) {
    judgements[(run << 5) | length] = judge(run, length)
  }
}

function judge(run: number, length: number): number {
  if (length >= tokenLength(run)) return token
  if (run === charBits.digit) return length === 4 ? digits : ordinary
  if ((run & charBits.dash) !== 0 && length > 1) return length >= 20 ? hexadecimal : dashed
  if (length >= 20) return hexadecimal
  const letters = charBits.lower | charBits.hexLetter | charBits.upper
  return (run & ~letters) === 0 && (length === 5 || length === 6) ? scheme : ordinary
}

/** From which length on a run of word characters may be a token, by the classes that occur in it. */
function tokenLength(run: number): number {
  const digit = (run & charBits.digit) !== 0
  const lower = (run & charBits.lower) !== 0
  const upper = (run & charBits.upper) !== 0
  const joined = (run & (charBits.underscore | charBits.dash)) !== 0
  if (digit && upper) return lower || (run & charBits.hexLetter) !== 0 ? 12 : 18
  if (digit && lower) return 20
  if (digit && (run & charBits.hexLetter) !== 0) return Number.POSITIVE_INFINITY
  if (digit) return (run & charBits.underscore) !== 0 ? 14 : 12
  if (upper && (lower || (run & charBits.hexLetter) !== 0)) return 24
  return upper && !joined ? 20 : Number.POSITIVE_INFINITY
}

/** Whether a run of word characters may be, or belong to, a credential. */
export function runMayMatch(text: string, start: number, end: number, run: number): boolean {
  const judged = judgements[(run << 5) | Math.min(31, end - start)] as number
  return judged !== ordinary && closeLook(text, start, end, judged)
}

function closeLook(text: string, start: number, end: number, judged: number): boolean {
  switch (judged) {
    case token:
      return !isCamelCase(text, start, end)
    case scheme:
      return (
        text.charCodeAt(end) === 32 && (text.charCodeAt(start) | 32) === 98 && isScheme(text, start)
      )
    case digits: {
      const next = text.charCodeAt(end)
      return (
        (next === 32 || next === 0xa0 || next === 46) && bitsAt(text, end + 1) === charBits.digit
      )
    }
    case dashed:
      return isDashed(text, start)
    default:
      return isDashed(text, start) || followsAssignment(text, start)
  }
}

/**
 * Names like `processTicksAndRejections`, of which stacks are full: letters alone, at most a third of them upper case. Of random
 * tokens of 24 letters and digits one in a thousand looks so, of 32 one in ten thousand.
 */
function isCamelCase(text: string, start: number, end: number): boolean {
  let upper = 0
  for (let i = start; i < end; i++) {
    const bits = charTable[text.charCodeAt(i)] as number
    if ((bits & letterBits) === 0) return false
    if ((bits & charBits.upper) !== 0) upper++
  }
  return upper * 3 <= end - start
}

function isDashed(text: string, start: number): boolean {
  return text.charCodeAt(start) === 45 && bitsAt(text, start + 1) !== charBits.digit
}

/** `Bearer ` and `Basic `. */
function isScheme(text: string, start: number): boolean {
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
      if (bitsAt(text, at + 1) === charBits.digit) {
        if (bitsAt(text, at - 1) === charBits.digit || isPosition(text, at)) return false
      }
      return nameMayMatch(text, at)
    case 64:
      return credentialsMayEnd(text, at)
    case 126:
      return text.charCodeAt(at - 1) === 81
    case 36:
      return isHash(text, at)
    case 62:
      return tagMayMatch(text, at)
    case 39:
      return literalMayMatch(text, at) || nameMayMatch(text, at)
    default:
      return nameMayMatch(text, at)
  }
}

/** `user:password@tcp(` of Go's drivers, `oracle:thin:user/password@`. */
function credentialsMayEnd(text: string, at: number): boolean {
  if (text.startsWith('@tcp(', at) || text.startsWith('@unix(', at)) return true
  if (text.charCodeAt(at - 1) === 64) return false
  const before = text.slice(Math.max(0, at - 128), at)
  return before.includes(':thin:') && oracle.test(before)
}

/** `oracle:thin:user/password` before an `@`. */
export const oracle: RegExp = /:thin:[\w.$#]{1,64}\/([^\s/@"]{1,64})$/

/** `.mjs:12:34`: a place in a source file, of which stacks are full. */
function isPosition(text: string, at: number): boolean {
  let i = at + 2
  while (i < at + 9 && bitsAt(text, i) === charBits.digit) i++
  if (text.charCodeAt(i) !== 58 || bitsAt(text, i + 1) !== charBits.digit) return false
  i = at - 1
  while (i > at - 5 && (bitsAt(text, i) & (charBits.hexLetter | charBits.lower)) !== 0) i--
  return text.charCodeAt(i) === 46
}

/** Userinfo before the host, or a web hook. */
function urlMayMatch(text: string, at: number): boolean {
  const first = text.charCodeAt(at)
  if (first === 104 && text.startsWith('hooks.', at)) return true
  if (first === 100 && text.startsWith('discord', at)) return true
  const end = Math.min(text.length, at + longestAuthority)
  let colon = false
  for (let i = at; i < end; i++) {
    const c = text.charCodeAt(i)
    if (c === 64) return true
    if (c <= 32 || c === 34) return false
    if (c === 58) {
      if (text.charCodeAt(i + 1) === 47) return false
      colon = bitsAt(text, i + 1) !== charBits.digit
    } else if ((c === 47 || c === 63 || c === 35) && !colon) {
      return text.startsWith('.office.com', i - 11)
    }
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

/** `IDENTIFIED BY '…'` and the first literal of `VALUES ('…'`. */
function literalMayMatch(text: string, at: number): boolean {
  const before = text.charCodeAt(at - 1)
  if (before === 32) return /^by$/i.test(text.slice(Math.max(0, at - 3), at - 1))
  return before === 40 && /values ?\($/i.test(text.slice(Math.max(0, at - 8), at))
}

/** Whether a name that may be sensitive ends before this place, spaces and quotes between. */
function nameMayMatch(text: string, at: number): boolean {
  let i = at - 1
  if (i < 0) return false
  let c = text.charCodeAt(i)
  let bits = charTable[c] as number
  if ((bits & wordBits) === 0 && c < 128) {
    i = skipMarks(text, i, text.charCodeAt(at))
    if (i < 0) return false
  }
  if (c === 68 && text.startsWith('%5', i - 2)) i -= 3
  let letters = 0
  const least = i > longestName ? i - longestName : 0
  for (; i >= least; i--) {
    c = text.charCodeAt(i)
    if (c > 127) return true
    bits = charTable[c] as number
    if ((bits & wordBits) === 0) {
      if (c !== 46) break
    } else if ((bits & letterBits) !== 0) {
      letters = ((letters << 5) | (c & 31)) & 0x7fff
      if (stems[letters] === 1) return true
    }
  }
  return letters === pw
}

/** The one sensitive name of two letters. */
const pw = (23 << 5) | 16

const letterBits = charBits.hexLetter | charBits.lower | charBits.upper

/** Goes back over spaces, quotes, backslashes and brackets; -1 when no name can stand there. */
function skipMarks(text: string, from: number, mark: number): number {
  let before = mark
  let i = from
  for (let skipped = 0; skipped < 8 && i >= 0; skipped++, i--) {
    const c = text.charCodeAt(i)
    if (c > 127 || ((charTable[c] as number) & wordBits) !== 0) return i
    if (c === before && c !== 32 && c !== 92) return -1
    before = c
  }
  return i
}

/** Whether the tag that ends here holds a name that may be sensitive. */
function tagMayMatch(text: string, at: number): boolean {
  let letters = 0
  const least = Math.max(0, at - longestTag)
  for (let i = at - 1; i >= least; i--) {
    const c = text.charCodeAt(i)
    if (c === 60 || c === 62) return false
    if (c > 127) continue
    if (((charTable[c] as number) & letterBits) === 0) continue
    letters = ((letters << 5) | (c & 31)) & 0x7fff
    if (stems[letters] === 1) return true
  }
  return false
}

/** How far a tag's beginning is looked for. */
export const longestTag = 160

/** Three letters, read backwards, that every sensitive name has at least one of. */
const stems: Uint8Array = new Uint8Array(0x8000)

let stemCount = 0

/** Changes when {@link scan} may answer otherwise than before. */
export function scanVersion(): number {
  return stemCount
}

/** Makes {@link scan} look at names in which these three letters occur. */
export function addStem(stem: string): void {
  stemCount++
  let letters = 0
  for (let i = stem.length - 1; i >= 0; i--) letters = (letters << 5) | (stem.charCodeAt(i) & 31)
  stems[letters & 0x7fff] = 1
}

for (const stem of 'pas psw pwd sec cre tok key jwt jws jwe bea aut sid ses otp pin cvv cvc cvn csc coo mne phr csr xsr sig ass sam tic ver cod see num car pan mdp sen cla wac koz las par ken psk hra hma ppi vat mun ech log abl sso fir zin asl ckp hei cfi'.split(
  ' ',
)) {
  addStem(stem)
}
