import { verdictMasks } from '../redaction/keys.js'
import { isOpaque } from '../redaction/opaque.js'
import type { Redaction } from '../redaction/types.js'

const longestQuery = 8_192
const mostPairs = 200
const masked = '[Redacted]'

/** Names that are harmless in a log's field and secret in a URL: authorization codes, signatures, keys. */
const queryNames: ReadonlySet<string> = new Set([
  'access_token',
  'api_key',
  'apikey',
  'assertion',
  'auth',
  'awsaccesskeyid',
  'client_secret',
  'code',
  'code_verifier',
  'credential',
  'id_token',
  'id_token_hint',
  'jwt',
  'key',
  'login_token',
  'magic',
  'oobcode',
  'otp',
  'pass',
  'passwd',
  'password',
  'pin',
  'pwd',
  'refresh_token',
  'samlrequest',
  'samlresponse',
  'secret',
  'session',
  'session_id',
  'sessionid',
  'sid',
  'sig',
  'signature',
  'ticket',
  'token',
  'x-amz-credential',
  'x-amz-security-token',
  'x-amz-signature',
  'x-goog-credential',
  'x-goog-signature',
])

/** Names of secrets in some URLs and of plain words in others: masked where the value is no word. */
const opaqueNames: ReadonlySet<string> = new Set(['hash', 'nonce', 'state'])

/** Masks the values of a query (without the `?`) by their names and by what they are; the rest stays as it came. */
export function createQueryRedactor(redactions: readonly Redaction[]): (query: string) => string {
  return (query) => {
    const pairs = query.slice(0, longestQuery).split('&', mostPairs)
    const kept = pairs.map((pair) => redactPair(pair, redactions)).join('&')
    // What is cut is said, and what no pair shows (a name that is a secret) is looked for in the whole.
    const text = query.length > longestQuery ? `${kept}…` : kept
    return redactions.reduce((safe, redaction) => redaction.text(safe), text)
  }
}

function redactPair(pair: string, redactions: readonly Redaction[]): string {
  const equals = pair.indexOf('=')
  if (equals === -1) return safeText(decoded(pair), redactions) ? pair : masked
  const value = pair.slice(equals + 1)
  if (value === '') return pair
  const name = decoded(pair.slice(0, equals))
  const plain = decoded(value)
  const isSafe =
    !isSecretName(name.toLowerCase(), plain) &&
    redactions.every((redaction) => isUnmasked(redaction, name, plain)) &&
    safeText(plain, redactions)
  return isSafe ? pair : `${pair.slice(0, equals)}=${masked}`
}

function isSecretName(name: string, value: string): boolean {
  return queryNames.has(name) || (opaqueNames.has(name) && isOpaque(value))
}

function isUnmasked(redaction: Redaction, name: string, value: string): boolean {
  // `filter[token]` and `user.password` are about their last part.
  for (const part of [name, ...name.split(/[.[\]]+/, 8)]) {
    const verdict = part === '' ? undefined : redaction.key(part)
    if (verdict !== undefined && verdictMasks(verdict, value)) return false
  }
  return true
}

function safeText(text: string, redactions: readonly Redaction[]): boolean {
  return redactions.every((redaction) => redaction.text(text) === text)
}

/** Twice, because what is encoded twice is read so by somebody. */
function decoded(text: string): string {
  const once = decodeOnce(text)
  return once.includes('%') ? decodeOnce(once) : once
}

function decodeOnce(text: string): string {
  if (!/[%+]/.test(text)) return text
  const spaced = text.replaceAll('+', ' ')
  try {
    return decodeURIComponent(spaced)
  } catch {
    // Bytes that are no UTF-8, or a stray percent sign: each escape for itself.
    return spaced.replace(/%([\da-f]{2})/gi, (_, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    )
  }
}
