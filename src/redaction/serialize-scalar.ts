import { quotedFrames } from './frames.js'
import { bigintDigits, cutOverlap, type SerializeLimits, unreadLength } from './limits.js'
import { quoteJson } from './quote.js'
import { scan } from './scan.js'
import { isError } from './serialize-error.js'
import { type PathState, type Redaction, removed, scanBits } from './types.js'

const bigintBound = 10n ** BigInt(bigintDigits)

/** Texts of one record that the rules look into; those beyond are masked unseen. */
const mostSuspects = 500

/** Writes text, numbers and marks: safe, cut to the limits, counted. */
export abstract class ScalarWriter {
  /** Contained faults of values: throwing getters, proxies, `toJSON`. */
  faults = 0
  /** Values cut by a limit. */
  truncated = 0
  /** Every text must pass the redactor, whatever the scan says. */
  eager = false
  /** Texts of this record that the rules had to look into. */
  protected suspects = 0
  /** UTF-16 units that are left of the record's length. */
  protected room = 0
  readonly redaction: Redaction
  readonly limits: SerializeLimits
  /** Keys and indexes that led here; kept only where pino paths need them. */
  protected readonly trail: string[] = []

  constructor(redaction: Redaction, limits: SerializeLimits) {
    this.redaction = redaction
    this.limits = limits
  }

  /** JSON text of any value, or `undefined` where JSON has none. */
  abstract value(value: unknown, path?: PathState): string | undefined

  string(text: string): string {
    const { length } = text
    if (length > this.limits.stringLength) return this.cut(text)
    this.room -= length
    if (this.eager) return quoteJson(this.redaction.text(text))
    const bits = scan(text)
    return bits === 0 ? `"${text}"` : this.scanned(text, bits)
  }

  /** The stack of an error. */
  stack(text: string): string {
    if (this.eager || text.length > this.limits.stringLength) return this.string(text)
    const at = text.indexOf('\n    at ')
    if (at === -1) return this.string(text)
    const frames = quotedFrames(text.slice(at))
    if (frames === undefined) return this.string(text)
    this.room -= text.length
    const head = text.slice(0, at)
    const bits = scan(head)
    if (bits === 0) return `"${head}${frames}`
    return bits === scanBits.escape
      ? quoteJson(head).slice(0, -1) + frames
      : quoteJson(this.redaction.text(text, bits))
  }

  /** Text that {@link scan} has been asked about, quoted. */
  protected scanned(text: string, bits: number): string {
    if ((bits & scanBits.suspect) !== 0 && ++this.suspects > mostSuspects) {
      return this.censored(text, 'fault:budget') ?? 'null'
    }
    return quoteJson(bits === scanBits.escape ? text : this.redaction.text(text, bits))
  }

  /** Text that is no value of its own (a message, a key): redacted and cut, not yet quoted. */
  text(text: string, limit: number = this.limits.stringLength): string {
    if (text.length <= limit) {
      return this.eager || scan(text) > 1 ? this.redaction.text(text) : text
    }
    this.truncated++
    if (text.length > unreadLength) return `[String of ${text.length} characters]`
    const seen = this.redaction.text(text.slice(0, limit + cutOverlap))
    const kept = seen.length > limit ? withoutOpenToken(seen.slice(0, limit)) : seen
    return `${kept}[Truncated: ${text.length} characters]`
  }

  number(value: number): string {
    if (!Number.isFinite(value)) return 'null'
    if (value > 99_999_999_999 || value < -99_999_999_999) {
      const rule = this.redaction.number(value)
      if (rule !== undefined) return this.censored(value, rule) ?? 'null'
    }
    return `${value}`
  }

  throws(error: unknown): string {
    this.faults++
    return quoteJson(`[Throws: ${this.text(messageOf(error), 128)}]`)
  }

  mark(text: string): string {
    this.truncated++
    return `"[Truncated: ${text}]"`
  }

  protected bigint(value: bigint): string {
    if (value >= bigintBound || value <= -bigintBound) return this.mark('bigint')
    const rule = this.redaction.number(value)
    if (rule !== undefined) return this.censored(value, rule) ?? 'null'
    const digits = value.toString()
    return value <= Number.MAX_SAFE_INTEGER && value >= Number.MIN_SAFE_INTEGER
      ? digits
      : `"${digits}"`
  }

  protected censored(value: unknown, rule: string): string | undefined {
    const shown = this.redaction.censor(value, rule, this.trail)
    if (shown === removed) return undefined
    if (typeof shown === 'string') {
      const cut = shown.length > this.limits.stringLength ? this.text(shown) : shown
      this.room -= cut.length
      return scan(cut) === 0 ? `"${cut}"` : quoteJson(cut)
    }
    return shown === value ? quoteJson('[Redacted]') : (this.value(shown) ?? 'null')
  }

  private cut(text: string): string {
    const kept = this.text(text)
    this.room -= kept.length
    return quoteJson(kept)
  }
}

const delimiters = new Set(' \t\n\r"\'<>()[]{},;')

/** A cut text without the token that the cut went through, as far as one reaches. */
function withoutOpenToken(text: string): string {
  const least = Math.max(text.length - cutOverlap, 0)
  let end = text.length
  while (end > least && !delimiters.has(text[end - 1] as string)) end--
  return text.slice(0, end)
}

function messageOf(error: unknown): string {
  try {
    const message: unknown = isError(error) ? (error as Error).message : error
    return typeof message === 'string' ? message : typeof message
  } catch {
    return 'unknown'
  }
}
