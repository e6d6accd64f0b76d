import { isId, type KeyInfo, type KeyTable } from './key-table.js'
import { verdictMasks } from './keys.js'
import type { SerializeLimits } from './limits.js'
import { takenNames, toldVerdict, unique } from './members.js'
import { scan } from './scan.js'
import { Fault, Written } from './serialize-parts.js'
import { ScalarWriter } from './serialize-scalar.js'
import { arrayVerdicts } from './structure.js'
import type { KeyVerdict, PathState, Redaction } from './types.js'

/** Writes members and items that have been read already: what their names, each other, the paths and the limits demand. */
export abstract class MemberWriter extends ScalarWriter {
  readonly keys: KeyTable
  /** The value being entered stands under a key whose arrays hold names and values in turn. */
  protected flatPairs = false
  /** Values written of this record. */
  protected nodes = 0

  constructor(redaction: Redaction, limits: SerializeLimits, keys: KeyTable) {
    super(redaction, limits)
    this.keys = keys
  }

  /** JSON text of an object or array. */
  abstract object(value: object, path?: PathState): string | undefined

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
        if (value.length <= this.limits.stringLength && !this.eager) {
          this.room -= value.length
          const bits = scan(value)
          if (bits === 0 || (info.id && isId(value))) return `${info.quoted + value}"`
          return info.prefix + this.scanned(value, bits)
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

  /** An object of these keys and values, which are not read from anything any more. */
  pairs(
    keys: readonly string[],
    values: readonly unknown[],
    omitted: number,
    path?: PathState,
  ): string {
    const out = this.members(keys, values, omitted, path)
    return out === '' ? '{}' : `{${out.slice(1)}}`
  }

  /** As {@link pairs}, each member behind a comma and no braces around them. */
  members(
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
        out += this.omittedMember(keys, keys.length - index + omitted)
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
        names ??= takenNames(keys)
        out += `,${unique(info.name, names)}:${text}`
      } else {
        out += info.prefix + text
      }
    }
    if (omitted > 0) out += this.omittedMember(keys, omitted)
    return out
  }

  /** The member that tells how many were left out, under a name that no other one has. */
  protected omittedMember(keys: readonly string[], omitted: number): string {
    const mark = this.mark(`${omitted} more keys`)
    if (!keys.includes('[Truncated]')) return `,"[Truncated]":${mark}`
    return `,${unique('"[Truncated]"', takenNames(keys))}:${mark}`
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
    if (info.id && !this.eager && path?.ends !== true && typeof value === 'string' && isId(value)) {
      return `"${value}"`
    }
    this.flatPairs = info.flatPairs && typeof value === 'object'
    return this.field(key, value, verdict, path)
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
}
