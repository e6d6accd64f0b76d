import type { KeyInfo, KeyTable } from '../redaction/key-table.js'
import { takenNames, toldVerdict, unique } from '../redaction/members.js'
import { quoteJson } from '../redaction/quote.js'
import type { PathState } from '../redaction/types.js'
import { Bindings, type Entry } from './bindings.js'
import type { LineSettings } from './core.js'
import { type Correlation, idNames, isIdText, isTrueId } from './correlation.js'
import { Frame, type Serializers } from './frame.js'

/** The names written before a call's fields, whose value a call's field of the same name replaces. */
export interface OuterFields {
  readonly bindings: Bindings
  readonly ambient: Bindings | undefined
}

/** A frame that writes its fields as members of one JSON object. */
export class JsonRecord extends Frame {
  /** What the logger's own names were given. */
  shadowed: Entry[] = []
  /** Names of outer fields that this call's fields replace. */
  replaced: Set<string> | undefined
  /** A field that the caller calls `shadowed`. */
  held: Entry | undefined
  /** A key was cut or masked, so it may meet one of other fields. */
  altered = false
  private taken: Set<string> | undefined
  private readonly root: PathState | undefined

  /**
   * @param keys - Shared by the frames of one logger.
   * @param root - Where the pino paths stand for these fields.
   */
  constructor(settings: LineSettings, keys: KeyTable, root: PathState | undefined) {
    super(settings, keys)
    this.root = root
  }

  override read(object: object | null, message: string | undefined): void {
    if (this.shadowed.length > 0) this.shadowed = []
    this.replaced = undefined
    this.held = undefined
    this.altered = false
    this.taken = undefined
    super.read(object, message)
  }

  /**
   * The members of this call's fields: `,"a":1,"b":"two"`.
   *
   * @param ids - The true ids of the line: a field that repeats one is no forgery.
   * @param trusted - The fields are the library's own record, or a mixin's result: its ids stand in where the line has none.
   */
  fields(
    outer: OuterFields | undefined,
    serializers: Serializers | undefined,
    ids: Correlation | undefined,
    trusted: boolean,
  ): string {
    const { count, writer } = this
    let text = ''
    for (let index = 0; index < count; index++) {
      text += this.field(index, outer, serializers, ids, trusted)
    }
    if (this.omitted > 0) {
      const mark = writer.mark(`${this.omitted} more keys`)
      text += `,${quoteJson(this.freeName('[Truncated]'))}:${mark}`
    }
    return text
  }

  /**
   * The same fields, one by one, as bindings for many lines.
   *
   * @param naming - A field `name` names the logger; in a scope it is a field like any other.
   */
  bindings(serializers: Serializers | undefined, naming: boolean): Bindings {
    const { count, names, settings, values, writer } = this
    const entries: Entry[] = []
    for (let index = 0; index < count; index++) {
      const name = names[index] as string
      const value = values[index]
      if (naming && name === 'name' && typeof value === 'string') {
        const { nameKey } = settings
        writer.keys.bind(nameKey)
        entries.push({ name: nameKey, text: `,"${nameKey}":${writer.string(value)}` })
        continue
      }
      const text = this.field(index, undefined, serializers, undefined, false)
      if (text === '') continue
      writer.keys.bind(name)
      entries.push({ name, text })
    }
    if (this.held !== undefined) {
      writer.keys.bind(this.held.name)
      entries.push(this.held)
    }
    const { shadowed } = this
    this.shadowed = []
    return new Bindings(entries, shadowed)
  }

  /** The JSON text of the message. */
  messageText(message: string): string {
    return this.writer.string(message)
  }

  /** One member: `,"name":value`, or nothing where nothing is written. */
  private field(
    index: number,
    outer: OuterFields | undefined,
    serializers: Serializers | undefined,
    ids: Correlation | undefined,
    trusted: boolean,
  ): string {
    const name = this.names[index] as string
    const given = this.values[index]
    const value = serializers === undefined ? given : this.serialized(serializers, name, given)
    if (value === undefined) return ''
    const { root, writer } = this
    const info = writer.keys.get(name)
    if (info.bound && !info.own && outer !== undefined && isOuter(outer, name)) this.replace(name)
    return info.plainAtTop && root === undefined
      ? writer.member(info, value)
      : this.special(info, name, value, root?.next(name), ids, trusted)
  }

  /** A key with more to it: owned by the logger, telling of a secret, on a path, or not writable as it is. */
  private special(
    info: KeyInfo,
    name: string,
    value: unknown,
    path: PathState | undefined,
    ids: Correlation | undefined,
    trusted: boolean,
  ): string {
    const { writer, settings } = this
    if (info.own) {
      if (isTrueId(ids, name, value)) return ''
      if (trusted && name === 'event.kind') return info.prefix + this.plain(value)
      if (trusted && name in idNames) {
        if (ids !== undefined) return ''
        if (isIdText(name, value)) return info.prefix + this.plain(value)
      }
    }
    const told = info.told
      ? toldVerdict(settings.redaction, this.names, this.values, this.count, name)
      : undefined
    const written = writer.special(info, name, value, told ?? info.verdict, path)
    if (written === undefined) return ''
    if (info.own) {
      this.shadowed.push({ name, text: info.prefix + written })
      settings.counters.shadowed++
      return ''
    }
    if (name === 'shadowed') {
      this.held = { name, text: info.prefix + written }
      return ''
    }
    if (info.altered) this.altered = true
    return info.altered ? `,${this.distinct(info)}:${written}` : info.prefix + written
  }

  private plain(value: unknown): string {
    return this.writer.value(value) ?? 'null'
  }

  /** Notes that an outer field of this name is not to be written. */
  replace(name: string): void {
    this.replaced ??= new Set()
    this.replaced.add(name)
  }

  /** The written form of a cut or masked key, apart from those of all other fields of this call. */
  private distinct(info: KeyInfo): string {
    this.taken ??= takenNames(this.names.slice(0, this.count))
    return unique(info.name, this.taken)
  }
}

function isOuter({ ambient, bindings }: OuterFields, name: string): boolean {
  return bindings.names?.has(name) === true || ambient?.names?.has(name) === true
}
