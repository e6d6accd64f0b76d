import type { Spans } from './spans.js'

/**
 * Tokens of several parts, or without a prefix, that one run of word characters does not show whole.
 *
 * @returns Where to go on reading; 0 when nothing was found.
 */
export function maskComposed(text: string, start: number, end: number, spans: Spans): number {
  const length = end - start
  if (length === 84 && text.startsWith('AZDO', end - 8))
    return spans.add(start, end, 'token:azure-devops')
  if (length === 51 || length === 52) {
    const stop = match(wallet, text, start)
    if (stop > 0) return spans.add(start, stop, 'token:wallet')
  }
  if (text.charCodeAt(start - 1) !== 46) return 0
  if (length === 22) {
    const stop = match(harness, text, start)
    if (stop > 0 && text.startsWith('pat.', start - 4))
      return spans.add(start - 4, stop, 'token:harness')
  }
  const before = text.slice(Math.max(0, start - 48), start)
  for (const [rule, head, body] of dotted) {
    const found = head.exec(before)
    if (found === null) continue
    const stop = match(body, text, start)
    if (stop > 0) return spans.add(start - (found[1] ?? '').length, stop, rule)
  }
  return 0
}

function match(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at
  return pattern.test(text) ? pattern.lastIndex : 0
}

/** Private keys in the wallet import format: base58 that begins with the version byte. */
const wallet = /(?:5[HJK][1-9A-HJ-NP-Za-km-z]{49}|[KL][1-9A-HJ-NP-Za-km-z]{51})(?!\w)/y
const harness = /[\w-]{22}\.[0-9a-f]{24}\.[A-Za-z0-9]{20}(?!\w)/y

/** Heads of tokens that have a part of their own, such as the environment's name, before the secret. */
const dotted: readonly (readonly [rule: string, head: RegExp, body: RegExp])[] = [
  ['token:doppler', /(?<!\w)(dp\.(?:st|ct|sa)\.[\w-]{2,35}\.)$/, /[A-Za-z0-9]{40,44}(?!\w)/y],
  ['token:snyk', /(?<!\w)(snyk_[us]at\.[0-9a-f]{8}\.)$/, /[\w-]{40,200}(?:\.[\w-]{8,200})?/y],
  ['token:cloudflare', /(?<![\w.])(v1\.)$/, /0-[0-9a-f]{24}-[0-9a-f]{146}(?!\w)/y],
  ['token:github', /(?<![\w.])(v1\.)$/, /[0-9a-f]{40}(?!\w)/y],
]

/** A PayPal token at its first `$`: `access_token$production$…$…`. */
export function maskPayPal(text: string, at: number, spans: Spans): number {
  const stop = match(payPal, text, at)
  return stop > 0 ? spans.add(at + 1, stop, 'token:paypal') : 0
}

const payPal = /\$(?:production|sandbox)\$[a-z0-9]{16}\$[0-9a-f]{32}(?!\w)/y
