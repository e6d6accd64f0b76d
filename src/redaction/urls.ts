import { bitsAt, charBits } from './characters.js'
import { isOpaque } from './opaque.js'
import type { Spans } from './spans.js'
import { longestAuthority, oraclePassword } from './triggers.js'

/**
 * Userinfo and web hooks behind `://`.
 *
 * @param at - The first place behind `://`.
 * @returns Where to go on reading; 0 when nothing was found.
 */
export function maskUrl(text: string, at: number, spans: Spans): number {
  return maskUserinfo(text, at, spans) || maskHook(text, at, spans)
}

/** The password of `scheme://user:password@host`, or a token that stands alone before the `@`. */
function maskUserinfo(text: string, at: number, spans: Spans): number {
  const end = Math.min(text.length, at + longestAuthority)
  let colon = -1
  let mark = -1
  for (let i = at; i < end; i++) {
    const c = text.charCodeAt(i)
    if (c === 64) mark = i
    else if (c <= 32 || c === 34 || c === 60 || c === 62 || c === 96 || c > 0x2000) break
    else if (c === 58) {
      if (text.charCodeAt(i + 1) === 47 && text.charCodeAt(i + 2) === 47) break
      if (colon < 0) colon = i
    } else if (c === 39 && mark >= 0) break
    else if (c === 47 || c === 63 || c === 35) {
      // Beyond the authority: a raw mark in a password, unless host and port are complete.
      if (mark >= 0 || colon < 0 || bitsAt(text, colon + 1) === charBits.digit) break
    }
  }
  if (mark <= at) return 0
  if (colon >= 0 && colon < mark) {
    if (colon + 1 === mark || isTemplate(text.slice(colon + 1, mark))) return mark
    const user = text.slice(at, colon)
    return spans.add(user.length >= 16 && isOpaque(user) ? at : colon + 1, mark, 'url')
  }
  const user = text.slice(at, mark)
  return user.length >= 16 && isOpaque(user) ? spans.add(at, mark, 'url') : 0
}

/** `user:password@tcp(host)` of Go's drivers and `thin:user/password@host` of Oracle's; the `@` is at `at`. */
export function maskBeforeAt(text: string, at: number, spans: Spans): number {
  const password = oraclePassword(text, at)
  if (password > 0) return spans.add(password, at, 'url')
  let colon = -1
  let i = at - 1
  for (; i >= 0 && at - i < 96; i--) {
    const c = text.charCodeAt(i)
    if (c <= 32 || c === 34 || c === 39 || c === 61) break
    if (c === 58) colon = i
  }
  return colon > i + 1 && colon + 1 < at ? spans.add(colon + 1, at, 'url') : at
}

function isTemplate(text: string): boolean {
  return /^(?:\*{2,}|x{3,}|\$\{\w{1,60}\}|\[[A-Za-z ]{1,20}\]|<[a-z]{1,20}>|:?password|pass)$/i.test(
    text,
  )
}

/** URLs that are secrets themselves: whoever knows the path may post. */
function maskHook(text: string, at: number, spans: Spans): number {
  hook.lastIndex = at
  if (!hook.test(text)) return 0
  const start = hook.lastIndex
  let end = start
  while (end < text.length && isPathCharacter(text.charCodeAt(end))) end++
  return end - start >= 16 ? spans.add(start, end, 'url:hook') : 0
}

const hook =
  /(?:hooks\.slack\.com\/(?:services|workflows|triggers)\/|hooks\.slack-gov\.com\/services\/|(?:\w{1,16}\.)?discord(?:app)?\.com\/api\/(?:v\d{1,2}\/)?webhooks\/|[\w-]{1,40}\.webhook\.office\.com\/webhookb2\/|outlook\.office\.com\/webhook\/|hooks\.zapier\.com\/hooks\/catch\/|hook(?:\.[a-z]{2}\d)?\.(?:integromat|make)\.com\/|api\.telegram\.org\/bot|maker\.ifttt\.com\/trigger\/\w{1,40}\/with\/key\/|prod-\d{1,3}\.[a-z]{1,20}\.logic\.azure\.com(?::443)?\/workflows\/|api\.opsgenie\.com\/v1\/json\/\w{1,20}\?apiKey=|events\.pagerduty\.com\/integration\/|[\w-]{1,40}\.svix\.com\/in\/|chat\.googleapis\.com\/v1\/spaces\/\w{1,40}\/messages\?key=)/y

function isPathCharacter(c: number): boolean {
  return (
    (c > 44 && c < 59) ||
    c === 95 ||
    (c > 63 && c < 91) ||
    (c > 96 && c < 123) ||
    c === 61 ||
    c === 38 ||
    c === 37
  )
}
