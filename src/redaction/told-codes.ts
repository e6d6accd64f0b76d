import { bitsAt, wordBits } from './characters.js'
import { isOpaque } from './opaque.js'
import type { Spans } from './spans.js'

/** Whether words that may announce a one-time code stand beside these digits: `… is 485696`, `485696 is your …`. */
export function codeMayBeTold(text: string, start: number, end: number): boolean {
  if (text.charCodeAt(start - 1) === 32 && text.charCodeAt(start - 2) === 115) return true
  return text.charCodeAt(end) === 32 && text.startsWith('s your ', end + 2)
}

/** A one-time code that prose announces: `Your OTP is 485696`, `485696 is your verification code`; 0 when there is none. */
export function maskToldCode(text: string, start: number, end: number, spans: Spans): number {
  if (end - start < 4 || end - start > 8 || (bitsAt(text, end) & wordBits) !== 0) return 0
  after.lastIndex = end
  const told = before.test(text.slice(Math.max(0, start - 64), start)) || after.test(text)
  return told ? spans.add(start, end, 'prose') : 0
}

const before =
  /\b(?:otp|totp|passcode|(?:otp|pin|one[- ]time|verification|security|login|sign-?in|authentication|authorization|access|2fa|mfa|confirmation|recovery|reset) (?:code|pin|password|passcode|number))(?: (?:for|to) [\w.@-]{1,32})? is $/i
const after =
  / (?:is|as) your (?:[\w.-]{1,24} ){0,2}(?:otp|passcode|(?:one[- ]time|verification|security|login|sign-?in|authentication|access|2fa|mfa|confirmation|recovery|reset) (?:code|pin|password|passcode))/iy

/** Whether words that may announce a password end before this place: `… is Zx9…`, `… set to "Zx9…`. */
export function passwordMayBeTold(text: string, start: number): boolean {
  const c = text.charCodeAt(start - 1)
  const at = c === 34 || c === 39 ? start - 2 : start - 1
  if (text.charCodeAt(at) !== 32) return false
  const last = text.charCodeAt(at - 1)
  return last === 115 || last === 111 || last === 101
}

/** Whether prose says that a password stands here: `the password for bob was set to …`, `login bob password …`. */
export function isToldPassword(text: string, at: number): boolean {
  if (!toldBy.test(text.slice(Math.max(0, at - 11), at))) return false
  const before = text.slice(Math.max(0, at - 64), at)
  const word = passwordWord.exec(before)
  return word !== null && !/[.;:\n]/.test(before.slice(word.index))
}

const toldBy = /(?: (?:is|was|to|as|be)|\w password) ["']?$/i
const passwordWord = /\b(?:password|passphrase|passcode|passwd|secret)\b/i

/** Where a password in prose ends: at a space, a quote, a bracket or a comma. */
export function passwordEnd(text: string, at: number): number {
  let i = at
  while (i < text.length && i - at < 64 && !/[\s"'<>,;)]/.test(text.charAt(i))) i++
  return i
}

/** Whether a path that gives whoever knows it a right may end before this place: `/reset-password/`. */
export function capabilityMayEnd(text: string, at: number): boolean {
  const mark = text.charCodeAt(at - 1)
  return (mark === 47 || mark === 61) && capability.test(text.slice(Math.max(0, at - 40), at))
}

/** The last segment of such a path; 0 when it does not look like a token. */
export function maskCapability(text: string, start: number, end: number, spans: Spans): number {
  if (end - start < 20 || !capabilityMayEnd(text, start)) return 0
  return isOpaque(text.slice(start, end)) ? spans.add(start, end, 'url:capability') : 0
}

const capability =
  /\/(?:(?:password|account|email|user)[-_]?)?(?:reset|verify|verification|confirm|confirmation|invite|invites|invitation|invitations|magic|magic[-_]?link|activate|activation|unlock)(?:[-_](?:password|email|account))?(?:\/|\?[a-z]{1,8}=)$/i
