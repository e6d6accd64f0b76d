import { Buffer } from 'node:buffer'
import { type AmbientFields, currentScope } from '../context/scope.js'
import {
  createEcsFormat,
  type EcsFormat,
  type EcsIdentityOptions,
  type EcsPart,
  type EcsTrace,
} from '../formats/ecs.js'
import { closing, labelsText, startOf, traceText } from '../formats/ecs-record.js'
import type { JsonObject, JsonValue } from '../formats/json-value.js'
import { KeyTable } from '../redaction/key-table.js'
import { quoteJson } from '../redaction/quote.js'
import type { SafeWriter } from '../redaction/serialize.js'
import { type Redaction, removed } from '../redaction/types.js'
import type { Bindings } from './bindings.js'
import { CleanMessages } from './clean-messages.js'
import { deepest, type LineSettings } from './core.js'
import { activeCorrelation, boundCorrelation, type Correlation, idNames } from './correlation.js'
import {
  type BoundParts,
  type BoundRest,
  EcsBindings,
  loggerName,
  renamed,
} from './ecs-bindings.js'
import { EcsFrame } from './ecs-frame.js'
import { EcsKeys } from './ecs-keys.js'
import { traceOf } from './ecs-trace.js'
import { printed } from './format-message.js'
import type { Serializers } from './frame.js'
import type { LineExtras, LineState, LineWriter } from './line-writer.js'
import { isoNow } from './time.js'

/** Lines of Elastic Common Schema. */
export class EcsLineWriter implements LineWriter {
  readonly settings: LineSettings
  private readonly format: EcsFormat
  private readonly identity: EcsIdentityOptions
  /** What the bindings of a logger without any come to. */
  private readonly unbound: BoundParts
  private readonly ambients = new WeakMap<AmbientFields, EcsPart>()
  private readonly keys: EcsKeys
  private readonly keyTable: KeyTable
  private readonly messages = new CleanMessages()
  /** The frame at rest; a call made while it is in use, by a getter that logs, makes one of its own. */
  private free: EcsFrame | undefined
  /** How many calls are in the making, each made by a getter of the one before. */
  private depth = 0
  /** A pino path names the message. */
  private readonly masksMessage: boolean
  /** Units up to which a message takes no more than half of a line's bytes. */
  private readonly shortest: number
  private stampedTime = ''
  private stampedLevel = ''
  private stamped = ''
  private stampedMessage = ''
  private lastIds: Correlation | undefined
  private lastTrace: EcsTrace | undefined

  constructor(settings: LineSettings, identity: EcsIdentityOptions) {
    this.settings = { ...settings, nameKey: loggerName }
    this.keyTable = new KeyTable(settings.redaction)
    this.identity = identity
    const { paths } = settings.redaction
    this.masksMessage = paths?.next('message')?.ends === true || paths?.next('msg')?.ends === true
    this.shortest = Math.min(settings.limits.stringLength, (settings.lineBytes >> 1) / 6)
    this.format = createEcsFormat({ quote: quoteJson, lineBytes: settings.lineBytes })
    this.keys = new EcsKeys(this.keyTable, this.format.homes)
    this.unbound = {
      part: this.format.part({}),
      identity: this.format.identity(identity),
      rest: undefined,
    }
  }

  withRedaction(redaction: Redaction): EcsLineWriter {
    return new EcsLineWriter({ ...this.settings, redaction }, this.identity)
  }

  line(
    state: LineState,
    level: string,
    object: object | null,
    message: string | undefined,
    extras: LineExtras | undefined,
  ): string {
    const scope = currentScope()
    const ids =
      extras?.ids ??
      (state.span === undefined ? activeCorrelation(scope) : boundCorrelation(state.span, scope))
    if (object === null && extras === undefined && scope?.ambient === undefined) {
      const line = this.messageLine(state.bindings, level, message, ids)
      if (line !== undefined) return line
    }
    const frame = this.take()
    this.depth++
    try {
      const isDeep = this.depth > deepest
      frame.read(isDeep ? null : object, message)
      const ambient = isDeep ? undefined : scope?.ambient
      return this.write(frame, state.bindings, level, ids, ambient, extras)
    } finally {
      this.depth--
      this.give(frame)
    }
  }

  bind(fields: object, serializers: Serializers | undefined): Bindings {
    const frame = this.take()
    try {
      frame.read(fields, undefined)
      return new EcsBindings(frame.entries(serializers).map(renamed))
    } finally {
      this.give(frame)
    }
  }

  /** The label alone: a line in ECS begins with its time. */
  head(_level: object, label: string): string {
    return label
  }

  owning(): this {
    return this
  }

  adopt(): void {}

  private take(): EcsFrame {
    const frame =
      this.free ??
      new EcsFrame(this.settings, this.keyTable, this.keys, this.format.record(this.settings.end))
    this.free = undefined
    this.keys.refresh()
    return frame
  }

  private give(frame: EcsFrame): void {
    frame.settle()
    this.free = frame
  }

  /** The short way of a line with nothing but a clean message (see bench/). */
  private messageLine(
    bindings: Bindings,
    level: string,
    message: string | undefined,
    ids: Correlation | undefined,
  ): string | undefined {
    const { lineBytes, redaction } = this.settings
    if (message === undefined || message.length > this.shortest) return undefined
    if (redaction.eager || this.masksMessage || !this.messages.has(message)) return undefined
    const parts = this.parts(bindings)
    parts.rest ??= this.rest(parts)
    this.stamp(level)
    const length = this.stampedMessage.length + message.length + parts.rest.length
    if (length * 3 > lineBytes - closing) return undefined
    const line = this.stampedMessage + message + parts.rest.root
    if (ids === undefined) return line + parts.rest.close
    const trace = this.trace(ids)
    return line + traceText(trace).ids + labelsText(trace, parts.rest.labels) + this.settings.end
  }

  /** The start of a line, joined once per time and level and not per line (see bench/). */
  private stamp(level: string): string {
    const time = isoNow()
    if (time !== this.stampedTime || level !== this.stampedLevel) {
      this.stampedTime = time
      this.stampedLevel = level
      this.stamped = startOf(time, level, quoteJson)
      this.stampedMessage = `${this.stamped}"message":"`
    }
    return this.stamped
  }

  private trace(ids: Correlation): EcsTrace {
    if (ids === this.lastIds && this.lastTrace !== undefined) return this.lastTrace
    const { traceId, spanId, traceFlags } = ids
    this.lastIds = ids
    this.lastTrace = { traceId, spanId, traceFlags: Number.parseInt(traceFlags, 16) }
    return this.lastTrace
  }

  private write(
    frame: EcsFrame,
    bindings: Bindings,
    level: string,
    ids: Correlation | undefined,
    ambient: AmbientFields | undefined,
    extras: LineExtras | undefined,
  ): string {
    if (extras?.rest !== undefined) frame.addRest(extras.rest)
    const { head, record, writer } = frame
    if (frame.message === undefined) frame.message = frame.takeMessage() ?? frame.errorMessage()
    if (extras?.serializers !== undefined) frame.serializeMessage(extras.serializers)
    const { message: text } = frame
    const { part, identity } = this.parts(bindings)
    const isClean =
      text !== undefined &&
      text.length <= this.shortest &&
      !this.masksMessage &&
      !writer.eager &&
      this.messages.has(text)
    const mixed = extras?.mixin === undefined ? undefined : this.mixed(extras)
    const start = this.stamp(level)
    head.time = this.stampedTime
    head.level = level
    head.message = text === undefined || isClean ? text : this.fitMessage(text, writer)
    head.trace = ids === undefined ? mixed?.trace : this.trace(ids)
    record.begin(head, identity, start, isClean ? this.stampedMessage : undefined)
    if (extras?.own === true) frame.putOwn()
    else frame.putFields(extras?.serializers, ids)
    if (frame.omitted > 0) record.put('[Truncated]', `${frame.omitted} more keys`)
    if (mixed !== undefined) record.ambient(this.format.part(mixed.fields))
    if (ambient !== undefined) record.ambient(this.ambient(ambient))
    if (part.entries.length > 0 || part.shadowed.length > 0) record.close(part)
    const { counters } = this.settings
    if (record.shadowed > 0) counters.shadowed += record.shadowed
    if (record.omitted > 0) counters.truncated += record.omitted
    return record.text()
  }

  /** The message, cut to half of a line's bytes where limits of the user's own leave it more. */
  private fitMessage(message: string, writer: SafeWriter): string | undefined {
    const { lineBytes, redaction } = this.settings
    const shown = this.masksMessage ? redaction.censor(message, 'path', ['message']) : undefined
    if (shown === removed) return undefined
    const text = shown === undefined ? writer.text(message) : printed(shown, writer)
    const most = lineBytes >> 1
    if (text.length * 6 <= most || Buffer.byteLength(quoteJson(text)) <= most) return text
    return writer.text(message, Math.max(Math.trunc(most / 6) - 64, 16))
  }

  /** A mixin's result; ids in it stand in where the line has none, and are no forgery where it has. */
  private mixed(extras: LineExtras): { fields: JsonObject; trace: EcsTrace | undefined } {
    const all = this.safe(extras.mixin ?? null, extras.serializers)
    const fields: Record<string, JsonValue> = Object.create(null)
    const ids: Record<string, JsonValue> = {}
    for (const name of Object.keys(all)) {
      if (name in idNames) ids[name] = all[name] as JsonValue
      else fields[name] = all[name] as JsonValue
    }
    return { fields, trace: traceOf(ids) }
  }

  /** Fields as safe data. */
  private safe(object: object | null, serializers: Serializers | undefined): JsonObject {
    const frame = this.take()
    try {
      frame.read(object, undefined)
      return frame.data(serializers)
    } finally {
      this.give(frame)
    }
  }

  private parts(bindings: Bindings): BoundParts {
    if (!(bindings instanceof EcsBindings)) return this.unbound
    bindings.parts ??= this.bound(bindings)
    return bindings.parts
  }

  private bound({ newer, outer }: EcsBindings): BoundParts {
    const above = outer === undefined ? this.unbound : this.parts(outer)
    const named = newer.findLast(({ name }) => name === loggerName)
    const fields = named === undefined ? newer : newer.filter(({ name }) => name !== loggerName)
    const identity =
      typeof named?.value === 'string'
        ? this.format.identity({ ...this.identity, logger: named.value })
        : above.identity
    return { part: this.format.fold(fields, above.part), identity, rest: undefined }
  }

  /** What follows a message, taken from a line that is made the long way. */
  private rest({ identity, part }: BoundParts): BoundRest {
    const record = this.format.record('')
    record.begin({ time: '', level: '', message: undefined, trace: undefined }, identity, '')
    record.bindings(part)
    const text = record.text()
    const labels = labelsText(undefined, part.labels)
    const isPlain = part.shadowed.length === 0 && record.shadowed === 0 && record.omitted === 0
    return {
      root: `",${text.slice(0, text.length - labels.length)}`,
      labels: part.labels,
      close: labels + this.settings.end,
      length: isPlain ? text.length : Number.POSITIVE_INFINITY,
    }
  }

  private ambient(fields: AmbientFields): EcsPart {
    let part = this.ambients.get(fields)
    if (part === undefined) {
      const outer = fields.outer === undefined ? undefined : this.ambient(fields.outer)
      part = this.format.part(this.safe(fields.fields, undefined), outer)
      this.ambients.set(fields, part)
    }
    return part
  }
}
