import { bitsAt, charBits, charTable, letterBits, mustEscape, wordBits } from './characters.js'
import { capabilityMayEnd, codeMayBeTold, passwordMayBeTold } from './told-codes.js'
import { triggerMayMatch } from './triggers.js'
import { scanBits } from './types.js'

export { scanVersion } from './triggers.js'

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
  return length > shortText ? scanBytes(text, length) : scanUnits(text, 0, length)
}

/** From here on a copy into bytes and a walk over those is faster than one over the units of a text (see bench/). */
const shortText = 40
const scratch = new Uint8Array(8_192)
const encoder = new TextEncoder()

/** @param from - Where to begin: at the beginning of a run of word characters, or outside of one. */
function scanUnits(text: string, from: number, length: number): number {
  let found = 0
  let start = from
  let run = 0
  for (let i = from; i < length; i++) {
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

/** The same walk over copies of the text in bytes, piece by piece, as long as it is all ASCII. */
function scanBytes(text: string, length: number): number {
  let found = 0
  let start = 0
  let run = 0
  for (let base = 0; base < length; base += scratch.length) {
    const piece = length <= scratch.length ? text : text.slice(base, base + scratch.length)
    const { read, written } = encoder.encodeInto(piece, scratch)
    if (read !== written || read !== piece.length) return found | scanUnits(text, start, length)
    for (let j = 0; j < written; j++) {
      const c = scratch[j] as number
      const bits = charTable[c] as number
      if ((bits & wordBits) !== 0) {
        run |= bits
        continue
      }
      const i = base + j
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
const code = 6
const password = 7

/** Judgements by `classes << 5 | length`; lengths from 31 on are one. */
const judgements: Uint8Array = new Uint8Array(64 * 32)

for (let run = 1; run < 64; run++) {
  for (let length = 1; length < 32; length++) {
    judgements[(run << 5) | length] = judge(run, length)
  }
}

function judge(run: number, length: number): number {
  if (length >= tokenLength(run)) return token
  if (length >= 8 && isMixed(run)) return password
  if (run === charBits.digit) {
    if (length === 4) return digits
    return length > 4 && length < 9 ? code : ordinary
  }
  if ((run & charBits.dash) !== 0 && length > 1) return length >= 20 ? hexadecimal : dashed
  if (length >= 20) return hexadecimal
  const letters = charBits.lower | charBits.hexLetter | charBits.upper
  return (run & ~letters) === 0 && (length === 5 || length === 6) ? scheme : ordinary
}

/** Digits, and letters of both cases. */
function isMixed(run: number): boolean {
  return (
    (run & charBits.digit) !== 0 &&
    (run & charBits.upper) !== 0 &&
    (run & (charBits.lower | charBits.hexLetter)) !== 0
  )
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
        text.charCodeAt(end) === 32 &&
        ((text.charCodeAt(start) | 32) === 98 ? isScheme(text, start) : isApiKey(text, start))
      )
    case digits: {
      const next = text.charCodeAt(end)
      return (
        ((next === 32 || next === 0xa0 || next === 46) &&
          bitsAt(text, end + 1) === charBits.digit) ||
        codeMayBeTold(text, start, end)
      )
    }
    case code:
      return codeMayBeTold(text, start, end)
    case password:
      return passwordMayBeTold(text, start)
    case dashed:
      return isDashed(text, start)
    default:
      return (
        isDashed(text, start) ||
        followsAssignment(text, start) ||
        capabilityMayEnd(text, start) ||
        (text.charCodeAt(start - 1) === 46 && text.charCodeAt(start - 3) === 118)
      )
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

/** `ApiKey `. */
function isApiKey(text: string, start: number): boolean {
  return (text.charCodeAt(start) | 32) === 97 && /^apikey$/i.test(text.slice(start, start + 6))
}

/** A digest `response="…"`, whose name says nothing. */
function followsAssignment(text: string, start: number): boolean {
  return (
    text.charCodeAt(start - 1) === 34 &&
    text.charCodeAt(start - 2) === 61 &&
    (text.charCodeAt(start - 3) | 32) === 101
  )
}
