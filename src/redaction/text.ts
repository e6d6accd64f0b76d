import { maskAssignment } from './assignments.js'
import { maskEncodedBlock, maskKeyBlock } from './blocks.js'
import { cardEnd } from './cards.js'
import { charBits, charTable, wordBits } from './characters.js'
import {
  maskAzureSecret,
  maskDigest,
  maskNumbered,
  maskPasswordHash,
  maskScheme,
  maskToken,
} from './credentials.js'
import { maskEncoded } from './encoded.js'
import { maskAttachedFlag, maskFlag } from './flags.js'
import type { NameRules } from './names.js'
import { maskElement, maskLiteral, maskPair } from './pairs.js'
import { runMayMatch } from './scan.js'
import type { Spans } from './spans.js'
import { maskToldCode } from './told-codes.js'
import { triggerMayMatch } from './triggers.js'
import { maskBeforeAt, maskUrl } from './urls.js'

/** Which of the built-in rule sets apply to a text. */
export interface TextRules extends NameRules {
  readonly credentials: boolean
  readonly cards: boolean
}

/**
 * Finds what the built-in value rules mask in a text, in one pass: the same walk as {@link scan}, which asks the rules that belong
 * to what it met, at the place where it met it. Linear in the length: every rule looks a bounded way or moves the walk on.
 */
export function findSecrets(rules: TextRules, text: string, spans: Spans, depth = 0): void {
  const length = text.length
  let start = 0
  let run = 0
  for (let i = 0; i <= length; i++) {
    const c = i < length ? text.charCodeAt(i) : 32
    const bits = charTable[c] as number
    if ((bits & wordBits) !== 0) {
      run |= bits
      continue
    }
    if (run !== 0) {
      if (runMayMatch(text, start, i, run)) {
        const end = maskRun(rules, text, start, i, run, spans)
        if (end > i) {
          run = 0
          start = end
          i = end - 1
          continue
        }
      }
      run = 0
    }
    start = i + 1
    if (
      i < length &&
      (bits & charBits.trigger) !== 0 &&
      rules.credentials &&
      triggerMayMatch(text, i, c)
    ) {
      const end = maskAt(rules, text, i, c, spans, depth)
      if (end > i) {
        start = end
        i = end - 1
      }
    }
  }
}

/** Asks the rules for a run of word characters; gives where to go on. */
function maskRun(
  rules: TextRules,
  text: string,
  start: number,
  end: number,
  run: number,
  spans: Spans,
): number {
  if ((run & ~(charBits.digit | charBits.dash)) === 0 && (run & charBits.digit) !== 0) {
    const stop = rules.cards ? cardEnd(text, start) : 0
    if (stop > 0) return spans.add(start, stop, 'card')
    if (!rules.credentials) return end
    return maskNumbered(text, start, end, spans) || maskToldCode(text, start, end, spans) || end
  }
  if (!rules.credentials) return end
  if (text.charCodeAt(start) === 45) {
    const stop = maskDashes(rules, text, start, end, spans)
    if (stop > end) return stop
  }
  const length = end - start
  if (length === 5 || length === 6) return maskScheme(text, start, end, spans)
  return (
    maskEncodedBlock(text, start, spans) ||
    maskToken(text, start, end, spans) ||
    maskDigest(text, start, end, spans)
  )
}

function maskDashes(
  rules: TextRules,
  text: string,
  start: number,
  end: number,
  spans: Spans,
): number {
  if (text.startsWith('----', start)) return maskKeyBlock(text, blockStart(text, start, end), spans)
  return maskAttachedFlag(text, start, end, spans) || maskFlag(rules, text, start, end, spans)
}

/** The last five (or four) dashes before `BEGIN`: the run may have more of them. */
function blockStart(text: string, start: number, end: number): number {
  const begin = text.startsWith('BEGIN', end - 5) ? end - 5 : end
  return Math.max(start, begin - 5)
}

/** How often a value that was encoded more than once is decoded. */
const mostDecoded = 2

/** Asks the rules for a mark; gives where to go on. */
function maskAt(
  rules: TextRules,
  text: string,
  at: number,
  c: number,
  spans: Spans,
  depth: number,
): number {
  switch (c) {
    case 61:
      return maskAssignment(rules, text, at, spans)
    case 58:
      return text.charCodeAt(at + 1) === 47 && text.charCodeAt(at + 2) === 47
        ? maskUrl(text, at + 3, spans)
        : maskAssignment(rules, text, at, spans)
    case 34:
      return maskPair(rules, text, at, spans)
    case 64:
      return maskBeforeAt(text, at, spans)
    case 62:
      return maskElement(rules, text, at, spans)
    case 39: {
      const end = maskLiteral(rules, text, at, spans)
      return end > at ? end : maskPair(rules, text, at, spans)
    }
    case 37:
      return depth >= mostDecoded
        ? at
        : maskEncoded(text, at, spans, (decoded, inner) =>
            findSecrets(rules, decoded, inner, depth + 1),
          )
    case 126:
      return maskAzureSecret(text, at, spans)
    case 36:
      return maskPasswordHash(text, at, spans)
    default:
      return at
  }
}
