import type { Quote } from './ecs-coerce.js'
import { type EcsHome, isLabel, labelsDot } from './ecs-homes.js'
import type { EcsEntry, EcsPart, ShadowedValue } from './ecs-part-types.js'
import { isObjectList } from './ecs-paths.js'
import { TakenPaths } from './ecs-taken.js'
import { fieldText, flatText, isScalarList, itemText, labelText } from './ecs-values.js'
import {
  countLeaves,
  isJsonArray,
  isJsonObject,
  isSameJson,
  type JsonObject,
  type JsonScalar,
  type JsonValue,
  jsonText,
} from './json-value.js'
import type { Room } from './room.js'

/** What stands on a line whatever the user gives. */
export interface OwnFields {
  /** The logger's value under one of its own paths. */
  ownValue(path: string): JsonScalar | undefined
  /** Whether a path is the logger's on this line, beyond those that always are. */
  isOwn(path: string): boolean
}

export interface EcsFieldsOptions {
  readonly quote: Quote
  readonly home: (path: string) => EcsHome
  readonly own: OwnFields
  /** What the fields may take. */
  readonly room: Room
  /** Keep what {@link EcsFields.part} needs. */
  readonly keep: boolean
}

/** An object that has no home in ECS becomes a label for each value, or beyond this many one label of JSON. */
const mostLabelsOfOneObject = 64

/** The mapped fields of one line, or of one part of many lines. What is put first stays. */
export class EcsFields {
  readonly #quote: Quote
  readonly #home: (path: string) => EcsHome
  readonly #own: OwnFields
  readonly #room: Room
  readonly #taken = new TakenPaths()
  readonly #entries: EcsEntry[] | undefined
  readonly #shadows: ShadowedValue[] | undefined
  /** The library's own fields of this record; few records have any. */
  #ownHere: Map<string, JsonValue> | undefined
  #shadowOrigins: Map<string, string> | undefined
  #root = ''

  /** The members of `labels`, each with a comma in front. */
  labels = ''
  /** The members of `shadowed`, each with a comma in front. */
  shadowText = ''
  shadowed = 0
  omitted = 0

  constructor({ quote, home, own, room, keep }: EcsFieldsOptions) {
    this.#quote = quote
    this.#home = home
    this.#own = own
    this.#room = room
    this.#entries = keep ? [] : undefined
    this.#shadows = keep ? [] : undefined
  }

  put(path: string, value: JsonValue): void {
    const home = this.#home(path)
    const aliased = home.alias?.(value)
    if (aliased === undefined) this.#put(home, value)
    else for (const [at, item] of aliased) this.#put(this.#home(at), item)
  }

  /** Sets a field of the library's own, in any form; the user's values under its path are shadowed. */
  putOwn(path: string, value: JsonValue): void {
    const home = this.#home(path)
    const aliased = home.alias?.(value)
    if (aliased !== undefined) {
      for (const [at, item] of aliased) this.putOwn(at, item)
      return
    }
    const text = path.startsWith('seclog.') ? this.#ownText(value) : this.#text(home, value)
    const isFree = this.#own.ownValue(home.own ?? path) === undefined && !this.#taken.has(path)
    if (text !== undefined && isFree && !this.#clashes(home)) {
      this.#append(path, home, value, home.prefix + text)
      this.#ownHere ??= new Map()
      this.#ownHere.set(path, value)
    } else if (isJsonObject(value) && home.namespace && home.type === undefined) {
      for (const [key, item] of Object.entries(value)) this.putOwn(`${path}.${key}`, item)
    } else this.#put(home, value)
  }

  /** Adds the fields of a source further out; what an inner source has is left out. */
  merge(part: EcsPart): void {
    if (part.shadowed.length > 0) this.#mergeShadowed(part.shadowed)
    if (this.#fits(part)) {
      this.#root += part.root
      this.labels += part.labels
      for (const entry of part.entries) this.#keep(entry)
      return
    }
    const inner = this.#taken.copy()
    for (const entry of part.entries) {
      const { out, origin, home, value, text } = entry
      const isRoot = !isLabel(out)
      if (this.#isOwn(out)) this.#shadow(out, origin, value)
      else if (inner.origins.has(origin) || (isRoot && inner.outs.has(out))) continue
      else if (isRoot && !this.#clashes(home)) this.#append(out, home, value, text, origin)
      else this.#putLabel(home, value, origin)
    }
  }

  /** Everything put so far, for {@link merge}. */
  part(): EcsPart {
    const { labels } = this
    return {
      entries: this.#entries ?? [],
      shadowed: this.#shadows ?? [],
      root: this.#root,
      labels,
    }
  }

  /** Keeps a value that stood under a name of the logger's own. */
  shadow(name: string, value: JsonValue): void {
    this.shadowed++
    const origins = this.#shadowOrigins ?? new Map<string, string>()
    this.#shadowOrigins = origins
    const plain = this.#home(name).label.slice(labelsDot.length)
    let key = plain
    for (let number = 2; origins.has(key); number++) key = `${plain}_${number}`
    origins.set(key, name)
    const text = `,${this.#quote(key)}:${labelText(value, this.#quote)}`
    if (this.#room.take(text)) this.shadowText += text
    else this.omitted++
  }

  /** Whether a path has a value. */
  has(path: string): boolean {
    return this.#taken.has(path)
  }

  /** The text of the fields since the last call, each with a comma in front. */
  takeRoot(): string {
    const root = this.#root
    this.#root = ''
    return root
  }

  #put(home: EcsHome, value: JsonValue): void {
    if (typeof value === 'object' && value !== null) this.#putBranch(home, value)
    else this.#putScalar(home, value)
  }

  #putScalar(home: EcsHome, value: JsonScalar): void {
    const { type, path } = home
    if (home.own !== undefined) {
      this.#shadow(home.own, path, value)
      return
    }
    if (type === undefined) {
      this.#putLabel(home, value)
      return
    }
    if (this.#isOwn(path)) {
      this.#shadow(path, path, value)
      return
    }
    const item = itemText(type, path, value, this.#quote)
    if (item === undefined || this.#taken.has(path) || this.#clashes(home)) {
      this.#putLabel(home, value)
      return
    }
    const text = value !== null && isScalarList(type) ? `[${item}]` : item
    this.#append(path, home, value, home.prefix + text)
  }

  #putBranch(home: EcsHome, value: JsonObject | readonly JsonValue[]): void {
    const { type, path, own } = home
    const tree = isJsonObject(value) && Object.keys(value).length > 0 ? value : undefined
    if (own !== undefined && !(home.namespace && tree)) this.#shadow(own, path, value)
    else if (home.labels && tree) this.#putChildren(path, tree)
    else if (type !== undefined && this.#isOwn(path)) this.#shadow(path, path, value)
    else if (type !== undefined && this.#putField(home, value)) return
    else if (
      tree &&
      (home.namespace || countLeaves(tree, mostLabelsOfOneObject) <= mostLabelsOfOneObject)
    )
      this.#putChildren(path, tree)
    else this.#putLabel(home, isJsonArray(value) ? value : jsonText(value, this.#quote))
  }

  #putChildren(path: string, tree: JsonObject): void {
    for (const [key, value] of Object.entries(tree)) this.#put(this.#home(`${path}.${key}`), value)
  }

  /** Puts what fits an ECS field; false if nothing was put. */
  #putField(home: EcsHome, value: JsonObject | readonly JsonValue[]): boolean {
    const { type, path } = home
    if (this.#taken.has(path) || this.#clashes(home)) return false
    if (type !== undefined && isScalarList(type) && isJsonArray(value)) {
      const fits = (item: JsonValue) => this.#text(home, [item]) !== undefined
      const misfits = value.filter((item) => !fits(item))
      if (misfits.length > 0) {
        if (misfits.length === value.length) return false
        this.#putField(home, value.filter(fits))
        this.#putLabel(home, misfits)
        return true
      }
    }
    const text = this.#text(home, value)
    if (text !== undefined) this.#append(path, home, value, home.prefix + text)
    return text !== undefined
  }

  #putLabel(home: EcsHome, value: JsonValue, origin: string = home.path): void {
    let out = home.label
    for (let number = 2; this.#labelTaken(out); number++) out = `${home.label}_${number}`
    const prefix =
      out === home.label ? home.labelPrefix : `,${this.#quote(out.slice(labelsDot.length))}:`
    this.#append(out, home, value, prefix + labelText(value, this.#quote), origin)
  }

  #append(
    out: string,
    home: EcsHome,
    value: JsonValue,
    text: string,
    origin: string = home.path,
  ): void {
    if (!this.#room.take(text)) {
      this.omitted++
      return
    }
    if (isLabel(out)) this.labels += text
    else this.#root += text
    this.#taken.add(out, origin)
    this.#entries?.push({ out, origin, value, home, text })
  }

  #keep(entry: EcsEntry): void {
    this.#taken.add(entry.out, entry.origin)
    this.#entries?.push(entry)
  }

  #text(home: EcsHome, value: JsonValue): string | undefined {
    return home.type && fieldText(home.type, home.path, value, this.#quote)
  }

  #ownText(value: JsonValue): string {
    return isJsonObject(value) ? flatText(value, '_', this.#quote) : jsonText(value, this.#quote)
  }

  #labelTaken(out: string): boolean {
    return out === 'labels.trace_flags' || this.#taken.has(out)
  }

  #fits(part: EcsPart): boolean {
    for (const { out, origin, home } of part.entries) {
      if (this.#taken.has(out) || this.#taken.hasOrigin(origin)) return false
      if (this.#isOwn(out) || this.#clashes(home)) return false
    }
    return this.#room.take(part.root + part.labels)
  }

  /** A list of objects and a field inside of it cannot stand side by side. */
  #clashes({ containers, namespace, type, path }: EcsHome): boolean {
    return (
      (containers.length > 0 && containers.some((list) => this.#taken.has(list))) ||
      (namespace && isObjectList(type) && this.#taken.hasBelow(path))
    )
  }

  #isOwn(out: string): boolean {
    return this.#own.isOwn(out) || this.#ownHere?.has(out) === true
  }

  #shadow(own: string, origin: string, value: JsonValue): void {
    if (this.#shadows !== undefined) {
      this.#shadows.push({ own, origin, value })
      return
    }
    const truth = this.#ownHere?.get(own) ?? this.#own.ownValue(own)
    if (!isSameJson(truth, value)) this.shadow(origin, value)
  }

  #mergeShadowed(shadowed: readonly ShadowedValue[]): void {
    const inner = new Set(this.#shadowOrigins?.values())
    for (const { origin } of this.#shadows ?? []) inner.add(origin)
    for (const { own, origin, value } of shadowed) {
      if (!inner.has(origin)) this.#shadow(own, origin, value)
    }
  }
}
