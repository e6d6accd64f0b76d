import { alnumBits, bitsAt, charBits, charTable, letterBits, wordBits } from './characters.js'

/** Whether one of `= : ' " > @ ~ $ %` stands where a rule may match. */
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
    case 37:
      return encodedMayMatch(text, at)
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
  return oraclePassword(text, at) > 0
}

/** Where the password of `oracle:thin:user/password` begins that ends before an `@`; 0 when there is none. */
export function oraclePassword(text: string, at: number): number {
  let slash = 0
  for (let i = at - 1; i > 0 && at - i < 128; i--) {
    const c = text.charCodeAt(i)
    if (c <= 32 || c === 34 || c === 64) return 0
    if (c === 47 && slash === 0) slash = i
    else if (c === 58)
      return slash > 0 && slash + 1 < at && text.startsWith(':thin', i - 5) ? slash + 1 : 0
  }
  return 0
}

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

/** Whether a `%` is the first of a value behind `=`, and an encoded character begins with it. */
function encodedMayMatch(text: string, at: number): boolean {
  if ((bitsAt(text, at + 1) & hexBits) === 0 || (bitsAt(text, at + 2) & alnumBits) === 0)
    return false
  const least = Math.max(0, at - longestHead)
  for (let i = at - 1; i >= least; i--) {
    const c = text.charCodeAt(i)
    if (c === 61) return true
    if ((bitsAt(text, i) & wordBits) === 0 && !unreserved.has(c)) return false
  }
  return false
}

const longestHead = 512
const hexBits = charBits.digit | charBits.hexLetter | charBits.upper
/** What stands in a value of a query as it is, beside letters, digits, `_` and `-`. */
export const unreserved: ReadonlySet<number> = new Set(
  [...".~*!()',:/@+$?|"].map((mark) => mark.charCodeAt(0)),
)

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

/** Changes when `scan` may answer otherwise than before. */
export function scanVersion(): number {
  return stemCount
}

/** Makes `scan` look at names that end in the last three letters of this one. */
export function addStem(name: string): void {
  let letters = 0
  let count = 0
  for (let i = name.length - 1; i >= 0 && count < 3; i--) {
    if ((bitsAt(name, i) & letterBits) === 0) continue
    letters = (letters << 5) | (name.charCodeAt(i) & 31)
    count++
  }
  if (count < 3 || stems[letters] === 1) return
  stems[letters] = 1
  stemCount++
}

for (const stem of 'pas psw pwd sec cre tok key jwt jws jwe bea aut sid ses otp pin cvv cvc cvn csc coo mne phr csr xsr sig ass sam cod see num car mdp sen cla wac ken psk hra hma ppi vat mun ech abl sso fir zin asl ckp hei cfi rif ola ick gic sas'.split(
  ' ',
)) {
  addStem(stem)
}
