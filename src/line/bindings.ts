import { quoteJson } from '../redaction/quote.js'
import { distinctMembers, topMembers } from './members.js'

/** One field as it stands in a line: `,"name":value`. */
export interface Entry {
  readonly name: string
  readonly text: string
}

/** Fields that go on many lines, written once. Immutable. */
export class Bindings {
  static readonly none: Bindings = new Bindings([], [])

  readonly entries: readonly Entry[]
  /** All entries, ready for a line. */
  readonly text: string
  /** The names, or `undefined` where there are none, so that a line without bindings asks nothing. */
  readonly names: ReadonlySet<string> | undefined
  /** What is kept of values under names that the logger owns. */
  readonly shadowed: readonly Entry[]
  /** A name stands here in another form than it was given, where it may meet one of its kind. */
  readonly altered: boolean

  constructor(entries: readonly Entry[], shadowed: readonly Entry[]) {
    this.entries = entries
    this.text = entries.map((entry) => entry.text).join('')
    this.names = entries.length === 0 ? undefined : new Set(entries.map((entry) => entry.name))
    this.shadowed = shadowed
    this.altered = entries.some(({ name, text }) => !text.startsWith(`,${quoteJson(name)}:`))
  }

  /** These bindings with newer ones, which win over older ones of the same name. */
  with(newer: Bindings): Bindings {
    if (newer.entries.length === 0 && newer.shadowed.length === 0) return this
    if (this.entries.length === 0 && this.shadowed.length === 0) return newer
    const kept = this.entries.filter((entry) => newer.names?.has(entry.name) !== true)
    return new Bindings([...kept, ...newer.entries], [...this.shadowed, ...newer.shadowed])
  }

  /** The text of all but the entries of these names. */
  without(names: { has(name: string): boolean }): string {
    let text = ''
    for (const entry of this.entries) if (!names.has(entry.name)) text += entry.text
    return text
  }
}

/** `,"shadowed":{…}` of what was given under names that the logger owns; one name given twice is told apart. */
export function shadowedText(entries: readonly Entry[]): string {
  if (entries.length === 0) return ''
  const text = entries.map((entry) => entry.text).join('')
  const given = `{${text.slice(1)}}`
  const members = entries.length === 1 ? given : distinctObject(given)
  return `,"shadowed":${members}`
}

/** An object in JSON text, with names that stand in it twice told apart. */
export function distinctObject(json: string): string {
  const members = distinctMembers(topMembers(json))
  return `{${members.map(({ name, text }) => `${name}:${text}`).join(',')}}`
}
