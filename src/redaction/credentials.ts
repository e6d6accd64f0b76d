import { alnumBits, bitsAt, charBits, letterBits, wordBits } from './characters.js'
import { maskComposed, maskPayPal } from './composed-tokens.js'
import { isOpaque } from './opaque.js'
import type { Spans } from './spans.js'
import { tokenIn } from './tokens.js'
import { isToldPassword, maskCapability, passwordEnd } from './told-codes.js'

/**
 * Credentials that are recognised by what they look like around a run of word characters `[start, end)`.
 *
 * @returns Where to go on reading; 0 when nothing was found.
 */
export function maskToken(text: string, start: number, end: number, spans: Spans): number {
  const web = webTokenAt(text, start, end)
  if (web > 0) return web > end ? spans.add(webStart(text, start), web, 'jwt') : 0
  const found = tokenIn(text, start, end)
  if (found !== undefined) return spans.add(found.start, found.end, found.rule)
  const length = end - start
  if (length >= 24 && length <= 28) {
    const stop = match(discord, text, start)
    if (stop > 0) return spans.add(start, stop, 'token:discord')
  }
  if (length === 35 && text.charCodeAt(start - 1) === 58) {
    const first = digitsBefore(text, start - 1)
    if (first >= 8) return spans.add(start - 1 - first, end, 'token:telegram')
  }
  if (length >= 36 && length <= 38) {
    const stop = match(mailchimp, text, start)
    if (stop > 0) return spans.add(start, stop, 'token:mailchimp')
  }
  if (length === 27 && text.charCodeAt(start - 1) === 124) {
    const first = digitsBefore(text, start - 1)
    if (first >= 12) return spans.add(start - 1 - first, end, 'token:meta')
  }
  if (length >= 40) {
    const stop = match(keyAndUuid, text, start)
    if (stop > 0) return spans.add(start, stop, 'token:prefixed')
  }
  if (length === 17) {
    const stop = match(airtable, text, start)
    if (stop > 0) return spans.add(start, stop, 'token:airtable')
  }
  const composed = maskComposed(text, start, end, spans) || maskCapability(text, start, end, spans)
  if (composed > 0) return composed
  if (length <= 64 && isToldPassword(text, start))
    return spans.add(start, passwordEnd(text, end), 'prose')
  const named = namedToken(text, start, end)
  return named >= 0 ? spans.add(named, end, 'token:prefixed') : 0
}

/** The end of a JSON Web Token (two to five parts); the end of the run when only the header is there; 0 when there is none. */
function webTokenAt(text: string, start: number, end: number): number {
  const at = webStart(text, start)
  if (at < 0) return 0
  let i = end
  let parts = 1
  while (parts < 5 && text.charCodeAt(i) === 46) {
    let j = i + 1
    while ((bitsAt(text, j) & wordBits) !== 0) j++
    if (parts === 1 && j - i < 9) return 0
    parts++
    i = j
  }
  if (parts === 1) return 0
  while (text.charCodeAt(i - 1) === 46) i--
  return i
}

/** Where `eyJ`, the base64 of `{"`, begins: at the run, or behind an `_` or `-` in its first 40 characters. */
function webStart(text: string, start: number): number {
  if (text.startsWith('eyJ', start) || text.startsWith('ewog', start)) return start
  const most = Math.min(text.length, start + 40)
  for (let i = start + 1; i < most; i++) {
    const bits = bitsAt(text, i)
    if ((bits & wordBits) === 0) return -1
    if ((bits & alnumBits) === 0 && text.startsWith('eyJ', i + 1)) return i + 1
  }
  return -1
}

function match(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at
  return pattern.test(text) ? pattern.lastIndex : 0
}

const keyAndUuid =
  /(?:sdk|mob|api|pat|sk|rk|token|secret|apikey|api-key)-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?![\w-])/y
const airtable = /pat[A-Za-z0-9]{14}\.[0-9a-f]{64}(?!\w)/y

const discord = /[MNO][\w-]{23,27}\.[\w-]{6}\.[\w-]{27,40}(?![\w-])/y
const mailchimp = /[0-9a-f]{32}-us\d{1,2}(?!\w)/y

function digitsBefore(text: string, end: number): number {
  let i = end
  while (i > 0 && end - i < 18 && bitsAt(text, i - 1) === charBits.digit) i--
  return end - i
}

/** Words in the prefix of a token that say what it is, whoever the vendor. */
const secretWords =
  /^(?:sk|rk|pat|api|apikey|tok|tkn|token|secret|priv|private|oauth|access|refresh|bearer|cred|pwd|live|psk|master|signing|webhook|whsec|accesskey|secretkey|[a-z]{2,8}pat|[a-z]{2,8}sk|[a-z]{2,8}tok(?:en)?)$/

/** Words in a prefix that say that it is an identifier, or public. */
const idWords =
  /^(?:pk|pub|public|publishable|id|ids|evt|event|req|request|msg|message|run|job|task|trace|span|cus|ch|pi|pm|in|sub|seti|cs|usr|user|org|acct|account|file|img|image|resp|call|chatcmpl|asst|thread|toolu|srv|ord|order|inv|prod|price|txn|batch|conv|ws|proj|team|node|pod|sha|md|commit|etag|hash|build|deploy|release|v|rs|fc|vs|step|ft|embd|session|sess|doc|page|item|obj|ref|cart|upload|blob|kid|arn|vpc|subnet|sg|eni|ami|vol|snap|eipalloc|igw|rtb|acl|i|ip)$/

/**
 * Where a token of an unknown vendor begins: `prefix_…` with a word that says secret and a body of at least 16 characters, or
 * a short prefix and at least 34 mixed characters. Identifiers (`evt_…`, `req_…`) stay.
 */
function namedToken(text: string, start: number, end: number): number {
  let at = start
  let secret = false
  let identifier = false
  let words = 0
  for (; at < end && words < 5; words++) {
    const next = segmentEnd(text, at, end)
    if (!prefixWord.test(text.slice(at, Math.min(next, at + 13)))) break
    const word = text.slice(at, next).replace(/\d{1,4}$/, '')
    if (secretWords.test(word)) secret = true
    else if (idWords.test(word)) identifier = true
    at = next + 1
  }
  if (words === 0 || identifier || at >= end) return -1
  const seen = bitsOf(text, at, end)
  if (secret) {
    if (isMixed(seen)) return end - at >= 16 ? start : -1
    const plain = (seen & charBits.digit) !== 0 && (seen & letterBits) !== 0
    return plain && segmentEnd(text, at, end) - at >= 24 ? start : -1
  }
  const prefixed = text.charCodeAt(at - 1) === 95 && at - start > 2
  return prefixed && isMixed(seen) && end - at >= 34 ? start : -1
}

/** A lower-case word of at most twelve characters. */
const prefixWord = /^(?=.{1,12}$)(?:[a-z]{1,12}\d{0,4}|\d{1,4})$/

function segmentEnd(text: string, at: number, end: number): number {
  let i = at
  while (i < end && (bitsAt(text, i) & alnumBits) !== 0) i++
  return i
}

function isMixed(seen: number): boolean {
  return (
    (seen & charBits.digit) !== 0 &&
    (seen & charBits.upper) !== 0 &&
    (seen & (charBits.lower | charBits.hexLetter)) !== 0
  )
}

function bitsOf(text: string, start: number, end: number): number {
  let seen = 0
  const most = Math.min(end, start + 256)
  for (let i = start; i < most; i++) seen |= bitsAt(text, i)
  return seen
}

/**
 * `Bearer …`, `Basic …` and `ApiKey …` outside of a header line.
 *
 * @param end - Where the scheme ends.
 */
export function maskScheme(text: string, start: number, end: number, spans: Spans): number {
  const basic = (text.charCodeAt(start + 1) | 32) === 97
  const word = text.slice(start, end).toLowerCase()
  const key = word === 'apikey'
  if (word !== 'bearer' && word !== 'basic' && !key) return 0
  let from = end
  while (text.charCodeAt(from) === 32 && from - end < 4) from++
  const quoted = text.charCodeAt(from) === 34 || text.charCodeAt(from) === 39
  if (quoted) from++
  const pattern = basic || key ? basicValue : bearerValue
  const stop = match(pattern, text, from)
  if (stop - from < 8) return 0
  const value = text.slice(from, Math.min(stop, from + 512))
  if (!basic && assignment.test(value)) return 0
  if (text.charCodeAt(stop) === 61 || /^[A-Za-z]?[a-z]*[.,;:]?$/.test(value)) return 0
  if (key) {
    if (value.length < 16 || !isOpaque(value)) return 0
  } else if (basic) {
    if (value.length % 4 === 1) return 0
    const pair = Buffer.from(value, 'base64').toString('latin1')
    if (
      !/^[\x20-\xff]*$/.test(pair) ||
      !(pair.includes(':') || (value.length >= 16 && /\d/.test(value)))
    )
      return 0
  } else if (!/\d/.test(value) && !(value.length >= 20 && /[A-Z]/.test(value))) return 0
  return spans.add(from, stop, basic || key ? (key ? 'apikey' : 'basic') : 'bearer')
}

/** `token_type=Bearer expires_in=3600` */
const assignment = /^[a-z][a-z_.-]{0,40}=[^=]/i
const bearerValue = /[\w.~+/=-]{8,}/y
const basicValue = /[A-Za-z0-9+/_-]{8,}={0,2}/y

/** An Azure client secret: three characters, a digit, `Q~`, 31 to 34 more. The `~` is at `at`. */
export function maskAzureSecret(text: string, at: number, spans: Spans): number {
  if (bitsAt(text, at - 2) !== charBits.digit || (bitsAt(text, at - 5) & wordBits) === 0) return 0
  const stop = match(azure, text, at + 1)
  return stop > 0 ? spans.add(at - 5, stop, 'token:azure') : 0
}

const azure = /[\w.~-]{31,34}(?![\w~-])/y

/** `1/1203…:32 hex` of Asana: digits, a colon, hexadecimal. The digits end at `end`. */
export function maskNumbered(text: string, start: number, end: number, spans: Spans): number {
  const stop = match(numbered, text, end)
  return stop > 0 && end - start >= 15 ? spans.add(start, stop, 'token:asana') : 0
}

const numbered = /:[0-9a-f]{32}(?!\w)/y

/** A crypt-style password hash at a `$`: bcrypt, argon2, scrypt, SHA-crypt, yescrypt, MD5-crypt. */
export function maskPasswordHash(text: string, at: number, spans: Spans): number {
  const stop = match(cryptHash, text, at)
  return stop > 0 ? spans.add(at, stop, 'password-hash') : maskPayPal(text, at, spans)
}

const cryptHash =
  /\$(?:2[abxy]?\$\d\d\$[./A-Za-z0-9]{53}|argon2(?:id|i|d)\$(?:v=\d{1,3}\$)?[a-z0-9=,]{3,60}\$[A-Za-z0-9+/]{8,128}\$[A-Za-z0-9+/]{16,256}|(?:scrypt|pbkdf2[\w-]{0,16})\$[\w=,.+/$]{20,300}|[156y]\$(?:rounds=\d{1,9}\$)?[./A-Za-z0-9$]{1,64}\$[./A-Za-z0-9]{20,128}|apr1\$[./A-Za-z0-9]{1,16}\$[./A-Za-z0-9]{20,24})/y

/** The quoted `response` of a digest credential that ends before `at`. */
export function maskDigest(text: string, start: number, end: number, spans: Spans): number {
  if (
    !/(?:response|cnonce_response|mac|signature)="$/i.test(
      text.slice(Math.max(0, start - 24), start),
    )
  )
    return 0
  return spans.add(start, end, 'digest')
}
