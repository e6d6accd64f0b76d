import { type PiiRule, piiRules, type RedactOptions } from './options.js'
import type { Spans } from './spans.js'
import type { KeyVerdict } from './types.js'
import { wordsOf } from './words.js'

/** Personal data, opt-in: e-mail addresses, phone numbers, US social security numbers, IBANs, IP addresses. */
export interface PiiRules {
  find(text: string, spans: Spans): void
  key(name: string): KeyVerdict | undefined
}

/** The rules that `pii: true` or their own names switch on; `undefined` when none is. */
export function createPiiRules(rules: NonNullable<RedactOptions['rules']>): PiiRules | undefined {
  const on = (rule: PiiRule): boolean => rules[rule] ?? rules['pii'] ?? false
  const chosen = piiRules.filter(on)
  if (chosen.length === 0) return undefined
  return {
    find(text, spans) {
      for (const rule of chosen) finders[rule](text, spans)
    },
    key(name) {
      const rule = keyRule(name)
      return rule !== undefined && on(rule) ? verdicts[rule] : undefined
    },
  }
}

const finders: Readonly<Record<PiiRule, (text: string, spans: Spans) => void>> = {
  email(text, spans) {
    for (let at = text.indexOf('@'); at >= 0; at = text.indexOf('@', at + 1)) {
      let start = at
      while (start > 0 && at - start < 64 && isLocalPart(text.charCodeAt(start - 1))) start--
      while (start < at && text.charCodeAt(start) === 46) start++
      domain.lastIndex = at + 1
      if (start < at && domain.test(text) && !assetEnd.test(text.slice(at + 1, domain.lastIndex)))
        spans.add(start, domain.lastIndex, 'pii:email')
    }
  },
  phone(text, spans) {
    for (const pattern of phones) {
      for (const match of text.matchAll(pattern)) {
        const digits = match[0].replace(/\D/g, '').length
        if (digits >= 8 && digits <= 15)
          spans.add(match.index, match.index + match[0].length, 'pii:phone')
      }
    }
  },
  ssn(text, spans) {
    addAll(text, ssn, spans, 'pii:ssn')
  },
  iban(text, spans) {
    for (const match of text.matchAll(iban)) {
      const end = ibanEnd(text, match.index)
      if (end > 0) spans.add(match.index, end, 'pii:iban')
    }
  },
  ip(text, spans) {
    addAll(text, ipv4, spans, 'pii:ip')
    for (const match of text.matchAll(ipv6)) {
      if (isIpv6(match[0])) spans.add(match.index, match.index + match[0].length, 'pii:ip')
    }
  },
}

function addAll(text: string, pattern: RegExp, spans: Spans, rule: string): void {
  for (const match of text.matchAll(pattern))
    spans.add(match.index, match.index + match[0].length, rule)
}

function isLocalPart(c: number): boolean {
  return (
    (c > 47 && c < 58) ||
    (c > 64 && c < 91) ||
    (c > 96 && c < 123) ||
    (c < 128 &&
      "!#$%&'*+-./=?^_`{|}~".includes(String.fromCharCode(c)) &&
      c !== 47 &&
      c !== 61 &&
      c !== 39) ||
    c > 0xbf
  )
}

const domain =
  /(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?\.){1,8}\p{L}{2,24}(?![\p{L}\p{N}-])/uy
/** `logo@2x.png` is no address. */
const assetEnd = /^\d{1,2}(?:\.\d{1,2})?x\.|\.(?:png|jpe?g|gif|svg|webp|css|js|ts)$/i

const phones: readonly RegExp[] = [
  /(?<![\w.+-])\+\d[\d ().-]{6,20}\d(?![\w-])/g,
  /(?<![\w.+-])(?:1[ .-])?(?:\([2-9]\d\d\) ?|[2-9]\d\d[ .-])[2-9]\d\d[ .-]\d{4}(?![\w-])/g,
  /(?<![\w.+-])0\d{2,4}[ /-]\d{5,8}(?![\w-])/g,
  /(?<![\w.+-])0\d{1,4}[ /-]\d{3,4}[ -]\d{3,4}(?![\w-])/g,
]
const ssn = /(?<![\w.-])(?!000|666|9)\d{3}([- ])(?!00)\d{2}\1(?!0000)\d{4}(?![\w-])/g
const iban = /(?<![A-Za-z0-9])[A-Z]{2}\d{2} ?[A-Z0-9]{2,4}/g
const ipv4 =
  /(?<![\w.-])(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)\.){3}(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?![\w-]|\.\d)/g
const ipv6 =
  /(?<![\w:.])(?:[0-9a-f]{0,4}:){2,7}(?:[0-9a-f]{1,4}|(?:\d{1,3}\.){3}\d{1,3})?(?![\w:])/gi

function isIpv6(text: string): boolean {
  const groups = text.split(':').length - 1
  if (text.includes('::')) return text.length > 2 && /[0-9a-f]/i.test(text)
  return groups === 7
}

/** The end of an IBAN by ISO 13616: 15 to 34 characters whose remainder by 97 is 1, in groups of four or without spaces. */
function ibanEnd(text: string, start: number): number {
  let remainder = 0
  let length = 4
  let best = 0
  let i = start + 4
  for (; i < text.length && length < 34; i++) {
    const c = text.charCodeAt(i)
    if (c === 32) {
      if (length % 4 !== 0) break
      continue
    }
    if (!((c > 47 && c < 58) || (c > 64 && c < 91))) break
    remainder = append(remainder, c)
    length++
    if (length >= 15 && !isAlnum(text.charCodeAt(i + 1)) && closes(remainder, text, start))
      best = i + 1
  }
  return best
}

/** The country and the check digits count last. */
function closes(remainder: number, text: string, start: number): boolean {
  let whole = remainder
  for (let i = start; i < start + 4; i++) whole = append(whole, text.charCodeAt(i))
  return whole === 1
}

/** The remainder by 97 with one more character: a digit, or a letter as the number 10 to 35. */
function append(remainder: number, c: number): number {
  return c < 58 ? (remainder * 10 + c - 48) % 97 : (remainder * 100 + c - 55) % 97
}

function isAlnum(c: number): boolean {
  return (c > 47 && c < 58) || (c > 64 && c < 91) || (c > 96 && c < 123)
}

const names: Readonly<Record<PiiRule, ReadonlySet<string>>> = {
  email: new Set(['email', 'e mail', 'mail', 'email address', 'mail address', 'user email']),
  phone: new Set([
    'phone',
    'phone number',
    'mobile',
    'mobile number',
    'telephone',
    'tel',
    'msisdn',
    'cell phone',
  ]),
  ssn: new Set([
    'ssn',
    'social security',
    'social security number',
    'national id',
    'tax id',
    'tin',
    'sin',
    'nino',
  ]),
  iban: new Set([
    'iban',
    'account iban',
    'bank account',
    'bank account number',
    'account number',
    'routing number',
  ]),
  ip: new Set([
    'ip',
    'ip address',
    'remote address',
    'client ip',
    'remote ip',
    'user ip',
    'x forwarded for',
    'x real ip',
  ]),
}

const verdicts: Readonly<Record<PiiRule, KeyVerdict>> = {
  email: { rule: 'pii:email', scope: 'scalar' },
  phone: { rule: 'pii:phone', scope: 'scalar' },
  ssn: { rule: 'pii:ssn', scope: 'scalar' },
  iban: { rule: 'pii:iban', scope: 'scalar' },
  ip: { rule: 'pii:ip', scope: 'scalar' },
}

function keyRule(name: string): PiiRule | undefined {
  const words = wordsOf(name)
  for (let from = Math.max(0, words.length - 3); from < words.length; from++) {
    const end = words.slice(from).join(' ')
    for (const rule of piiRules) if (names[rule].has(end)) return rule
  }
  return undefined
}
