import type { EcsHome } from './ecs-homes.js'
import type { JsonValue } from './json-value.js'

/** Fields that are mapped once for many lines: bindings, ambient fields. Valid for the format that made it. */
export interface EcsPart {
  /** @internal */
  readonly entries: readonly EcsEntry[]
  /** @internal */
  readonly shadowed: readonly ShadowedValue[]
  /** @internal */
  readonly root: string
  /** @internal */
  readonly labels: string
}

/** One written field. */
export interface EcsEntry {
  /** Where it stands: a field's path, or `labels.` and a key. */
  readonly out: string
  /** The path under which it was given. */
  readonly origin: string
  readonly value: JsonValue
  readonly home: EcsHome
  /** With its comma and key. */
  readonly text: string
}

/** A value that was given under a name of the logger's own. */
export interface ShadowedValue {
  readonly own: string
  readonly origin: string
  readonly value: JsonValue
}
