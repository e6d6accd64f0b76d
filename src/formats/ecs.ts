import { quoteJson } from '../redaction/quote.js'
import type { Quote } from './ecs-coerce.js'
import { EcsFields, type OwnFields } from './ecs-fields.js'
import { createEcsHomes, type EcsHomes } from './ecs-homes.js'
import { createIdentity, type EcsIdentity, type EcsIdentityOptions } from './ecs-identity.js'
import type { EcsHead, EcsLine } from './ecs-line-types.js'
import type { EcsPart } from './ecs-part-types.js'
import { EcsRecord, startOf } from './ecs-record.js'
import type { JsonObject, JsonValue } from './json-value.js'
import { Room } from './room.js'

export type { EcsIdentity, EcsIdentityOptions } from './ecs-identity.js'
export type { EcsHead, EcsLine, EcsTrace } from './ecs-line-types.js'
export type { EcsPart } from './ecs-part-types.js'

export interface EcsFormatOptions {
  /** Makes JSON text of a string. @defaultValue {@link quoteJson} */
  readonly quote?: Quote
  /** Bytes of one line, `\n` included; what finds no room is counted in `seclog.omitted`. @defaultValue 65536 */
  readonly lineBytes?: number
}

/** One of the fields that many lines share. */
export interface EcsSharedField {
  readonly name: string
  readonly value: JsonValue
  /** No text in the value needs an escape in JSON. */
  readonly clean: boolean
}

/** Maps records to Elastic Common Schema. One for a logger and its children; holds a bounded cache of paths. */
export interface EcsFormat {
  identity(options: EcsIdentityOptions): EcsIdentity
  /** Maps fields that many lines share; those of `outer` that `fields` has too are left out. */
  part(fields: JsonObject, outer?: EcsPart): EcsPart
  /**
   * Maps fields of which the later ones win.
   *
   * @param outer - Stands behind all of them.
   */
  fold(fields: readonly EcsSharedField[], outer: EcsPart | undefined): EcsPart
  /** Begins a line. */
  line(head: EcsHead, identity: EcsIdentity): EcsLine
  /**
   * Makes what serves one line after another.
   *
   * @param end - What closes each line. @defaultValue `}`
   */
  record(end?: string): EcsRecord
  /** Where paths go. */
  readonly homes: EcsHomes
}

/**
 * Creates the mapping to Elastic Common Schema.
 *
 * A line is one object with dotted keys at its top, each field once; what ECS has no field for, or not of that type,
 * stands under `labels`. Fields of the logger's own cannot be set: such values stand under `shadowed`.
 *
 * Rules: https://www.elastic.co/docs/reference/ecs and https://github.com/elastic/ecs-logging
 *
 * @example
 * const ecs = createEcsFormat()
 * const identity = ecs.identity({ service: { name: 'scan-api' }, pid: 41, hostname: 'n1' })
 * const line = ecs.line({ time: '2026-11-20T21:00:00.000Z', level: 'info', message: 'ok', trace: undefined }, identity)
 * line.put('http', { request: { method: 'GET' } })
 * line.text()
 */
export function createEcsFormat(options: EcsFormatOptions = {}): EcsFormat {
  const quote = options.quote ?? quoteJson
  const homes = createEcsHomes(quote)
  const lineBytes = options.lineBytes ?? 65_536
  const room = new Room(Number.POSITIVE_INFINITY, () => '')
  const mapped = new EcsFields({ quote, homes, own: nobody, room, keep: true })
  const single = new EcsFields({ quote, homes, own: nobody, room, keep: true })
  const record = (end?: string) =>
    new EcsRecord({ quote, homes, lineBytes, ...(end !== undefined && { end }) })
  return {
    homes,
    identity: (identity) => createIdentity(identity, quote),
    part(fields, outer) {
      mapped.begin()
      for (const key of Object.keys(fields)) mapped.put(key, fields[key] as JsonValue)
      if (outer !== undefined) mapped.merge(outer)
      return mapped.part()
    },
    fold(fields, outer) {
      mapped.begin()
      for (let index = fields.length - 1; index >= 0; index--) {
        const { name, value, clean } = fields[index] as EcsSharedField
        if (clean && mapped.putOuter(homes.at(name), value)) continue
        single.begin()
        single.put(name, value)
        mapped.merge(single.part())
      }
      if (outer !== undefined) mapped.merge(outer)
      return mapped.part()
    },
    line: (head, identity) => record().begin(head, identity, startOf(head.time, head.level, quote)),
    record,
  }
}

const nobody: OwnFields = { ownValue: () => undefined, isOwn: () => false, ownBits: 0 }
