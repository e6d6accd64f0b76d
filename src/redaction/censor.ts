import { createHmac } from 'node:crypto'
import type { RedactOptions } from './options.js'
import { removed } from './types.js'

/** The rule under which values that a pino path names are counted, and for which a censor function is asked. */
export const pathRule = 'path'

const defaultText = '[Redacted]'

/** What replaces masked values. */
export interface Censor {
  /** In place of a whole value. */
  value(value: unknown, rule: string, path?: readonly string[]): unknown | typeof removed
  /** In place of a part of a text. */
  part(part: string): string
}

/** Compiles the censor modes: text, removal, partial, pseudonym, and pino's `censor` and `remove` for paths. */
export function createCensor(options: RedactOptions, fault: () => void): Censor {
  const text = typeof options.censor === 'string' ? options.censor : defaultText
  const ask = typeof options.censor === 'function' ? options.censor : undefined
  const part = partOf(options, text)
  const removes = options.mask === 'remove'
  const whole = (value: unknown): unknown => {
    if (removes) return removed
    if (typeof value === 'string') return part(value)
    if (typeof value === 'number' || typeof value === 'bigint') return part(String(value))
    return text
  }
  return {
    part: removes ? () => '' : part,
    value(value, rule, path) {
      if (rule !== pathRule) return whole(value)
      if (options.remove === true) return removed
      if (ask === undefined) return options.censor === undefined ? whole(value) : text
      try {
        return ask(value, [...(path ?? [])])
      } catch {
        fault()
        return text
      }
    },
  }
}

function partOf(options: RedactOptions, text: string): (part: string) => string {
  const mask = options.mask
  if (mask === 'partial') {
    return (part) => (part.length < 12 ? text : `****${wellFormedEnd(part)}`)
  }
  if (typeof mask === 'object') {
    const { key, keyId } = mask.hmac
    return (part) => `${keyId}:${createHmac('sha256', key).update(part).digest('hex').slice(0, 32)}`
  }
  return () => text
}

/** The last four characters, without half of a surrogate pair at their beginning. */
function wellFormedEnd(text: string): string {
  const end = text.slice(-4)
  const c = end.charCodeAt(0)
  return c >= 0xdc00 && c <= 0xdfff ? end.slice(1) : end
}
