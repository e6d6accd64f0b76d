import type { EcsHead, EcsTrace } from '../formats/ecs.js'
import type { EcsRecord } from '../formats/ecs-record.js'
import type { JsonObject, JsonValue } from '../formats/json-value.js'
import type { KeyTable } from '../redaction/key-table.js'
import { toldVerdict } from '../redaction/members.js'
import { scan } from '../redaction/scan.js'
import { scanBits } from '../redaction/types.js'
import type { LineSettings } from './core.js'
import { type Correlation, isTrueId } from './correlation.js'
import type { EcsEntry } from './ecs-bindings.js'
import type { EcsKey, EcsKeys } from './ecs-keys.js'
import { Frame, type Serializers } from './frame.js'

/** A frame that hands its fields to a line of ECS. */
export class EcsFrame extends Frame {
  readonly record: EcsRecord
  /** What the logger says about the line. */
  readonly head: { -readonly [key in keyof EcsHead]: EcsHead[key] }
  private readonly keys: EcsKeys

  constructor(settings: LineSettings, table: KeyTable, keys: EcsKeys, record: EcsRecord) {
    super(settings, table)
    this.keys = keys
    this.record = record
    this.head = {
      time: '',
      level: '',
      message: undefined,
      trace: undefined as EcsTrace | undefined,
    }
  }

  /** Puts the call's fields. Text and numbers with nothing to them take the short way (see bench/). */
  putFields(serializers: Serializers | undefined, ids: Correlation | undefined): void {
    const { count, keys, names, record, settings, values, writer } = this
    const quick = settings.redaction.paths === undefined && !writer.eager
    const { stringLength } = settings.limits
    for (let index = 0; index < count; index++) {
      const name = names[index] as string
      const given = values[index]
      const value = serializers === undefined ? given : this.serialized(serializers, name, given)
      if (value === undefined) continue
      const key = keys.get(name)
      if (key.isId) {
        const text = this.jsonOf(key, name, value)
        const safe = text === undefined ? undefined : (JSON.parse(text) as JsonValue)
        if (safe !== undefined && !isTrueId(ids, name, safe)) record.put(name, safe)
        continue
      }
      if (quick && key.info.plain) {
        switch (typeof value) {
          case 'string': {
            if (value.length > stringLength) break
            const bits = scan(value)
            if (bits === 0) {
              record.putClean(key.home, value)
              continue
            }
            if (bits === scanBits.escape) {
              record.putAt(key.home, value)
              continue
            }
            break
          }
          case 'number':
            if (Math.abs(value) < cardNumbers) {
              record.putClean(key.home, value)
              continue
            }
            break
          case 'boolean':
            record.putClean(key.home, value)
            continue
        }
      }
      const text = this.jsonOf(key, name, value)
      if (text !== undefined) record.putJson(key.home, text)
    }
  }

  /** Puts the library's own record of a span, or of something else it has to say. */
  putOwn(): void {
    const { record } = this
    const own = this.data(undefined)
    if (record.span(own)) return
    for (const name of Object.keys(own)) record.own(name, own[name] as JsonValue)
  }

  /** All fields as safe data. */
  data(serializers: Serializers | undefined): JsonObject {
    const data: Record<string, JsonValue> = Object.create(null)
    for (const { name, value } of this.entries(serializers)) data[name] = value
    return data
  }

  /** All fields, one by one, as many lines may share them. */
  entries(serializers: Serializers | undefined): EcsEntry[] {
    const { count, keys, names, values } = this
    const entries: EcsEntry[] = []
    for (let index = 0; index < count; index++) {
      const given = names[index] as string
      const value = this.serialized(serializers, given, values[index])
      if (value === undefined) continue
      const key = keys.get(given)
      const json = this.jsonOf(key, given, value)
      if (json === undefined) continue
      const { name, prefix } = key.info
      entries.push({
        name: key.info.altered ? (JSON.parse(name) as string) : given,
        text: prefix + json,
        value: parsed(json),
        clean: !json.includes('\\'),
      })
    }
    return entries
  }

  /** Safe JSON text of a value. */
  private jsonOf({ info }: EcsKey, name: string, value: unknown): string | undefined {
    const { count, names, settings, values, writer } = this
    const { redaction } = settings
    const told = info.told ? toldVerdict(redaction, names, values, count, name) : undefined
    return writer.special(info, name, value, told ?? info.verdict, redaction.paths?.next(name))
  }
}

/** Numbers of as many digits may be those of cards. */
const cardNumbers = 100_000_000_000

function parsed(json: string): JsonValue {
  const isPlainText = json.charCodeAt(0) === 0x22 && !json.includes('\\')
  return isPlainText ? json.slice(1, -1) : (JSON.parse(json) as JsonValue)
}
