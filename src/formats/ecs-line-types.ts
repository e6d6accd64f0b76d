import type { EcsPart } from './ecs-part-types.js'
import type { JsonObject, JsonValue } from './json-value.js'

/** What the logger says about one line. */
export interface EcsHead {
  /** ISO 8601, UTC. */
  readonly time: string
  readonly level: string
  /** Redacted and cut to the limit already. */
  readonly message: string | undefined
  readonly trace: EcsTrace | undefined
}

export interface EcsTrace {
  readonly traceId: string
  readonly spanId: string
  readonly traceFlags: number
}

/** One line in the making. Values come from the inside out: own, put, ambient, bindings. */
export interface EcsLine {
  /** Sets a field of the library's own (a span's, a security event's): an ECS path, or one under `seclog.`. */
  own(path: string, value: JsonValue): void
  /** Adds the record that a span writes; false, and nothing added, if it is none. */
  span(record: JsonObject): boolean
  /** Adds a field of the call. Nested, dotted and half-dotted forms are the same field. */
  put(key: string, value: JsonValue): void
  /** Adds the fields of the scope. */
  ambient(part: EcsPart): void
  /** Adds the bindings of the logger. */
  bindings(part: EcsPart): void
  /** Keeps a value that the caller found under a name of the logger's own. */
  shadow(name: string, value: JsonValue): void
  /** How many values went under `shadowed` so far. */
  readonly shadowed: number
  /** How many values found no room so far. */
  readonly omitted: number
  /** The line, without `\n`. */
  text(): string
}
