import { type KeyInfo, KeyTable } from './key-table.js'
import { verdictMasks } from './keys.js'
import {
  bigintDigits,
  cutOverlap,
  defaultLimits,
  type SerializeLimits,
  unreadLength,
} from './limits.js'
import { quoteJson } from './quote.js'
import { scan } from './scan.js'
import { isError, serializeError } from './serialize-error.js'
import { serializeExotic } from './serialize-exotic.js'
import { Fault, Written } from './serialize-parts.js'
import { arrayVerdicts, isPairName, isPairValue, jwkVerdict, pairVerdict } from './structure.js'
import { type KeyVerdict, type PathState, type Redaction, removed } from './types.js'

const bigintBound = 10n ** BigInt(bigintDigits)

/**
 * The one walk over values that end in a line: any value in, safe JSON text out.
 *
 * Each getter is read once, cycles and sizes are bounded, every string passes the redactor, nothing throws. One writer serves
 * one record after another: `begin` before each.
 */
export class SafeWriter {
  /** Contained faults of values: throwing getters, proxies, `toJSON`. */
  faults = 0
  /** Values cut by a limit. */
  truncated = 0
  /** Errors written below others in this record. */
  errors = 0
  /** Every text must pass the redactor, whatever the scan says. */
  eager = false
  readonly keys: KeyTable
  readonly redaction: Redaction
  readonly limits: SerializeLimits
  /** Keys and indexes that led here; kept only where pino paths need them. */
  private readonly trail: string[] = []
  private readonly ancestors: object[] = []
  /** The value being entered stands under a key whose arrays hold names and values in turn. */
  private flatPairs = false
  private nodes = 0
  private room = 0
  private enumerated = 0

  /** @param keys - Shared by the writers of one logger. */
  constructor(
    redaction: Redaction,
    limits: SerializeLimits = defaultLimits,
    keys: KeyTable = new KeyTable(redaction),
  ) {
    this.redaction = redaction
    this.limits = limits
    this.keys = keys
  }

  begin(): this {
    this.eager = this.redaction.eager
    this.keys.refresh()
    this.nodes = 0
    this.errors = 0
    this.enumerated = 0
    this.room = this.limits.length
    // Setting a length is a call into the engine even where nothing changes.
    if (this.ancestors.length > 0) this.ancestors.length = 0
    if (this.trail.length > 0) this.trail.length = 0
    return this
  }

  /** A value under a key: what the key's name, the paths and the value itself demand. `undefined`: nothing is written. */
  field(
    key: string,
    value: unknown,
    verdict: KeyVerdict | undefined,
    path: PathState | undefined,
  ): string | undefined {
    if (path !== undefined) {
      this.trail.push(key)
      try {
        if (path.ends) return this.censored(value, 'path')
        if (verdict !== undefined && verdictMasks(verdict, value))
          return this.censored(value, verdict.rule)
        return this.value(value, path)
      } finally {
        this.trail.pop()
      }
    }
    if (verdict !== undefined && verdictMasks(verdict, value))
      return this.censored(value, verdict.rule)
    return this.value(value)
  }

  /** `,"key":value` of a member whose key is plain; the way of almost all of them. */
  member(info: KeyInfo, value: unknown): string {
    switch (typeof value) {
      case 'string':
        if (value.length <= this.limits.stringLength && !this.eager && scan(value) === 0) {
          this.room -= value.length
          return `${info.quoted + value}"`
        }
        return info.prefix + this.string(value)
      case 'number':
        return info.prefix + this.number(value)
      case 'boolean':
        return info.prefix + (value ? 'true' : 'false')
      case 'object':
        if (value === null) return `${info.prefix}null`
        break
      case 'undefined':
        return ''
    }
    const text = this.read(value)
    return text === undefined ? '' : info.prefix + text
  }

  /** What was read: a value, or what stands for it. */
  read(value: unknown): string | undefined {
    if (Fault.is(value)) return this.throws(value.error)
    return Written.is(value) ? value.text : this.value(value)
  }

  /** JSON text of any value, or `undefined` where JSON has none. */
  value(value: unknown, path?: PathState): string | undefined {
    switch (typeof value) {
      case 'string':
        return this.string(value)
      case 'number':
        return this.number(value)
      case 'boolean':
        return value ? 'true' : 'false'
      case 'bigint':
        return this.bigint(value)
      case 'undefined':
        return undefined
      case 'function':
        return '"[Function]"'
      case 'symbol':
        return '"[Symbol]"'
      default:
        return value === null ? 'null' : this.object(value as object, path)
    }
  }

  string(text: string): string {
    const { length } = text
    if (length > this.limits.stringLength) return this.cut(text)
    this.room -= length
    if (this.eager) return quoteJson(this.redaction.text(text))
    const bits = scan(text)
    if (bits === 0) return `"${text}"`
    return quoteJson(bits === 1 ? text : this.redaction.text(text))
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

  /** Runs what may throw by a value's own doing, and marks the place if it does. */
  contain(read: () => string | undefined): string | undefined {
    try {
      return read()
    } catch (error) {
      return this.throws(error)
    }
  }

  throws(error: unknown): string {
    this.faults++
    return quoteJson(`[Throws: ${this.text(messageOf(error), 128)}]`)
  }

  mark(text: string): string {
    this.truncated++
    return `"[Truncated: ${text}]"`
  }

  /** Writes what is inside of `holder`, unless that is a cycle or beyond a limit. */
  within(holder: object, write: () => string | undefined): string | undefined {
    const mark = this.enter(holder)
    if (mark !== undefined) return mark
    try {
      return write()
    } catch (error) {
      return this.throws(error)
    } finally {
      this.ancestors.pop()
    }
  }

  object(value: object, path?: PathState): string | undefined {
    const mark = this.enter(value)
    if (mark !== undefined) return mark
    let text: string | undefined
    try {
      text = this.inside(value, path)
    } catch (error) {
      text = this.throws(error)
    }
    this.ancestors.pop()
    return text
  }

  /** @returns A mark, if this is as far as it goes. */
  private enter(holder: object): string | undefined {
    const { ancestors, limits } = this
    if (ancestors.length > 0 && ancestors.includes(holder)) return '"[Circular]"'
    if (ancestors.length >= limits.depth) return this.mark('depth')
    if (++this.nodes > limits.nodes) return this.mark('nodes')
    if (this.room < 0) return this.mark('line')
    ancestors.push(holder)
    return undefined
  }

  private inside(value: object, path: PathState | undefined): string | undefined {
    const prototype: unknown = Object.getPrototypeOf(value)
    if (prototype === Array.prototype || Array.isArray(value)) {
      return this.array(value as unknown[], path)
    }
    if (prototype !== Object.prototype && prototype !== null) {
      if (isError(value)) return serializeError(this, value)
      const exotic = serializeExotic(this, value)
      if (exotic !== undefined) return exotic
    } else if (prototype === null && isError(value)) {
      return serializeError(this, value)
    }
    const toJSON: unknown = (value as { toJSON?: unknown }).toJSON
    if (typeof toJSON === 'function') {
      const replaced: unknown = Reflect.apply(toJSON, value, [''])
      if (replaced !== value) return this.replaced(replaced, path)
    }
    return this.entries(value, path)
  }

  /** A `toJSON` result: walked like any value, but its own `toJSON` is not asked again. */
  private replaced(value: unknown, path: PathState | undefined): string | undefined {
    if (typeof value !== 'object' || value === null) return this.value(value, path)
    return this.within(value, () =>
      Array.isArray(value)
        ? this.array(value, path)
        : isError(value)
          ? serializeError(this, value)
          : (serializeExotic(this, value) ?? this.entries(value, path)),
    )
  }

  /** An instance of a class as the fields of a record, or what stands for it as one value. */
  asFields(instance: object): object | Written {
    if (Array.isArray(instance)) return new Written(this.object(instance) ?? 'null')
    const exotic = serializeExotic(this, instance)
    if (exotic !== undefined) return new Written(exotic)
    const toJSON: unknown = (instance as { toJSON?: unknown }).toJSON
    if (typeof toJSON !== 'function') return instance
    const replaced: unknown = Reflect.apply(toJSON, instance, [''])
    if (typeof replaced === 'object' && replaced !== null && !Array.isArray(replaced))
      return replaced
    return new Written(this.value(replaced) ?? 'null')
  }

  /** The own enumerable properties of an object, each read once. */
  entries(holder: object, path?: PathState): string {
    if (this.enumerated > 100_000) return this.mark('nodes')
    const keys = Object.keys(holder)
    this.enumerated += keys.length
    const count = Math.min(keys.length, this.limits.keys)
    const values: unknown[] = []
    for (let index = 0; index < count; index++) {
      try {
        values.push((holder as Record<string, unknown>)[keys[index] as string])
      } catch (error) {
        values.push(new Fault(error))
      }
    }
    const omitted = keys.length - count
    if (omitted > 0) keys.length = count
    return this.pairs(keys, values, omitted, path)
  }

  /** An object of these keys and values, which are not read from anything any more. */
  pairs(
    keys: readonly string[],
    values: readonly unknown[],
    omitted: number,
    path?: PathState,
  ): string {
    let names: Set<string> | undefined
    let out = ''
    for (let index = 0; index < keys.length; index++) {
      const key = keys[index] as string
      const value = values[index]
      if (value === undefined) continue
      if (++this.nodes > this.limits.nodes || this.room < 0) {
        out += `,"[Truncated]":${this.mark(`${keys.length - index + omitted} more keys`)}`
        omitted = 0
        break
      }
      const info = this.keys.get(key)
      this.room -= info.prefix.length
      if (info.plain && path === undefined) {
        out += this.member(info, value)
        continue
      }
      const told = info.told
        ? toldVerdict(this.redaction, keys, values, keys.length, key)
        : undefined
      const text = this.special(info, key, value, told ?? info.verdict, path?.next(key))
      if (text === undefined) continue
      if (info.altered) {
        // Only a key that was cut or masked can meet another one.
        names ??= new Set(keys.map(quoteJson))
        out += `,${unique(info.name, names)}:${text}`
      } else {
        out += info.prefix + text
      }
    }
    if (omitted > 0) out += `,"[Truncated]":${this.mark(`${omitted} more keys`)}`
    return out === '' ? '{}' : `{${out.slice(1)}}`
  }

  /** The value of a member that its name, other members or a path say something about. */
  special(
    info: KeyInfo,
    key: string,
    value: unknown,
    verdict: KeyVerdict | undefined,
    path: PathState | undefined,
  ): string | undefined {
    if (Fault.is(value) || Written.is(value)) return this.read(value)
    this.flatPairs = info.flatPairs && typeof value === 'object'
    return this.field(key, value, verdict, path)
  }

  array(list: readonly unknown[], path?: PathState): string {
    const length = Math.min(Math.max(Math.trunc(Number(list.length)) || 0, 0), 2 ** 32)
    const count = Math.min(length, this.limits.items)
    const items: unknown[] = []
    for (let index = 0; index < count; index++) {
      try {
        items.push(list[index])
      } catch (error) {
        items.push(new Fault(error))
      }
    }
    return this.items(items, length - count, path)
  }

  /** An array of these items, which are not read from anything any more. */
  items(items: readonly unknown[], omitted: number, path?: PathState): string {
    const verdicts =
      items.length > 1 ? arrayVerdicts(this.redaction, items, this.flatPairs) : undefined
    this.flatPairs = false
    let out = ''
    for (let index = 0; index < items.length; index++) {
      if (++this.nodes > this.limits.nodes || this.room < 0) {
        return `[${out}${out === '' ? '' : ','}${this.mark(`${items.length - index + omitted} more items`)}]`
      }
      const item = items[index]
      const verdict = verdicts?.get(index)
      const text =
        (verdict === undefined && path === undefined) || Fault.is(item)
          ? this.read(item)
          : this.field(String(index), item, verdict, path?.next(String(index)))
      this.room -= 2
      out += index === 0 ? (text ?? 'null') : `,${text ?? 'null'}`
    }
    if (omitted > 0) out += `,${this.mark(`${omitted} more items`)}`
    return `[${out}]`
  }

  private bigint(value: bigint): string {
    if (value >= bigintBound || value <= -bigintBound) return this.mark('bigint')
    const rule = this.redaction.number(value)
    if (rule !== undefined) return this.censored(value, rule) ?? 'null'
    const digits = value.toString()
    return value <= Number.MAX_SAFE_INTEGER && value >= Number.MIN_SAFE_INTEGER
      ? digits
      : `"${digits}"`
  }

  private censored(value: unknown, rule: string): string | undefined {
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

/** What other members of the same object say of one: `{name: 'Authorization', value}`, a JSON Web Key's private parts. */
export function toldVerdict(
  redaction: Redaction,
  keys: readonly string[],
  values: readonly unknown[],
  count: number,
  key: string,
): KeyVerdict | undefined {
  for (let index = 0; index < count; index++) {
    const other = keys[index] as string
    if (other === 'kty') return jwkVerdict(key)
    if (isPairName(other) && isPairValue(key)) {
      const verdict = pairVerdict(redaction, values[index])
      if (verdict !== undefined) return verdict
    }
  }
  return undefined
}

const delimiters = new Set(' \t\n\r"\'<>()[]{},;')

/** A cut text without the token that the cut went through, as far as one reaches. */
function withoutOpenToken(text: string): string {
  const least = Math.max(text.length - cutOverlap, 0)
  let end = text.length
  while (end > least && !delimiters.has(text[end - 1] as string)) end--
  return text.slice(0, end)
}

/** A quoted name apart from all those that are taken. */
export function unique(name: string, taken: Set<string>): string {
  let candidate = name
  for (let count = 2; taken.has(candidate); count++) candidate = `${name.slice(0, -1)}_${count}"`
  taken.add(candidate)
  return candidate
}

function messageOf(error: unknown): string {
  try {
    const message: unknown = isError(error) ? (error as Error).message : error
    return typeof message === 'string' ? message : typeof message
  } catch {
    return 'unknown'
  }
}

/** Safe JSON text of any value, for exits that write one value on their own. */
export function serializeValue(
  value: unknown,
  redaction: Redaction,
  limits: SerializeLimits = defaultLimits,
): string {
  return new SafeWriter(redaction, limits).begin().value(value) ?? 'null'
}
