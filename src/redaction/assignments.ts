import { bitsAt, charBits, wordBits } from './characters.js'
import { isOpaque, isPlaceholder } from './opaque.js'
import type { Spans } from './spans.js'
import type { KeyVerdict } from './types.js'

/** What the assignment rules need from the engine. */
export interface NameRules {
  key(name: string): KeyVerdict | undefined
}

const longestName = 80
const longestValue = 16_384

/** A name that stands before a place in a text. */
interface Name {
  readonly start: number
  readonly end: number
  /** It stood in quotes, as in JSON. */
  readonly quoted: boolean
  /** Spaces between the name and the place. */
  readonly spaced: boolean
}

/** The name before a place: spaces, quotes, backslashes and a closing bracket may stand between. */
function nameBefore(text: string, at: number): Name | undefined {
  let i = at - 1
  let spaced = false
  let quoted = false
  for (let skipped = 0; skipped < 10 && i >= 0; skipped++, i--) {
    const c = text.charCodeAt(i)
    if (c === 32 || c === 9) spaced = true
    else if (c === 34 || c === 39 || c === 96) quoted = true
    else if (c !== 92 && c !== 93 && c !== 58) break
  }
  const end = i + 1
  const least = Math.max(-1, i - longestName)
  while (i > least && isNameCharacter(text, i)) i--
  const start = i + 1
  return end > start ? { start, end, quoted, spaced } : undefined
}

function isNameCharacter(text: string, at: number): boolean {
  const c = text.charCodeAt(at)
  if (c < 128) return (bitsAt(text, at) & wordBits) !== 0 || c === 46
  return c > 0xbf && !(c >= 0x2000 && c <= 0x206f)
}

/** Words that say little alone, so that the word before is read with them: `api key`, `card number`. */
const weakWords =
  /^(?:keys?|ids?|codes?|number|no|phrase|words?|seed|secret|token|link|card|signature|response)$/i

/** The verdict on a name in a text, the word before taken in where the name is weak. */
function verdictOn(rules: NameRules, text: string, name: Name): KeyVerdict | undefined {
  const verdict = rules.key(text.slice(name.start, name.end))
  if (verdict !== undefined || name.quoted) return verdict
  if (text.charCodeAt(name.start - 1) !== 32) return undefined
  if (!weakWords.test(text.slice(name.start, name.end))) return undefined
  let start = name.start - 1
  while (start > 0 && name.start - start < 24 && (bitsAt(text, start - 1) & wordBits) !== 0) start--
  return rules.key(text.slice(start, name.end))
}

/** Query parameters that are sensitive in a URL only. */
function queryVerdict(text: string, name: Name): KeyVerdict | undefined {
  const before = text.charCodeAt(name.start - 1)
  const inQuery = before === 63 || before === 38 || before === 35 || before === 59
  if (!inQuery && text.slice(name.start, name.end) !== 'Signature') return undefined
  return queryNames.test(text.slice(name.start, name.end)) ? query : undefined
}

const queryNames =
  /^(?:key|code|sig|signature|hash|hmac|auth|ticket|assertion|state_token|t|tk|tkn|pw|p|k|u_token|jwt|sso|sas|st|hdnea|hdnts|policy|otp|verify|verification|confirm(?:ation)?|magic|invite|nonce|salt|credentials?|samlresponse|samlrequest|relaystate|oobcode|appid|app_?id|x-amz-signature|x-goog-signature|x-amz-credential|x-goog-credential)$/i
const query: KeyVerdict = { rule: 'query', scope: 'opaque' }

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
  if (verdict === undefined) return pairedValue(rules, text, name, from, spans) || at
  return maskValue(text, from, verdict, name, sign === 58, spans) || at
}

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
    if (verdict.scope !== 'branch') return 0
    return spans.add(start, closingBracket(text, start), verdict.rule)
  }
  if (c === 124 && text.charCodeAt(start + 1) === 10) {
    const line = skipSpaces(text, start + 2)
    return spans.add(line, lineEnd(text, line), verdict.rule)
  }
  if (verdict.rule === 'key:authorization' || verdict.rule === 'key:cookie') {
    const end = maskHeader(text, start, verdict, spans)
    if (end > 0 || verdict.rule === 'key:cookie') return end
  }
  if (name.quoted && isDigit(text, start)) {
    let end = start
    while (end < text.length && (isDigit(text, end) || text.charCodeAt(end) === 46)) end++
    return verdict.scope === 'opaque' || verdict.scope === 'text'
      ? 0
      : spans.add(start, end, verdict.rule)
  }
  const end = bareEnd(text, start, colon)
  if (end <= start) return 0
  const value = text.slice(start, end)
  if (isPlaceholder(value) || isPattern(value)) return 0
  if (verdict.scope === 'opaque' && !isOpaque(value)) return 0
  if (verdict.scope === 'text' && /^\d{1,9}$/.test(value)) return 0
  if ((colon || spaced) && !isTellingValue(text, name, end, value, colon, verdict)) return 0
  return spans.add(start, end, verdict.rule)
}

function maskQuoted(
  text: string,
  start: number,
  end: number,
  verdict: KeyVerdict,
  spans: Spans,
): number {
  const value = text.slice(start, Math.min(end, start + 512))
  if (isPlaceholder(value)) return end
  if (verdict.scope === 'opaque' && !isOpaque(text.slice(start, end))) return 0
  if (verdict.rule === 'key:authorization') {
    const scheme = schemeAt(text, start)
    if (scheme > start && scheme < end) return spans.add(scheme, end, verdict.rule)
  }
  return spans.add(start, end, verdict.rule)
}

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
  if (text.indexOf('\n') < 0) return false
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
  return at === text.length || c === 10 || c === 13
}

function beginsLine(text: string, at: number): boolean {
  let i = at - 1
  while (i >= 0 && at - i < 32) {
    const c = text.charCodeAt(i)
    if (c === 10) return true
    if (c !== 32 && c !== 9 && c !== 45) return false
    i--
  }
  return i < 0
}

/** Schemes of the Authorization header that stay readable. */
const scheme =
  /(?:bearer|basic|digest|token|apikey|api-key|negotiate|ntlm|oauth|hawk|ssws|geniekey|splunk|dpop|hmac|hmac-sha256|aws4-hmac-sha256|sharedkey|sharedkeylite|googlelogin|key|jwt|vapid|hoba|mutual|scram-sha-256|privatetoken|discogs|klaviyo-api-key|bot|aws|acs3-hmac-sha256) {1,4}/iy

function schemeAt(text: string, at: number): number {
  scheme.lastIndex = at
  return scheme.test(text) ? scheme.lastIndex : at
}

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

function skipSpaces(text: string, at: number): number {
  let i = at
  while (i < text.length && i - at < 64) {
    const c = text.charCodeAt(i)
    if (c !== 32 && c !== 9) break
    i++
  }
  return i
}

interface Quote {
  /** Where the quoted text begins. */
  readonly end: number
  readonly mark: number
  /** Backslashes before the mark. */
  readonly depth: number
}

function quoteAt(text: string, at: number): Quote | undefined {
  let i = at
  while (text.charCodeAt(i) === 92 && i - at < 16) i++
  const mark = text.charCodeAt(i)
  if (mark !== 34 && mark !== 39 && mark !== 96) return undefined
  return { end: i + 1, mark, depth: i - at }
}

/** The end of a quoted text: its closing mark with no more backslashes than the opening one has, or the end of the line. */
function closingQuote(text: string, quote: Quote): number {
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
    if (c <= 34) break
    i++
  }
  return i
}

function closingBracket(text: string, start: number): number {
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
function bareEnd(text: string, start: number, colon: boolean): number {
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

function isDigit(text: string, at: number): boolean {
  return bitsAt(text, at) === charBits.digit
}

function isDigitsOnly(value: string): boolean {
  return /^\d+$/.test(value)
}

/** Regular expressions and templates that merely look like a value. */
function isPattern(value: string): boolean {
  return /^(?:\\[wsdSWDb]|\(\?|\[\^|\.\*|\.\+|\$\{|\{\{|%\()/.test(value)
}

function lineEnd(text: string, at: number): number {
  let i = at
  while (i < text.length && text.charCodeAt(i) !== 10 && text.charCodeAt(i) !== 13) i++
  return i
}

/** The end of a header's value: of the line, or of the quotes that it stands in, escaped or not. */
function lineOrQuoteEnd(text: string, at: number, inner = false): number {
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

/**
 * `"name":"DB_PASSWORD","value":"…"`, `<input name="password" value="…">`, a multipart field: the value stands beside its name.
 *
 * @returns Where the value ends, 0 when this is no such pair.
 */
function pairedValue(
  rules: NameRules,
  text: string,
  name: Name,
  from: number,
  spans: Spans,
): number {
  if (!pairName.test(text.slice(name.start, name.end))) return 0
  const quote = quoteAt(text, skipSpaces(text, from))
  if (quote === undefined) return 0
  let end = quote.end
  while (end - quote.end < longestName && isNameCharacter(text, end)) end++
  const verdict = rules.key(text.slice(quote.end, end))
  if (verdict === undefined) return 0
  valueBehind.lastIndex = end
  if (valueBehind.test(text)) {
    const opening = quoteAt(text, valueBehind.lastIndex)
    if (opening === undefined) {
      const start = valueBehind.lastIndex
      const stop = bareEnd(text, start, false)
      return verdict.scope === 'opaque' ? 0 : spans.add(start, stop, verdict.rule)
    }
    return maskQuoted(text, opening.end, closingQuote(text, opening), verdict, spans)
  }
  multipart.lastIndex = end
  if (multipart.test(text)) {
    const start = multipart.lastIndex
    return spans.add(start, lineOrQuoteEnd(text, start), verdict.rule)
  }
  return 0
}

const pairName = /^(?:name|key|header|field|param|parameter|property|variable|id|Name|Key)$/
const valueBehind =
  /\\{0,8}["']?[\s,;/>]{1,8}\\{0,8}["']?(?:value|val|content|Value|stringValue|type="[a-z]{1,12}" value)\\{0,8}["']?\s{0,4}[:=]\s{0,4}/y
const multipart =
  /\\{0,4}"(?:;[^\r\n\\]{0,120})?(?:\r?\n|\\r\\n|\\n)(?:[A-Za-z-]{1,40}:[^\r\n\\]{0,120}(?:\r?\n|\\r\\n|\\n)){0,4}(?:\r?\n|\\r\\n|\\n)/y

/** A quoted text behind a sensitive word: `PASSWORD '…'`, `IDENTIFIED BY '…'`, `password('…')`. */
export function maskLiteral(rules: NameRules, text: string, at: number, spans: Spans): number {
  let i = at - 1
  let gap = 0
  while (i >= 0 && gap < 6) {
    const c = text.charCodeAt(i)
    if (c !== 32 && c !== 40 && c !== 92) break
    gap++
    i--
  }
  if (gap === 0) return at
  const end = i + 1
  while (i >= 0 && end - i < longestName && isNameCharacter(text, i)) i--
  const word = text.slice(i + 1, end)
  const verdict = /^by$/i.test(word) ? sql : rules.key(word)
  if (verdict === undefined || verdict.scope === 'opaque') return at
  if (
    verdict === sql &&
    !/identified(?: with \w{1,40})? $/i.test(text.slice(Math.max(0, i - 63), i + 1))
  )
    return at
  const close = closingQuote(text, { end: at + 1, mark: text.charCodeAt(at), depth: 0 })
  if (close >= text.length || isPlaceholder(text.slice(at + 1, close))) return at
  return spans.add(at + 1, close, verdict.rule)
}

const sql: KeyVerdict = { rule: 'key:password', scope: 'branch' }

/** The text of an XML element whose name, or whose sibling `<key>`, is sensitive. */
export function maskElement(rules: NameRules, text: string, at: number, spans: Spans): number {
  const open = lastBefore(text, 60, at, 160)
  if (open < 0) return at
  elementName.lastIndex = open
  const match = elementName.exec(text)
  if (match === null) {
    keyElement.lastIndex = open
    const key = keyElement.exec(text)
    if (key === null || open === 0) return at
    const nameStart = lastBefore(text, 62, open, longestName)
    if (nameStart < 0) return at
    const verdict = rules.key(text.slice(nameStart + 1, open).trim())
    return verdict === undefined
      ? at
      : maskContent(text, keyElement.lastIndex, verdict, spans) || at
  }
  const verdict = rules.key(match[1] ?? '')
  return verdict === undefined ? at : maskContent(text, at + 1, verdict, spans) || at
}

/** The place of a character, at most so far before another place; -1 when it is not there. */
function lastBefore(text: string, c: number, at: number, most: number): number {
  const least = Math.max(0, at - most)
  for (let i = at - 1; i >= least; i--) if (text.charCodeAt(i) === c) return i
  return -1
}

const elementName = /<(?:[\w-]{1,40}:)?([A-Za-z][\w.-]{0,60})(?=[\s>])/y
const keyElement = /<\/(?:key|name|Name|Key)>\s{0,16}<(?:string|value|Value|data)>/y

function maskContent(text: string, start: number, verdict: KeyVerdict, spans: Spans): number {
  const close = text.indexOf('<', start)
  const end = close < 0 ? text.length : close
  if (end - start > longestValue) return 0
  const value = text.slice(start, end).trim()
  if (isPlaceholder(value)) return 0
  if (verdict.scope === 'opaque' && !isOpaque(value)) return 0
  if (close < 0 && !isOpaque(value)) return 0
  return spans.add(start, end, verdict.rule)
}

/** `--password x`, `--api-key x`: the value is the next word. The run of the flag is `[start, end)`. */
export function maskFlag(
  rules: NameRules,
  text: string,
  start: number,
  end: number,
  spans: Spans,
): number {
  if (text.charCodeAt(end) !== 32) return end
  const from = skipSpaces(text, end)
  const name = text.slice(start, end).replace(/^-{1,2}/, '')
  const verdict = name.length > 1 ? rules.key(name) : undefined
  if (verdict === undefined) return maskShortFlag(text, start, end, from, spans)
  if (text.charCodeAt(from) === 45) return end
  const quote = quoteAt(text, from)
  if (quote !== undefined)
    return maskQuoted(text, quote.end, closingQuote(text, quote), verdict, spans) || end
  const stop = bareEnd(text, from, false)
  const value = text.slice(from, stop)
  if (
    isPlaceholder(value) ||
    stopWords.test(value) ||
    (verdict.scope === 'opaque' && !isOpaque(value))
  )
    return end
  return spans.add(from, stop, verdict.rule)
}

/** `curl -u user:password`, `sshpass -p x`, `redis-cli -a x`; `mysql -px` has no space. */
function maskShortFlag(
  text: string,
  start: number,
  end: number,
  from: number,
  spans: Spans,
): number {
  const flag = text.slice(start, end)
  if (flag === '-u' || flag === '--user' || flag === '-U' || flag === '--proxy-user') {
    const stop = bareEnd(text, from, false)
    const value = text.slice(from, Math.min(stop, from + longestName))
    const colon = value.indexOf(':') + 1
    if (colon === 0 || from + colon === stop || isDigitsOnly(value.slice(colon))) return end
    return spans.add(from + colon, stop, 'flag')
  }
  if (flag !== '-p' && flag !== '-a' && flag !== '-P' && flag !== '-w') return end
  if (!commandBefore.test(text.slice(Math.max(0, start - 64), start))) return end
  return spans.add(from, bareEnd(text, from, false), 'flag')
}

const commandBefore =
  /\b(?:sshpass|docker login|podman login|redis-cli|az login|mongosh?|ldapsearch|unzip|7z|zip)\b[^|;&]{0,48}$/

/** `mysql -pSECRET`. */
export function maskAttachedFlag(text: string, start: number, end: number, spans: Spans): number {
  if (text.charCodeAt(start + 1) !== 112 || end - start < 5) return 0
  if (
    !/\b(?:mysql|mysqldump|mariadb|mysqladmin)\b[^|;&]{0,48}$/.test(
      text.slice(Math.max(0, start - 64), start),
    )
  )
    return 0
  return spans.add(start + 2, bareEnd(text, start + 2, false), 'flag')
}
