import { isDescriptionText } from './key-values.js'
import { masksText } from './keys.js'
import { type Name, type NameRules, nameBefore, verdictOn } from './names.js'
import { isOpaque, isPlaceholder } from './opaque.js'
import type { Spans } from './spans.js'
import type { KeyVerdict } from './types.js'
import {
  bareEnd,
  closingBracket,
  closingQuote,
  isDigit,
  isDigitsOnly,
  isPattern,
  lineEnd,
  lineOrQuoteEnd,
  maskQuoted,
  quoteAt,
  schemeAt,
  skipSpaces,
} from './values.js'

/**
 * A value behind `=`, `:` or `=>` whose name is sensitive: environment files, YAML, JSON in a string (escaped too), query strings,
 * connection strings, header lines, `Set-Cookie`.
 *
 * @param at - The place of `=` or `:`.
 * @returns Where to go on reading; `at` when nothing was found.
 */
export function maskAssignment(rules: NameRules, text: string, at: number, spans: Spans): number {
  const name = nameBefore(text, at)
  if (name === undefined) return at
  let from = at + 1
  const sign = text.charCodeAt(at)
  const next = text.charCodeAt(from)
  if (sign === 61 && next === 62) from++
  else if (next === 61 && sign === 61) return at
  else if (sign === 58 && (next === 58 || next === 61)) return at
  const before = text.charCodeAt(at - 1)
  if (sign === 61 && (before === 33 || before === 60 || before === 62 || before === 61)) return at
  const verdict = verdictOn(rules, text, name) ?? queryVerdict(text, name)
  if (verdict === undefined) return maskPutty(text, name, from, spans) || at
  return maskValue(text, from, verdict, name, sign === 58, spans) || at
}

/** The private lines of a PuTTY key file. */
function maskPutty(text: string, name: Name, from: number, spans: Spans): number {
  if (text.slice(name.start, name.end) !== 'Private-Lines') return 0
  putty.lastIndex = from
  const match = putty.exec(text)
  return match === null
    ? 0
    : spans.add(putty.lastIndex - (match[1] ?? '').length, putty.lastIndex, 'private-key')
}

const putty = / ?\d{1,4}(?:\r?\n|\\n|\\r\\n)([A-Za-z0-9+/=\r\n\\]{1,8192})/y

/** Query parameters that are sensitive in a URL only. */
function queryVerdict(text: string, name: Name): KeyVerdict | undefined {
  const before = text.charCodeAt(name.start - 1)
  const inQuery = before === 63 || before === 38 || before === 35 || before === 59
  if (!inQuery && text.slice(name.start, name.end) !== 'Signature') return undefined
  return queryNames.test(text.slice(name.start, name.end)) ? query : undefined
}

const queryNames =
  /^(?:key|code|sig|signature|hmac|auth|ticket|assertion|jwt|sso|sas|otp|token|verification|confirm(?:ation)?|magic|credentials?|samlresponse|samlrequest|oobcode|app_?id|x-amz-signature|x-goog-signature|x-amz-credential|x-goog-credential)$/i
const query: KeyVerdict = { rule: 'query', scope: 'opaque' }

/** Masks the value that begins behind `from`; 0 when there is none that counts. */
function maskValue(
  text: string,
  from: number,
  verdict: KeyVerdict,
  name: Name,
  colon: boolean,
  spans: Spans,
): number {
  const start = skipSpaces(text, from)
  const spaced = start > from || name.spaced
  const quote = quoteAt(text, start)
  if (quote !== undefined) {
    const end = closingQuote(text, quote)
    return maskQuoted(text, quote.end, end, verdict, spans)
  }
  const c = text.charCodeAt(start)
  if (name.quoted && (c === 123 || c === 91)) {
    if (verdict.scope !== 'branch' || schema.test(text.slice(start, start + 48))) return 0
    const end = closingBracket(text, start)
    if (end - start <= 1_024 && isDescriptionText(text.slice(start, end))) return end
    return spans.add(start, end, verdict.rule)
  }
  if (c === 124 && text.charCodeAt(start + 1) === 10) {
    const line = skipSpaces(text, start + 2)
    return spans.add(line, lineEnd(text, line), verdict.rule)
  }
  if (verdict.rule === 'key:authorization' || verdict.rule === 'key:cookie') {
    const end = maskHeader(text, start, verdict, spans)
    if (end > 0) return end
  }
  if (name.quoted && isDigit(text, start)) {
    let end = start
    while (end < text.length && (isDigit(text, end) || text.charCodeAt(end) === 46)) end++
    return verdict.scope === 'opaque' || verdict.scope === 'text' || verdict.plural === true
      ? 0
      : spans.add(start, end, verdict.rule)
  }
  const end = signatureEnd(text, start, name) || bareEnd(text, start, colon)
  if (end <= start) return 0
  const value = text.slice(start, end)
  if (isPattern(value) || !masksText(verdict, value)) return 0
  if (verdict.rule === 'key:cookie' && !isOpaque(value)) return 0
  if (colon && isArn(text, name.start)) return 0
  if (verdict.rule === 'key:mnemonic') {
    const stop = maskPhrase(text, start, spans)
    if (stop > 0) return stop
  }
  if ((verdict.scope === 'text' || verdict.plural === true) && /^\d{1,9}$/.test(value)) return 0
  if (colon && nestedName.test(value) && endsWord(text, end)) return 0
  if ((colon || spaced) && !isTellingValue(text, name, end, value, colon, verdict)) return 0
  return spans.add(start, end, verdict.rule)
}

/** The end of the parts of a signature header, `t=149…,v1=5257…`; 0 when it is none. */
function signatureEnd(text: string, start: number, name: Name): number {
  if (!/signature(?:-\d{1,3})?$/i.test(text.slice(name.start, name.end))) return 0
  signature.lastIndex = start
  return signature.test(text) ? signature.lastIndex : 0
}

const signature = /[a-z]\w{0,12}=[\w+/=.-]{1,128}(?:, ?[a-z]\w{0,12}=[\w+/=.-]{1,128}){0,8}/y

/** `serviceAccountToken: expirationSeconds: 3600`: the value is a name itself. */
const nestedName = /^[A-Za-z][A-Za-z_]{1,40}:$/

function endsWord(text: string, at: number): boolean {
  return at === text.length || text.charCodeAt(at) <= 32
}

/** Whether the name is a part of an Amazon resource name: `arn:aws:secretsmanager:…:secret:prod/db`. */
function isArn(text: string, at: number): boolean {
  return text.charCodeAt(at - 1) === 58 && text.slice(Math.max(0, at - 96), at).includes('arn:')
}

/** `"password":{"type":"string"` describes a password and holds none. */
const schema = /^\{\s{0,8}\\{0,8}"(?:type|\$ref|description)\\{0,8}"/

/** Six words and more behind a name that says that they are a recovery phrase. */
function maskPhrase(text: string, start: number, spans: Spans): number {
  phrase.lastIndex = start
  return phrase.test(text) ? spans.add(start, phrase.lastIndex, 'key:mnemonic') : 0
}

const phrase = /[a-z]{3,12}(?:[ ,]{1,2}[a-z]{3,12}){5,31}/iy

/** The credentials of an Authorization header, the pairs of a Cookie header; 0 when prose follows. */
function maskHeader(text: string, start: number, verdict: KeyVerdict, spans: Spans): number {
  if (verdict.rule === 'key:cookie') {
    if (!text.slice(start, start + 128).includes('=')) return 0
    return spans.add(start, lineOrQuoteEnd(text, start), verdict.rule)
  }
  const from = schemeAt(text, start)
  if (from === start) return 0
  const name = text.slice(start, from).trimEnd().toLowerCase()
  const end = severalParts.has(name) ? lineOrQuoteEnd(text, from, true) : bareEnd(text, from, true)
  const value = text.slice(from, end)
  if (value === '' || isPlaceholder(value) || plainWord.test(value)) return 0
  return spans.add(from, end, verdict.rule)
}

const severalParts = new Set([
  'digest',
  'hawk',
  'oauth',
  'aws4-hmac-sha256',
  'vapid',
  'hoba',
  'hmac',
])

/** Behind `: ` and ` = ` stands prose too: a value counts if it is no plain word, or if name and value are the line. */
function isTellingValue(
  text: string,
  name: Name,
  end: number,
  value: string,
  colon: boolean,
  verdict: KeyVerdict,
): boolean {
  if (isDigitsOnly(value) && value.length < 3 + (verdict.scope === 'scalar' ? 0 : 1)) return false
  if (value.startsWith('/') && /^\/[a-z][\w./-]*$/.test(value)) return false
  if (codeWord.test(value)) return false
  const plain = plainWord.test(value) || (!colon && identifier.test(value))
  if (!plain) return true
  if (!endsLine(text, end) || !beginsLine(text, name.start)) return false
  if (end === text.length && !beforeLine(text, name.start)) return false
  return !stopWords.test(value)
}

const plainWord = /^[A-Za-z][a-z]{0,30}(?:[-'/][a-z]{1,20}){0,4}[.,;:!?)\]]{0,3}$/
const identifier = /^[A-Za-z_$][A-Za-z_$]{0,40}(?:\.[A-Za-z_$]{1,40}){0,6}[;,)]{0,3}$/
const codeWord =
  /^(?:await|new|function|async|null|undefined|true|false|this\.|self\.|process\.env|os\.|req\.|request\.|config\.|ctx\.|props\.|get[A-Z]\w{0,40}\(|[a-z_]\w{0,40}\()/
const stopWords =
  /^(?:required|missing|invalid|expired|none|null|empty|unset|set|wrong|incorrect|denied|ok|failed|true|false|yes|no|present|absent|valid|enabled|disabled|optional|unknown|string|number|boolean|object|error|changed|updated|rotated|revoked|default|closed|open|created|started|ended|accepted|rejected|refused)[.!]?$/i

function endsLine(text: string, at: number): boolean {
  const c = text.charCodeAt(at)
  if (c === 92) return text.charCodeAt(at + 1) === 110 || text.charCodeAt(at + 1) === 114
  return at === text.length || c === 10 || c === 13
}

function beforeLine(text: string, at: number): boolean {
  return text.lastIndexOf('\n', at) >= 0
}

function beginsLine(text: string, at: number): boolean {
  let i = at - 1
  while (i >= 0 && at - i < 32) {
    const c = text.charCodeAt(i)
    if (c === 10 || (c === 110 && text.charCodeAt(i - 1) === 92)) return true
    if (c !== 32 && c !== 9 && c !== 45) return false
    i--
  }
  return i < 0
}
