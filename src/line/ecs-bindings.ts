import type { EcsIdentity, EcsSharedField } from '../formats/ecs.js'
import type { EcsPart } from '../formats/ecs-part-types.js'
import { Bindings, type Entry } from './bindings.js'

/** Where a logger's name is kept among its bindings. */
export const loggerName = 'log.logger'

/** A field of a logger, as text and as safe data. */
export type EcsEntry = Entry & EcsSharedField

/** What a logger's bindings come to in a line. */
export interface BoundParts {
  readonly part: EcsPart
  readonly identity: EcsIdentity
  /** Made with the first line that has nothing but a message. */
  rest: BoundRest | undefined
}

/** All that follows the message where neither the call nor the scope has fields. */
export interface BoundRest {
  /** The end of the message, the logger's own fields and its bindings. */
  readonly root: string
  /** The members of `labels`. */
  readonly labels: string
  /** What follows `root` where there are no ids, with the line's end. */
  readonly close: string
  /** UTF-16 units of all; infinite where the bindings need the long way. */
  readonly length: number
}

/** Bindings that keep what they come to in a line. */
export class EcsBindings extends Bindings {
  /** Made with the first line. */
  parts: BoundParts | undefined
  /** The bindings whose parts serve for these, and what is to be added to them. */
  readonly outer: Bindings | undefined
  readonly newer: readonly EcsEntry[]

  constructor(
    entries: readonly EcsEntry[],
    outer?: Bindings,
    newer: readonly EcsEntry[] = entries,
  ) {
    super(entries, [])
    this.outer = outer
    this.newer = newer
  }

  override with(newer: Bindings): Bindings {
    const entries = newer.entries as readonly EcsEntry[]
    if (entries.length === 0) return this
    const kept = this.entries.filter((entry) => newer.names?.has(entry.name) !== true)
    const all = [...(kept as EcsEntry[]), ...entries]
    // What is replaced by name is gone altogether, so parts that were made with it do not serve.
    return kept.length === this.entries.length
      ? new EcsBindings(all, this, entries)
      : new EcsBindings(all)
  }
}

/** pino's `name` is the logger's. */
export function renamed(entry: EcsEntry): EcsEntry {
  if (entry.name !== 'name') return entry
  return { ...entry, name: loggerName, text: entry.text.replace('name', loggerName) }
}
