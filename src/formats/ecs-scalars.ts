import { keywordBytes, type Quote } from './ecs-coerce.js'
import { type EcsHome, type EcsHomes, flagsLabel, labelsDot } from './ecs-homes.js'
import type { EcsEntry, ShadowedValue } from './ecs-part-types.js'
import { isObjectList } from './ecs-paths.js'
import { EcsShadows } from './ecs-shadows.js'
import { bitOf, hashPath, TakenPaths } from './ecs-taken.js'
import { isScalarList, itemText, labelText } from './ecs-values.js'
import { isSameJson, type JsonScalar, type JsonValue } from './json-value.js'
import type { Room } from './room.js'

/** What stands on a line whatever the user gives. */
export interface OwnFields {
  /** The logger's value under one of its own paths. */
  ownValue(path: string): JsonScalar | undefined
  /** Whether a path is the logger's on this line, beyond those that always are. */
  isOwn(path: string): boolean
  /** A bit for each of these paths, as {@link TakenPaths} keeps them. */
  readonly ownBits: number
}

export interface EcsFieldsOptions {
  readonly quote: Quote
  readonly homes: EcsHomes
  readonly own: OwnFields
  /** What the fields may take. */
  readonly room: Room
  /** Keep what {@link EcsFields.part} needs. */
  readonly keep: boolean
}

/** What a line or part has so far, and how one scalar is added to it. */
export abstract class EcsScalars {
  protected readonly quote: Quote
  protected readonly homes: EcsHomes
  protected readonly own: OwnFields
  protected readonly room: Room
  protected readonly taken: TakenPaths = new TakenPaths()
  protected readonly shadows: EcsShadows
  protected readonly keeps: boolean
  protected entries: EcsEntry[] = []
  protected kept: ShadowedValue[] = []
  protected listed = false
  /** The library's own fields of this record; few records have any. */
  protected ownHere: Map<string, JsonValue> | undefined
  protected root = ''

  /** The members of `labels`, with commas between them. */
  labels = ''
  omitted = 0

  constructor({ quote, homes, own, room, keep }: EcsFieldsOptions) {
    this.quote = quote
    this.homes = homes
    this.own = own
    this.room = room
    this.shadows = new EcsShadows(quote, homes, room)
    this.keeps = keep
  }

  begin(): void {
    this.taken.begin()
    this.root = ''
    this.labels = ''
    this.omitted = 0
    this.ownHere = undefined
    if (this.shadows.count > 0) this.shadows.begin()
    if (!this.keeps) return
    this.entries = []
    this.kept = []
    this.listed = false
  }

  /** How many values went under `shadowed` so far. */
  get shadowed(): number {
    return this.shadows.count
  }

  /** The members of `shadowed`, each with a comma in front. */
  get shadowText(): string {
    return this.shadows.text
  }

  /** All that is not taken out by {@link takeRoot} yet. */
  written(): string {
    const comma = this.labels === '' ? '' : ','
    return this.root + comma + this.labels + this.shadows.text
  }

  /** @param clean - No text in the value needs an escape. */
  abstract putAt(home: EcsHome, value: JsonValue, clean: boolean): void

  /** The short way of a scalar (see bench/): text that needs no escape, or a number or boolean as it stands in JSON. */
  putClean(home: EcsHome, value: string | number | boolean): void {
    const { kind } = home
    if (kind !== 'other' && (typeof value !== 'string' || value.length * 3 <= keywordBytes)) {
      if (kind === 'label') {
        if (!this.taken.has(home.label, home.labelHash)) {
          if (this.keeps || this.labels !== '') {
            const text = `${home.labelQuoted + value}"`
            this.append(home.label, home.labelHash, home, value, text)
            return
          }
          // The first label has no comma to be cut off: cutting would join all the pieces of its text (see bench/).
          const text = `${home.labelFirst + value}"`
          if (this.room.take(text, 1)) {
            this.labels = text
            this.taken.add(home.label, home.labelHash, home.path, home.pathHash)
          } else this.omitted++
          return
        }
      } else if (
        home.containers.length === 0 &&
        !this.isOwn(home.path, home.pathHash) &&
        !this.taken.has(home.path, home.pathHash)
      ) {
        this.append(home.path, home.pathHash, home, value, `${home.quoted + value}"`)
        return
      }
    }
    this.putAt(home, value, true)
  }

  /** Keeps a value that stood under a name of the logger's own. */
  shadow(name: string, value: JsonValue): void {
    if (!this.shadows.add(name, value)) this.omitted++
  }

  /** Whether a path has a value. */
  has(path: string, hash: number): boolean {
    return this.taken.has(path, hash)
  }

  /** The text of the fields since the last call, each with a comma in front. */
  takeRoot(): string {
    const root = this.root
    this.root = ''
    return root
  }

  protected putScalar(home: EcsHome, value: JsonScalar): void {
    const { type, path, pathHash } = home
    if (home.own !== undefined) {
      this.shadowOwn(home.own, path, value)
      return
    }
    if (type === undefined) {
      this.putLabel(home, value)
      return
    }
    if (this.isOwn(path, pathHash)) {
      this.shadowOwn(path, path, value)
      return
    }
    const item = itemText(type, path, value, this.quote)
    if (item === undefined || this.taken.has(path, pathHash) || this.clashes(home)) {
      this.putLabel(home, value)
      return
    }
    const text = value !== null && isScalarList(type) ? `[${item}]` : item
    this.append(path, pathHash, home, value, home.prefix + text)
  }

  protected putLabel(home: EcsHome, value: JsonValue, origin?: EcsEntry): void {
    const { label, labelHash, labelPrefix } = home
    let out = label
    let outHash = labelHash
    for (let number = 2; out === flagsLabel || this.taken.has(out, outHash); number++) {
      out = `${label}_${number}`
      outHash = hashPath(out)
    }
    const prefix = out === label ? labelPrefix : `,${this.quote(out.slice(labelsDot.length))}:`
    this.append(out, outHash, home, value, prefix + labelText(value, this.quote), origin)
  }

  /** @param from - The entry of a part that the text is of, unless it was given under its home's path. */
  protected append(
    out: string,
    outHash: number,
    home: EcsHome,
    value: JsonValue,
    text: string,
    from?: EcsEntry,
  ): void {
    if (!this.room.take(text)) {
      this.omitted++
      return
    }
    if (out === home.path && !home.underLabels) this.root += text
    else this.labels = this.labels === '' ? text.slice(1) : this.labels + text
    const origin = from === undefined ? home.path : from.origin
    const originHash = from === undefined ? home.pathHash : from.originHash
    this.taken.add(out, outHash, origin, originHash)
    if (!this.keeps) return
    if (home.containers.length > 0 || isObjectList(home.type)) this.listed = true
    this.entries.push({ out, outHash, origin, originHash, value, home, text })
  }

  /** A list of objects and a field inside of it cannot stand side by side. */
  protected clashes({ containers, namespace, type, path }: EcsHome): boolean {
    return (
      (containers.length > 0 && containers.some((list) => this.taken.has(list))) ||
      (namespace && isObjectList(type) && this.taken.hasBelow(path))
    )
  }

  protected isOwn(out: string, hash: number): boolean {
    return (
      ((this.own.ownBits & bitOf(hash)) !== 0 && this.own.isOwn(out)) ||
      this.ownHere?.has(out) === true
    )
  }

  protected shadowOwn(own: string, origin: string, value: JsonValue): void {
    if (this.keeps) {
      this.kept.push({ own, origin, value })
      return
    }
    const truth = this.ownHere?.get(own) ?? this.own.ownValue(own)
    if (!isSameJson(truth, value)) this.shadow(origin, value)
  }
}
