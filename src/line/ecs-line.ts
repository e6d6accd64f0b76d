import { type AmbientFields, currentScope } from '../context/scope.js'
import {
  createEcsFormat,
  type EcsFormat,
  type EcsIdentity,
  type EcsIdentityOptions,
  type EcsLine,
  type EcsPart,
  type EcsTrace,
} from '../formats/ecs.js'
import type { JsonObject, JsonValue } from '../formats/json-value.js'
import { KeyTable } from '../redaction/key-table.js'
import { toldVerdict } from '../redaction/members.js'
import { quoteJson } from '../redaction/quote.js'
import { scan } from '../redaction/scan.js'
import { type Redaction, removed, scanBits } from '../redaction/types.js'
import { Bindings, type Entry } from './bindings.js'
import { deepest, type LineSettings } from './core.js'
import { activeCorrelation, correlationOf, idNames, isTrueId } from './correlation.js'
import { printed } from './format-message.js'
import { Frame, type Serializers } from './frame.js'
import type { LineExtras, LineState, LineWriter } from './line-writer.js'
import { isoNow } from './time.js'

/** Where a logger's name is kept among its bindings. */
const loggerName = 'log.logger'

interface BoundParts {
  readonly part: EcsPart
  readonly identity: EcsIdentity
}

/** Lines of Elastic Common Schema. */
export class EcsLineWriter implements LineWriter {
  readonly settings: LineSettings
  private readonly format: EcsFormat
  private readonly identity: EcsIdentityOptions
  private readonly bound = new WeakMap<Bindings, BoundParts>()
  private readonly ambients = new WeakMap<AmbientFields, EcsPart>()
  private readonly keys: KeyTable
  private free: Frame | undefined
  /** How many calls are in the making, each made by a getter of the one before. */
  private depth = 0

  constructor(settings: LineSettings, identity: EcsIdentityOptions) {
    this.settings = { ...settings, nameKey: loggerName }
    this.keys = new KeyTable(settings.redaction)
    this.identity = identity
    this.format = createEcsFormat({ quote: quoteJson, lineBytes: settings.lineBytes })
  }

  withRedaction(redaction: Redaction): EcsLineWriter {
    return new EcsLineWriter({ ...this.settings, redaction }, this.identity)
  }

  line(
    state: LineState,
    head: string,
    object: object | null,
    message: string | undefined,
    extras: LineExtras | undefined,
  ): string {
    const frame = this.free ?? new Frame(this.settings, this.keys)
    this.free = undefined
    this.depth++
    try {
      frame.read(this.depth > deepest ? null : object, message)
      return this.write(frame, state, head, extras)
    } finally {
      frame.settle()
      this.free = frame
      this.depth--
    }
  }

  bind(fields: object, serializers: Serializers | undefined): Bindings {
    const frame = new Frame(this.settings, this.keys)
    frame.read(fields, undefined)
    const entries: Entry[] = []
    eachField(frame, serializers, (given, value) => {
      const name = given === 'name' ? loggerName : given
      entries.push({ name, text: `,${quoteJson(name)}:${JSON.stringify(value)}` })
    })
    frame.settle()
    return new Bindings(entries, [])
  }

  /** The label alone: a line in ECS begins with its time. */
  head(_level: object, label: string): string {
    return label
  }

  owning(): this {
    return this
  }

  adopt(): void {}

  private write(
    frame: Frame,
    state: LineState,
    level: string,
    extras: LineExtras | undefined,
  ): string {
    const scope = currentScope()
    const ids =
      extras?.ids ??
      (state.span === undefined ? activeCorrelation(scope) : correlationOf(state.span))
    if (extras?.rest !== undefined) frame.addRest(extras.rest)
    frame.message = frame.takeMessage() ?? frame.errorMessage()
    if (extras?.serializers !== undefined) frame.serializeMessage(extras.serializers)
    const { part, identity } = this.parts(state.bindings)
    const message = this.fitMessage(frame)
    const mixed = extras?.mixin === undefined ? undefined : this.mixed(extras)
    const trace =
      ids === undefined ? mixed?.trace : { ...ids, traceFlags: Number.parseInt(ids.traceFlags, 16) }
    const line = this.format.line({ time: isoNow(), level, message, trace }, identity)
    if (extras?.ids !== undefined) putOwn(frame, line)
    else {
      eachField(frame, extras?.serializers, (name, value) => {
        if (!isTrueId(ids, name, value)) line.put(name, value)
      })
    }
    if (frame.omitted > 0) line.put('[Truncated]', `${frame.omitted} more keys`)
    if (mixed !== undefined) line.ambient(this.format.part(mixed.fields))
    if (scope?.ambient !== undefined && this.depth <= deepest)
      line.ambient(this.ambient(scope.ambient))
    line.bindings(part)
    this.settings.counters.shadowed += line.shadowed
    this.settings.counters.truncated += line.omitted
    return line.text() + this.settings.end.slice(1)
  }

  /** The message, cut to half of a line's bytes where limits of the user's own leave it more. */
  private fitMessage({ message, writer }: Frame): string | undefined {
    if (message === undefined) return undefined
    const { paths } = this.settings.redaction
    const path = paths?.next('message')?.ends === true || paths?.next('msg')?.ends === true
    const shown = path ? this.settings.redaction.censor(message, 'path', ['message']) : undefined
    if (shown === removed) return undefined
    const text = shown === undefined ? writer.text(message) : printed(shown, writer)
    const most = this.settings.lineBytes >> 1
    if (text.length * 6 <= most || Buffer.byteLength(quoteJson(text)) <= most) return text
    return writer.text(message, Math.max(Math.trunc(most / 6) - 64, 16))
  }

  /** A mixin's result; ids in it stand in where the line has none, and are no forgery where it has. */
  private mixed(extras: LineExtras): { fields: JsonObject; trace: EcsTrace | undefined } {
    const frame = new Frame(this.settings, this.keys)
    frame.read(extras.mixin ?? null, undefined)
    const fields: Record<string, JsonValue> = Object.create(null)
    const ids: Record<string, JsonValue> = {}
    eachField(frame, extras.serializers, (name, value) => {
      if (name in idNames) ids[name] = value
      else fields[name] = value
    })
    frame.settle()
    return { fields, trace: traceOf(ids) }
  }

  private parts(bindings: Bindings): BoundParts {
    let parts = this.bound.get(bindings)
    if (parts === undefined) {
      let part = this.format.part({})
      let logger: JsonValue | undefined
      for (const { name, text } of bindings.entries) {
        const fields = JSON.parse(`{${text.slice(1)}}`) as Record<string, JsonValue>
        if (name === loggerName) logger = fields[name]
        else part = this.format.part(fields, part)
      }
      const named = typeof logger === 'string' ? { ...this.identity, logger } : this.identity
      parts = { part, identity: this.format.identity(named) }
      this.bound.set(bindings, parts)
    }
    return parts
  }

  private ambient(fields: AmbientFields): EcsPart {
    let part = this.ambients.get(fields)
    if (part === undefined) {
      const frame = new Frame(this.settings, this.keys)
      frame.read(fields.fields, undefined)
      const own: Record<string, JsonValue> = Object.create(null)
      eachField(frame, undefined, (name, value) => {
        own[name] = value
      })
      frame.settle()
      part = this.format.part(
        own as JsonObject,
        fields.outer === undefined ? undefined : this.ambient(fields.outer),
      )
      this.ambients.set(fields, part)
    }
    return part
  }
}

/** The ids of a mixin's result, if they are W3C's. */
function traceOf(ids: Readonly<Record<string, JsonValue>>): EcsTrace | undefined {
  const { trace_id: traceId, span_id: spanId, trace_flags: flags } = ids
  if (typeof traceId !== 'string' || !/^(?!0{32})[0-9a-f]{32}$/.test(traceId)) return undefined
  if (typeof spanId !== 'string' || !/^(?!0{16})[0-9a-f]{16}$/.test(spanId)) return undefined
  const traceFlags = typeof flags === 'string' ? Number.parseInt(flags, 16) : Number(flags ?? 0)
  return { traceId, spanId, traceFlags: Number.isNaN(traceFlags) ? 0 : traceFlags }
}

/** Puts the library's own record of a span, or of something else it has to say. */
function putOwn(frame: Frame, line: EcsLine): void {
  const record: Record<string, JsonValue> = Object.create(null)
  eachField(frame, undefined, (name, value) => {
    record[name] = value
  })
  if (line.span(record)) return
  for (const name of Object.keys(record)) line.own(name, record[name] as JsonValue)
}

/** Hands on each field of a frame as safe JSON data. Text and numbers with nothing to them take the short way. */
function eachField(
  frame: Frame,
  serializers: Serializers | undefined,
  put: (name: string, value: JsonValue) => void,
): void {
  const { count, names, settings, values, writer } = frame
  const { paths } = settings.redaction
  for (let index = 0; index < count; index++) {
    const given = names[index] as string
    const value = frame.serialized(serializers, given, values[index])
    if (value === undefined) continue
    const info = writer.keys.get(given)
    const name = info.altered ? (JSON.parse(info.name) as string) : given
    if (info.plain && paths === undefined && !writer.eager && isClean(value, settings)) {
      put(name, value)
      continue
    }
    const told = info.told
      ? toldVerdict(settings.redaction, names, values, count, given)
      : undefined
    const text = writer.special(info, given, value, told ?? info.verdict, paths?.next(given))
    if (text !== undefined) put(name, JSON.parse(text) as JsonValue)
  }
}

function isClean(value: unknown, settings: LineSettings): value is string | number | boolean {
  switch (typeof value) {
    case 'string':
      return value.length <= settings.limits.stringLength && (scan(value) & scanBits.suspect) === 0
    case 'number':
      return Math.abs(value) < 100_000_000_000
    default:
      return typeof value === 'boolean'
  }
}
