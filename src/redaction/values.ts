import { bitsAt, charBits, wordBits } from './characters.js'
import { masksText } from './keys.js'
import { isNameCharacter } from './names.js'
import { isPlaceholder } from './opaque.js'
import type { Spans } from './spans.js'
import type { KeyVerdict } from './types.js'

const longestValue = 16_384

/** Masks a quoted value if the verdict says so; 0 when it stays, its end when it is a placeholder. */
export function maskQuoted(
  text: string,
  start: number,
  end: number,
  verdict: KeyVerdict,
  spans: Spans,
): number {
  if (isPlaceholder(text.slice(start, Math.min(end, start + 128)))) return end
  if (!masksText(verdict, text.slice(start, end))) return 0
  if (verdict.rule === 'key:authorization') {
    const from = schemeAt(text, start)
    if (from > start && from < end) return spans.add(from, end, verdict.rule)
  }
  return spans.add(start, end, verdict.rule)
}

/** An opening quotation mark. */
export interface Quote {
  /** Where the quoted text begins. */
  readonly end: number
  readonly mark: number
  /** Backslashes before the mark. */
  readonly depth: number
}

/** The quotation mark at a place, backslashes before it. */
export function quoteAt(text: string, at: number): Quote | undefined {
  let i = at
  while (text.charCodeAt(i) === 92 && i - at < 16) i++
  const mark = text.charCodeAt(i)
  if (mark !== 34 && mark !== 39 && mark !== 96) return undefined
  return { end: i + 1, mark, depth: i - at }
}

/** The end of a quoted text: its closing mark with no more backslashes than the opening one has, or the end of the line. */
export function closingQuote(text: string, quote: Quote): number {
  const most = Math.min(text.length, quote.end + longestValue)
  let slashes = 0
  for (let i = quote.end; i < most; i++) {
    const c = text.charCodeAt(i)
    if (c === quote.mark && slashes <= quote.depth) return i - slashes
    if (c === 10 && quote.mark !== 96) return i
    slashes = c === 92 ? slashes + 1 : 0
    if (slashes > quote.depth && (slashes - quote.depth) % (quote.depth + 1) === 0 && slashes > 8)
      slashes = 0
  }
  return most === text.length ? most : tokenEnd(text, most)
}

/** The end of the run of characters that are no space and no quote. */
function tokenEnd(text: string, at: number): number {
  let i = at
  while (i < text.length) {
    const c = text.charCodeAt(i)
    if (c <= 32 || c === 34) break
    i++
  }
  return i
}

/** The end of the JSON object or array that begins at a place; the end of the text when it is cut. */
export function closingBracket(text: string, start: number): number {
  let depth = 0
  for (let i = start; i < text.length; i++) {
    const c = text.charCodeAt(i)
    if (c === 123 || c === 91) depth++
    else if ((c === 125 || c === 93) && --depth === 0) return i + 1
  }
  return text.length
}

/**
 * The end of a value without quotes: a space or quote, or a separator behind which something new begins.
 *
 * A comma, semicolon or ampersand with neither space nor `name=` behind it is taken as part of the value.
 */
export function bareEnd(text: string, start: number, colon: boolean): number {
  let i = start
  for (; i < text.length; i++) {
    const c = text.charCodeAt(i)
    if (c <= 32 || c === 34 || c === 96 || c === 60 || c === 62) break
    if (c === 39 && !(bitsAt(text, i + 1) & wordBits)) break
    if (c === 92 && !(bitsAt(text, i + 1) & charBits.digit) && i > start) {
      const next = text.charCodeAt(i + 1)
      if (next === 34 || next === 110 || next === 114 || next === 92) break
    }
    if ((c === 38 || c === 44 || c === 59) && endsHere(text, i + 1)) break
    if ((c === 41 || c === 93 || c === 125) && endsHere(text, i + 1)) break
    if (c === 35 && i > start && text.charCodeAt(start - 1) === 61 && endsHere(text, i + 1)) break
  }
  if (colon) {
    const last = text.charCodeAt(i - 1)
    if (i - start > 1 && (last === 46 || last === 44)) i--
  }
  return i
}

/** Whether behind a separator the value has ended: nothing, a space, a mark, or the next `name=`. */
function endsHere(text: string, at: number): boolean {
  const c = text.charCodeAt(at)
  if (!(c > 47)) return true
  const bits = bitsAt(text, at)
  if ((bits & wordBits) === 0) return c < 128
  let i = at
  while (i < text.length && i - at < 48 && isNameCharacter(text, i)) i++
  const after = text.charCodeAt(i)
  return after === 61 || after === 58 || after === 91 || after === 37
}

/** Where the line ends. */
export function lineEnd(text: string, at: number): number {
  let i = at
  while (i < text.length && text.charCodeAt(i) !== 10 && text.charCodeAt(i) !== 13) i++
  return i
}

/** The end of a header's value: of the line, or of the quotes that it stands in, escaped or not. */
export function lineOrQuoteEnd(text: string, at: number, inner = false): number {
  let i = at
  for (; i < text.length; i++) {
    const c = text.charCodeAt(i)
    if (c === 10 || c === 13) break
    if (inner) continue
    if (c === 34) break
    if (c === 92) {
      const next = text.charCodeAt(i + 1)
      if (next === 110 || next === 114 || next === 34 || next === 92) break
    }
  }
  return i
}

/** The first place that is no space or tab, 64 on at most. */
export function skipSpaces(text: string, at: number): number {
  let i = at
  while (i < text.length && i - at < 64) {
    const c = text.charCodeAt(i)
    if (c !== 32 && c !== 9) break
    i++
  }
  return i
}

/** Whether a digit stands at a place. */
export function isDigit(text: string, at: number): boolean {
  return bitsAt(text, at) === charBits.digit
}

/** Whether a value is a number. */
export function isDigitsOnly(value: string): boolean {
  return /^\d+$/.test(value)
}

/** Regular expressions and templates that merely look like a value. */
export function isPattern(value: string): boolean {
  return /^(?:\\[wsdSWDb]|\(\?|\[\^|\.\*|\.\+|\$\{|\{\{|%\()/.test(value)
}

/** Schemes of the Authorization header that stay readable. */
const scheme =
  /(?:bearer|basic|digest|token|apikey|api-key|negotiate|ntlm|oauth|hawk|ssws|geniekey|splunk|dpop|hmac|hmac-sha256|aws4-hmac-sha256|sharedkey|sharedkeylite|googlelogin|key|jwt|vapid|hoba|mutual|scram-sha-256|privatetoken|discogs|klaviyo-api-key|bot|aws|acs3-hmac-sha256|flyv1) {1,4}/iy

/** Where the credentials begin behind the name of a scheme; `at` when none is named. */
export function schemeAt(text: string, at: number): number {
  scheme.lastIndex = at
  return scheme.test(text) ? scheme.lastIndex : at
}
