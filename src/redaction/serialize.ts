import { isId, type KeyInfo, KeyTable } from './key-table.js'
import { defaultLimits, type SerializeLimits } from './limits.js'
import { containRejection } from './promises.js'
import { scan } from './scan.js'
import { isError, serializeError } from './serialize-error.js'
import { serializeExotic } from './serialize-exotic.js'
import { MemberWriter } from './serialize-members.js'
import { Fault, Written } from './serialize-parts.js'
import type { PathState, Redaction } from './types.js'

const hasOwn = Object.prototype.hasOwnProperty

/**
 * The one walk over values that end in a line: any value in, safe JSON text out.
 *
 * Each getter is read once, cycles and sizes are bounded, every string passes the redactor, nothing throws. One writer serves
 * one record after another: `begin` before each.
 */
export class SafeWriter extends MemberWriter {
  /** Errors written below others in this record. */
  errors = 0
  private readonly ancestors: object[] = []
  /** Keys and values of the objects on the way to the present one, read and not yet written. */
  private readonly readInfos: KeyInfo[] = []
  private readonly readNames: string[] = []
  private readonly readValues: unknown[] = []
  private top = 0
  private enumerated = 0

  /** @param keys - Shared by the writers of one logger. */
  constructor(
    redaction: Redaction,
    limits: SerializeLimits = defaultLimits,
    keys: KeyTable = new KeyTable(redaction),
  ) {
    super(redaction, limits, keys)
  }

  begin(): this {
    this.eager = this.redaction.eager
    this.keys.refresh()
    this.nodes = 0
    this.errors = 0
    this.suspects = 0
    this.enumerated = 0
    this.room = this.limits.length
    this.top = 0
    // Setting a length is a call into the engine even where nothing changes.
    if (this.ancestors.length > 0) this.ancestors.length = 0
    if (this.trail.length > 0) this.trail.length = 0
    return this
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
    const base = this.top
    let text: string | undefined
    try {
      const prototype: unknown = Object.getPrototypeOf(value)
      text =
        prototype === Object.prototype && path === undefined
          ? this.plain(value as Record<string, unknown>)
          : this.inside(value, prototype, path)
    } catch (error) {
      text = this.throws(error)
    }
    for (let index = this.top; index > base; ) this.readValues[--index] = undefined
    this.top = base
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

  /**
   * An ordinary object. Each key is looked up once for all there is to know of it, each value is read once onto a stack that
   * serves all depths, and only then is anything written (see bench/: half the time of a walk over arrays of keys and values).
   */
  private plain(holder: Record<string, unknown>): string | undefined {
    if (this.enumerated > 100_000) return this.mark('nodes')
    const { keys, readInfos, readNames, readValues } = this
    const base = this.top
    const most = base + this.limits.keys
    let top = base
    let ordinary = true
    for (const name in holder) {
      if (!hasOwn.call(holder, name)) continue
      if (top === most) {
        ordinary = false
        break
      }
      const info = keys.get(name)
      if (!info.ordinary) ordinary = false
      readInfos[top] = info
      readNames[top] = name
      readValues[top] = undefined
      this.top = top + 1
      try {
        readValues[top] = holder[name]
      } catch (error) {
        readValues[top] = new Fault(error)
        ordinary = false
      }
      top++
    }
    this.enumerated += top - base
    if (!ordinary || this.nodes + top - base > this.limits.nodes) return this.unusual(holder, base)
    this.nodes += top - base
    const { stringLength } = this.limits
    let out = ''
    for (let index = base; index < top; index++) {
      const value = readValues[index]
      const info = readInfos[index] as KeyInfo
      if (this.room < 0) {
        const mark = this.omittedMember(readNames.slice(base, top), top - index)
        return out === '' ? `{${mark.slice(1)}}` : `${out + mark}}`
      }
      this.room -= info.prefix.length
      let text: string | undefined
      if (info.verdict !== undefined) {
        this.flatPairs = info.flatPairs && typeof value === 'object'
        text = this.field(readNames[index] as string, value, info.verdict, undefined)
      } else if (typeof value === 'string' && value.length <= stringLength && !this.eager) {
        const bits = scan(value)
        this.room -= value.length
        if (bits === 0 || (info.id && isId(value))) {
          out += `${(out === '' ? info.firstQuoted : info.quoted) + value}"`
          continue
        }
        text = this.scanned(value, bits)
      } else if (typeof value === 'number') {
        text = this.number(value)
      } else {
        this.flatPairs = info.flatPairs && typeof value === 'object'
        text = this.value(value)
      }
      if (text !== undefined) out += (out === '' ? info.first : info.prefix) + text
    }
    return out === '' ? '{}' : `${out}}`
  }

  /** What {@link plain} is not for: more keys than are written, a `toJSON`, values that others tell of, odd keys, faults. */
  private unusual(holder: object, base: number): string | undefined {
    const names = this.readNames.slice(base, this.top)
    const values = this.readValues.slice(base, this.top)
    const toJSON = values[names.indexOf('toJSON')]
    if (typeof toJSON === 'function') {
      const replaced = this.replacement(toJSON, holder)
      if (replaced !== holder) return this.replaced(replaced, undefined)
    }
    let omitted = 0
    if (names.length >= this.limits.keys) {
      omitted = Object.keys(holder).length - names.length
      this.enumerated += omitted
    }
    return this.pairs(names, values, omitted)
  }

  private inside(
    value: object,
    prototype: unknown,
    path: PathState | undefined,
  ): string | undefined {
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
      const replaced = this.replacement(toJSON, value)
      if (replaced !== value) return this.replaced(replaced, path)
    }
    return this.entries(value, path, toJSON)
  }

  private replacement(toJSON: unknown, holder: object): unknown {
    return containRejection(Reflect.apply(toJSON as () => unknown, holder, ['']), () => {
      this.faults++
    })
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
    // A getter would be read a second time with the other fields.
    if (Object.getOwnPropertyDescriptor(instance, 'toJSON')?.get !== undefined) return instance
    const toJSON: unknown = (instance as { toJSON?: unknown }).toJSON
    if (typeof toJSON !== 'function') return instance
    const replaced = this.replacement(toJSON, instance)
    if (typeof replaced === 'object' && replaced !== null && !Array.isArray(replaced))
      return replaced
    return new Written(this.value(replaced) ?? 'null')
  }

  /**
   * The own enumerable properties of an object, each read once.
   *
   * @param toJSON - What was found under this name already.
   */
  entries(holder: object, path?: PathState, toJSON?: unknown): string {
    if (this.enumerated > 100_000) return this.mark('nodes')
    const keys = Object.keys(holder)
    this.enumerated += keys.length
    const count = Math.min(keys.length, this.limits.keys)
    const values: unknown[] = []
    for (let index = 0; index < count; index++) {
      const key = keys[index] as string
      try {
        const known = key === 'toJSON' && toJSON !== undefined
        values.push(known ? toJSON : (holder as Record<string, unknown>)[key])
      } catch (error) {
        values.push(new Fault(error))
      }
    }
    const omitted = keys.length - count
    if (omitted > 0) keys.length = count
    return this.pairs(keys, values, omitted, path)
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
}

/** Safe JSON text of any value, for exits that write one value on their own. */
export function serializeValue(
  value: unknown,
  redaction: Redaction,
  limits: SerializeLimits = defaultLimits,
): string {
  return new SafeWriter(redaction, limits).begin().value(value, redaction.paths) ?? 'null'
}
