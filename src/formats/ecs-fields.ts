import { keywordBytes } from './ecs-coerce.js'
import { type EcsHome, isLabel } from './ecs-homes.js'
import type { EcsEntry, EcsPart, ShadowedValue } from './ecs-part-types.js'
import { EcsScalars } from './ecs-scalars.js'
import { fieldText, flatText, isScalarList } from './ecs-values.js'
import {
  countLeaves,
  isJsonArray,
  isJsonObject,
  type JsonObject,
  type JsonScalar,
  type JsonValue,
  jsonText,
} from './json-value.js'

export type { EcsFieldsOptions, OwnFields } from './ecs-scalars.js'

/** An object that has no home in ECS becomes a label for each value, or beyond this many one label of JSON. */
const mostLabelsOfOneObject = 64

/**
 * The mapped fields of one line, or of one part of many lines. What is put first stays. Serves one after another: `begin`
 * before each.
 */
export class EcsFields extends EcsScalars {
  put(path: string, value: JsonValue): void {
    this.putAt(this.homes.at(path), value, false)
  }

  /** @param clean - No text in the value needs an escape. */
  override putAt(home: EcsHome, value: JsonValue, clean: boolean): void {
    const aliased = home.alias?.(value)
    if (aliased === undefined) this.putValue(home, value, clean)
    else for (const [at, item] of aliased) this.putValue(this.homes.at(at), item, false)
  }

  /** As {@link merge} of a part with this scalar alone; false, and nothing done, if that takes a closer look. */
  putOuter(home: EcsHome, value: JsonValue): boolean {
    if (home.kind === 'other' || value === null || typeof value === 'object') return false
    if (home.kind === 'text' && home.containers.length > 0) return false
    const isTaken =
      this.taken.hasOrigin(home.path, home.pathHash) ||
      (home.kind === 'text' && this.taken.has(home.path, home.pathHash))
    if (!isTaken) this.putClean(home, value)
    return true
  }

  /** As {@link putClean} of a scalar that is JSON text already. */
  putJson(home: EcsHome, json: string): void {
    const isText = json.charCodeAt(0) === 0x22
    if (isText && !this.keeps && home.kind !== 'other' && json.length * 3 <= keywordBytes) {
      if (home.kind === 'label' && !this.taken.has(home.label, home.labelHash)) {
        this.append(home.label, home.labelHash, home, '', home.labelPrefix + json)
        return
      }
      if (
        home.kind === 'text' &&
        home.containers.length === 0 &&
        !this.isOwn(home.path, home.pathHash) &&
        !this.taken.has(home.path, home.pathHash)
      ) {
        this.append(home.path, home.pathHash, home, '', home.prefix + json)
        return
      }
    }
    this.putValue(home, JSON.parse(json) as JsonScalar, false)
  }

  /** Sets a field of the library's own, in any form; the user's values under its path are shadowed. */
  putOwn(path: string, value: JsonValue): void {
    const home = this.homes.at(path)
    const aliased = home.alias?.(value)
    if (aliased !== undefined) {
      for (const [at, item] of aliased) this.putOwn(at, item)
      return
    }
    const text = path.startsWith('seclog.') ? this.ownText(value) : this.text(home, value)
    const isFree = this.own.ownValue(home.own ?? path) === undefined && !this.taken.has(path)
    if (text !== undefined && isFree && !this.clashes(home)) {
      this.append(path, home.pathHash, home, value, home.prefix + text)
      this.ownHere ??= new Map()
      this.ownHere.set(path, value)
    } else if (isJsonObject(value) && home.namespace && home.type === undefined) {
      for (const [key, item] of Object.entries(value)) this.putOwn(`${path}.${key}`, item)
    } else this.putValue(home, value, false)
  }

  /**
   * Adds the fields of a source further out; what an inner source has is left out.
   *
   * @param last - Nothing is put any more: what was added need not be known.
   */
  merge(part: EcsPart, last: boolean = false): void {
    if (part.shadowed.length > 0) this.mergeShadowed(part.shadowed)
    if (this.fits(part)) {
      this.root += part.root
      if (part.labels !== '') {
        this.labels = this.labels === '' ? part.labels : `${this.labels},${part.labels}`
      }
      if (last) return
      for (const entry of part.entries) this.keep(entry)
      if (part.listed) this.listed = true
      return
    }
    const inner = this.taken.copy()
    for (const entry of part.entries) {
      const { out, outHash, origin, home, value, text } = entry
      const isRoot = !isLabel(out)
      if (this.isOwn(out, outHash)) this.shadowOwn(out, origin, value)
      else if (inner.origins.has(origin) || (isRoot && inner.outs.has(out))) continue
      else if (isRoot && !this.clashes(home)) this.append(out, outHash, home, value, text, entry)
      else this.putLabel(home, value, entry)
    }
  }

  /** Everything put so far, for {@link merge}. */
  part(): EcsPart {
    return {
      entries: this.entries,
      shadowed: this.kept,
      root: this.root,
      labels: this.labels,
      text: this.root + this.labels,
      outBits: this.taken.outBits,
      originBits: this.taken.originBits,
      listed: this.listed,
    }
  }

  protected putValue(home: EcsHome, value: JsonValue, clean: boolean, few: boolean = false): void {
    if (typeof value === 'object' && value !== null) this.putBranch(home, value, clean, few)
    else this.putScalar(home, value)
  }

  /** @param few - The object that the value is in has been found to have few enough values for a label each. */
  protected putBranch(
    home: EcsHome,
    value: JsonObject | readonly JsonValue[],
    clean: boolean,
    few: boolean,
  ): void {
    const { type, path, pathHash, own } = home
    const keys = isJsonObject(value) ? Object.keys(value) : []
    const tree = keys.length > 0 ? (value as JsonObject) : undefined
    if (own !== undefined && !(home.namespace && tree)) this.shadowOwn(own, path, value)
    else if (home.labels && tree) this.putChildren(home, tree, keys, clean, few)
    else if (type !== undefined && this.isOwn(path, pathHash)) this.shadowOwn(path, path, value)
    else if (type !== undefined && this.putField(home, value)) return
    else if (tree && (few || home.namespace)) this.putChildren(home, tree, keys, clean, few)
    else if (tree && countLeaves(tree, mostLabelsOfOneObject) <= mostLabelsOfOneObject)
      this.putChildren(home, tree, keys, clean, true)
    else this.putLabel(home, isJsonArray(value) ? value : jsonText(value, this.quote))
  }

  protected putChildren(
    home: EcsHome,
    tree: JsonObject,
    keys: readonly string[],
    clean: boolean,
    few: boolean,
  ): void {
    for (const key of keys) {
      const value = tree[key] as JsonValue
      const below = this.homes.below(home, key)
      // Aliases are of names at the top, so a scalar further down may take the short way.
      if (typeof value === 'object' || !clean) this.putValue(below, value, clean, few)
      else this.putClean(below, value)
    }
  }

  /** Puts what fits an ECS field; false if nothing was put. */
  protected putField(home: EcsHome, value: JsonObject | readonly JsonValue[]): boolean {
    const { type, path } = home
    if (this.taken.has(path) || this.clashes(home)) return false
    if (type !== undefined && isScalarList(type) && isJsonArray(value)) {
      const fits = (item: JsonValue) => this.text(home, [item]) !== undefined
      const misfits = value.filter((item) => !fits(item))
      if (misfits.length > 0) {
        if (misfits.length === value.length) return false
        this.putField(home, value.filter(fits))
        this.putLabel(home, misfits)
        return true
      }
    }
    const text = this.text(home, value)
    if (text !== undefined) this.append(path, home.pathHash, home, value, home.prefix + text)
    return text !== undefined
  }

  protected keep(entry: EcsEntry): void {
    this.taken.add(entry.out, entry.outHash, entry.origin, entry.originHash)
    if (this.keeps) this.entries.push(entry)
  }

  protected text(home: EcsHome, value: JsonValue): string | undefined {
    return home.type && fieldText(home.type, home.path, value, this.quote)
  }

  protected ownText(value: JsonValue): string {
    return isJsonObject(value) ? flatText(value, '_', this.quote) : jsonText(value, this.quote)
  }

  protected fits(part: EcsPart): boolean {
    const { originBits, outBits } = this.taken
    if (
      (part.outBits & (outBits | this.own.ownBits)) !== 0 ||
      (part.originBits & originBits) !== 0 ||
      this.ownHere !== undefined ||
      part.listed
    ) {
      for (const { out, outHash, origin, originHash, home } of part.entries) {
        if (this.taken.has(out, outHash) || this.taken.hasOrigin(origin, originHash)) return false
        if (this.isOwn(out, outHash) || this.clashes(home)) return false
      }
    }
    return this.room.take(part.text, part.labels === '' ? 0 : 1)
  }

  protected mergeShadowed(shadowed: readonly ShadowedValue[]): void {
    const inner = new Set(this.shadows.origins())
    for (const { origin } of this.kept) inner.add(origin)
    for (const { own, origin, value } of shadowed) {
      if (!inner.has(origin)) this.shadowOwn(own, origin, value)
    }
  }
}
