import { masksText } from './keys.js'
import { longestName, type NameRules } from './names.js'
import { isPlaceholder } from './opaque.js'
import type { Spans } from './spans.js'
import { bareEnd, closingQuote, isDigitsOnly, maskQuoted, quoteAt, skipSpaces } from './values.js'

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
  if (stopWords.test(value) || !masksText(verdict, value)) return end
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
    if (
      colon === 0 ||
      from + colon === stop ||
      isDigitsOnly(value.slice(colon)) ||
      isPlaceholder(value.slice(colon))
    )
      return end
    return spans.add(from + colon, stop, 'flag')
  }
  if (flag !== '-p' && flag !== '-a' && flag !== '-P' && flag !== '-w') return end
  if (!followsCommand(text, start, commands)) return end
  const stop = bareEnd(text, from, false)
  return isPlaceholder(text.slice(from, stop)) ? end : spans.add(from, stop, 'flag')
}

const commands =
  /\b(?:sshpass|docker login|podman login|redis-cli|az login|mongosh|mongo|ldapsearch|unzip|7z|zip)\b/
const databases = /\b(?:mysql|mysqldump|mariadb|mysqladmin)\b/

/** Whether one of these commands stands before a flag, in the same part of a command line. */
function followsCommand(text: string, at: number, names: RegExp): boolean {
  const line = text.slice(Math.max(0, at - 64), at)
  const from = Math.max(line.lastIndexOf('|'), line.lastIndexOf(';'), line.lastIndexOf('&'))
  return names.test(line.slice(from + 1))
}

/** `mysql -pSECRET`. */
export function maskAttachedFlag(text: string, start: number, end: number, spans: Spans): number {
  if (text.charCodeAt(start + 1) !== 112 || end - start < 5) return 0
  if (!followsCommand(text, start, databases)) return 0
  const stop = bareEnd(text, start + 2, false)
  return isPlaceholder(text.slice(start + 2, stop)) ? 0 : spans.add(start + 2, stop, 'flag')
}

const stopWords =
  /^(?:required|missing|invalid|expired|none|null|empty|unset|is|not|was|and|or|to|for)$/i
