import { masksText } from './keys.js'
import { isNameCharacter, longestName, type NameRules } from './names.js'
import { isOpaque, isPlaceholder } from './opaque.js'
import type { Spans } from './spans.js'
import type { KeyVerdict } from './types.js'
import { bareEnd, closingQuote, lineOrQuoteEnd, maskQuoted, quoteAt, schemeAt } from './values.js'

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

const keyElement = /<\/(?:key|name|Name|Key)>(?:\s|\\[nrt]){0,16}<(?:string|value|Value|data)>/y

function maskContent(text: string, start: number, verdict: KeyVerdict, spans: Spans): number {
  const close = text.indexOf('<', start)
  const end = close < 0 ? text.length : close
  if (end - start > 16_384) return 0
  const value = text.slice(start, end).trim()
  if (!masksText(verdict, value)) return 0
  if (close < 0 && !isOpaque(value)) return 0
  return spans.add(start, end, verdict.rule)
}

/** A quoted text behind a sensitive word: `PASSWORD '…'`, `IDENTIFIED BY '…'`, `password('…')`. */
export function maskLiteral(rules: NameRules, text: string, at: number, spans: Spans): number {
  if (text.charCodeAt(at - 1) === 40) {
    const end = maskInsert(rules, text, at, spans)
    if (end > at) return end
  }
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
  const value = text.slice(at + 1, Math.min(close, at + 257))
  if (close >= text.length || isPlaceholder(value)) return at
  if (wordly.has(verdict.rule) && !isOpaque(value)) return at
  return spans.add(at + 1, close, verdict.rule)
}

/** What stands in quotes behind these words is mostly a name or a part of a program: `Unexpected token '<'`, `secret 'db' not found`. */
const wordly: ReadonlySet<string> = new Set([
  'key:token',
  'key:secret',
  'key:cookie',
  'key:credential',
  'key:session',
])

/**
 * The literals of `INSERT INTO users (name, password) VALUES ('bob', '…')` whose columns are sensitive. The first literal's opening
 * mark is at `at`.
 */
function maskInsert(rules: NameRules, text: string, at: number, spans: Spans): number {
  const before = text.slice(Math.max(0, at - 1_024), at)
  const head = insert.exec(before.slice(Math.max(0, before.toLowerCase().lastIndexOf('insert'))))
  if (head === null) return at
  const columns = (head[1] ?? '').split(',').map((column) => rules.key(column.trim()))
  let i = at
  let stop = at
  for (const verdict of columns) {
    const quote = quoteAt(text, i)
    const end = quote === undefined ? commaAt(text, i) : closingQuote(text, quote)
    if (
      verdict !== undefined &&
      quote !== undefined &&
      masksText(verdict, text.slice(quote.end, end))
    )
      stop = spans.add(quote.end, end, verdict.rule)
    i = commaAt(text, end) + 1
    while (text.charCodeAt(i) === 32) i++
    if (i >= text.length) break
  }
  return stop
}

const insert =
  /^insert {1,4}into {1,4}[\w."`[\]]{1,100} {0,4}\(([^()]{1,600})\) {0,4}values {0,4}\($/i

function commaAt(text: string, at: number): number {
  let i = at
  while (i < text.length && text.charCodeAt(i) !== 44 && text.charCodeAt(i) !== 41) i++
  return i
}

const sql: KeyVerdict = { rule: 'key:password', scope: 'branch' }

/**
 * A value that stands beside its quoted name: `"name":"DB_PASSWORD","value":"…"`, `<input name="password" value="…">`, a multipart
 * field, `define('AUTH_KEY', '…')`, `["authorization","…"]`. The quotation mark that closes the name is at `at`.
 *
 * @returns Where to go on reading; `at` when this is no such pair.
 */
export function maskPair(rules: NameRules, text: string, at: number, spans: Spans): number {
  const mark = text.charCodeAt(at)
  let end = at
  while (text.charCodeAt(end - 1) === 92 && at - end < 16) end--
  let start = end
  while (start > 0 && end - start < longestName && isNameCharacter(text, start - 1)) start--
  if (start === end || text.charCodeAt(start - 1) !== mark) return at
  const verdict = rules.key(text.slice(start, end))
  if (verdict === undefined) return at
  if (isNamed(text, start - 1)) {
    valueBehind.lastIndex = end
    if (valueBehind.test(text)) return maskHere(text, valueBehind.lastIndex, verdict, spans) || at
    multipart.lastIndex = end
    if (multipart.test(text)) {
      const from = multipart.lastIndex
      return spans.add(from, lineOrQuoteEnd(text, from), verdict.rule)
    }
    return at
  }
  nextItem.lastIndex = end
  if (!nextItem.test(text)) return at
  const quote = quoteAt(text, nextItem.lastIndex)
  if (quote === undefined) return at
  const close = closingQuote(text, quote)
  const from = schemeAt(text, quote.end)
  return isOpaque(text.slice(from, close)) ? spans.add(from, close, verdict.rule) : at
}

function maskHere(text: string, at: number, verdict: KeyVerdict, spans: Spans): number {
  const quote = quoteAt(text, at)
  if (quote !== undefined)
    return maskQuoted(text, quote.end, closingQuote(text, quote), verdict, spans)
  const end = bareEnd(text, at, false)
  return masksText(verdict, text.slice(at, end)) ? spans.add(at, end, verdict.rule) : 0
}

/** Whether `name=` or `"key":` stands before the quotation mark at a place. */
function isNamed(text: string, at: number): boolean {
  return named.test(text.slice(Math.max(0, at - 48), at))
}

const named =
  /(?:^|[^\w])(?:name|key|header|field|param|parameter|property|variable|id|Name|Key)\\{0,8}["']? ?[=:] ?\\{0,8}$/
const valueBehind =
  /\\{0,8}["'] ?[\s,;/>]{1,8}\\{0,8}["']?(?:type=\\{0,4}["'][a-z]{1,12}\\{0,4}["'] )?(?:value|val|content|Value|stringValue)\\{0,8}["']?\s{0,4}[:=]\s{0,4}/y
const multipart =
  /\\{0,4}"(?:;[^\r\n\\]{0,120})?(?:\r?\n|\\r\\n|\\n)(?:[A-Za-z-]{1,40}:[^\r\n\\]{0,120}(?:\r?\n|\\r\\n|\\n)){0,4}(?:\r?\n|\\r\\n|\\n)/y
const nextItem = /\\{0,8}["'], {0,4}(?=\\{0,8}["'])/y
