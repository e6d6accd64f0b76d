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
  /** @internal Both. */
  readonly text: string
  /** @internal Bits of all `out`s, as `TakenPaths` keeps them. */
  readonly outBits: number
  /** @internal */
  readonly originBits: number
  /** @internal Some field is a list of objects or may stand in one. */
  readonly listed: boolean
}

/** One written field. */
export interface EcsEntry {
  /** Where it stands: a field's path, or `labels.` and a key. */
  readonly out: string
  readonly outHash: number
  /** The path under which it was given. */
  readonly origin: string
  readonly originHash: number
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
