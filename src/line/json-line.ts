import { type AmbientFields, currentScope } from '../context/scope.js'
import { KeyTable } from '../redaction/key-table.js'
import { quoteJson } from '../redaction/quote.js'
import type { Redaction } from '../redaction/types.js'
import { type Bindings, type Entry, shadowedText } from './bindings.js'
import { CleanMessages } from './clean-messages.js'
import type { LineSettings } from './core.js'
import { activeCorrelation, type Correlation, correlationOf } from './correlation.js'
import { fitLine } from './fit-line.js'
import type { Serializers } from './frame.js'
import { JsonRecord, type OuterFields } from './json-record.js'
import type { LineExtras, LineState, LineWriter } from './line-writer.js'

/** Lines of the `json` and `pino` formats: one JSON object of the logger's own fields, bindings, ids, fields and message. */
export class JsonLine implements LineWriter {
  readonly settings: LineSettings
  private readonly base: string
  private readonly time: () => string
  private readonly messagePrefix: string
  private readonly messageEnd: string
  private readonly messages = new CleanMessages()
  private stampedTime = ''
  private stamped = ''
  private readonly keys: KeyTable
  private readonly ambients = new WeakMap<AmbientFields, Bindings>()
  /** The frame at rest; a call made while it is in use, by a getter that logs, makes one of its own. */
  private free: JsonRecord | undefined

  /**
   * @param base - The logger's own fields that never change, as members: `,"service":"…","pid":1`.
   * @param time - Gives the member that tells the time.
   */
  constructor(settings: LineSettings, base: string, time: () => string) {
    this.settings = settings
    this.keys = new KeyTable(settings.redaction, settings.ownNames)
    this.base = base
    this.time = time
    this.messagePrefix = `,${quoteJson(settings.messageKey)}:"`
    this.messageEnd = `"${settings.end}`
    this.stamped = base
  }

  withRedaction(redaction: Redaction): JsonLine {
    return new JsonLine({ ...this.settings, redaction }, this.base, this.time)
  }

  line(
    state: LineState,
    head: string,
    object: object | null,
    message: string | undefined,
    extras: LineExtras | undefined,
  ): string {
    const scope = currentScope()
    const ids =
      extras?.ids ??
      (state.span === undefined ? activeCorrelation(scope) : correlationOf(state.span))
    if (object === null && extras === undefined && scope?.ambient === undefined) {
      const line = this.messageLine(state.bindings, head, message, ids)
      if (line !== undefined) return line
    }
    const frame = this.take()
    const ambient = scope?.ambient === undefined ? undefined : this.ambient(scope.ambient)
    try {
      frame.read(object, message)
      const line = this.write(frame, state.bindings, ambient, head, ids, extras)
      return fitLine(line, this.settings)
    } finally {
      this.give(frame)
    }
  }

  /** The short way of a line with nothing but a clean message (see bench/). */
  private messageLine(
    bindings: Bindings,
    head: string,
    message: string | undefined,
    ids: Correlation | undefined,
  ): string | undefined {
    const { limits, redaction } = this.settings
    if (message === undefined || message.length > limits.stringLength) return undefined
    if (bindings.shadowed.length > 0 || bindings.text.length > limits.stringLength) return undefined
    if (redaction.eager || !this.messages.has(message)) return undefined
    let line = head + this.stamp()
    if (bindings.text !== '') line += bindings.text
    if (ids !== undefined) line += ids.json
    return line + this.messagePrefix + message + this.messageEnd
  }

  /** The time and the fields that never change, joined once per time and not per line (see bench/). */
  private stamp(): string {
    const time = this.time()
    if (time !== this.stampedTime) {
      this.stampedTime = time
      this.stamped = time + this.base
    }
    return this.stamped
  }

  bind(fields: object, serializers: Serializers | undefined): Bindings {
    const frame = this.take()
    try {
      frame.read(fields, undefined)
      return frame.bindings(serializers)
    } finally {
      this.give(frame)
    }
  }

  head(level: object): string {
    const frame = new JsonRecord(this.settings, this.keys)
    const text = frame.writer.begin().value(level) ?? '{}'
    return text.startsWith('{') ? text.slice(0, -1) : '{'
  }

  private take(): JsonRecord {
    const frame = this.free ?? new JsonRecord(this.settings, this.keys)
    this.free = undefined
    return frame
  }

  private give(frame: JsonRecord): void {
    frame.settle()
    this.free = frame
  }

  private write(
    frame: JsonRecord,
    bindings: Bindings,
    ambient: Bindings | undefined,
    head: string,
    ids: Correlation | undefined,
    extras: LineExtras | undefined,
  ): string {
    if (extras?.rest !== undefined) frame.addRest(extras.rest)
    if (frame.message === undefined) frame.message = frame.takeMessage() ?? frame.errorMessage()
    const outer =
      bindings.names === undefined && ambient === undefined ? undefined : { bindings, ambient }
    let fields = frame.fields(outer, extras?.serializers, ids, extras?.ids !== undefined)
    const { message: text } = frame
    const clean =
      text !== undefined &&
      text.length <= this.settings.limits.stringLength &&
      !frame.writer.eager &&
      this.messages.has(text)
    const message = clean ? '' : frame.messageText()
    if (extras?.mixin !== undefined) fields = this.mixed(frame, extras, ids, outer) + fields
    let before = bindings.text
    if (frame.replaced !== undefined) before = bindings.without(frame.replaced)
    if (ambient !== undefined) before = withoutNames(bindings, ambient, frame.replaced)
    if (ids !== undefined) before += ids.json
    if (ambient !== undefined) {
      before += frame.replaced === undefined ? ambient.text : ambient.without(frame.replaced)
    }
    const { end, nestedKey } = this.settings
    if (nestedKey !== undefined && fields !== '') {
      fields = `,${quoteJson(nestedKey)}:{${fields.slice(1)}}`
    }
    const line = head + this.stamp() + before + fields
    const shadowed = allShadowed(bindings, ambient, frame)
    const whole = shadowed === undefined ? line : line + shadowedText(shadowed)
    return clean ? whole + this.messagePrefix + text + this.messageEnd : whole + message + end
  }

  /** The fields of a user's mixin, less those that the call gives itself. */
  private mixed(
    frame: JsonRecord,
    extras: LineExtras,
    ids: Correlation | undefined,
    outer: OuterFields | undefined,
  ): string {
    const mixin = new JsonRecord(this.settings, this.keys)
    mixin.read(extras.mixin ?? null, '')
    const given = new Set(frame.names.slice(0, frame.count))
    for (let index = 0; index < mixin.count; index++) {
      if (given.has(mixin.names[index] as string)) mixin.values[index] = undefined
    }
    const text = mixin.fields(outer, extras.serializers, ids, true)
    if (mixin.replaced !== undefined) {
      frame.replaced = new Set([...(frame.replaced ?? []), ...mixin.replaced])
    }
    frame.shadowed.push(...mixin.shadowed)
    mixin.settle()
    return text
  }

  private ambient(fields: AmbientFields): Bindings {
    let bindings = this.ambients.get(fields)
    if (bindings === undefined) {
      const own = this.bind(fields.fields, undefined)
      bindings = fields.outer === undefined ? own : this.ambient(fields.outer).with(own)
      this.ambients.set(fields, bindings)
    }
    return bindings
  }
}

function allShadowed(
  bindings: Bindings,
  ambient: Bindings | undefined,
  frame: JsonRecord,
): readonly Entry[] | undefined {
  const inner = frame.shadowed
  if (bindings.shadowed.length === 0 && (ambient === undefined || ambient.shadowed.length === 0)) {
    return inner.length === 0 ? undefined : inner
  }
  return [...bindings.shadowed, ...(ambient?.shadowed ?? []), ...inner]
}

function withoutNames(
  bindings: Bindings,
  ambient: Bindings,
  replaced: ReadonlySet<string> | undefined,
): string {
  return bindings.without({
    has: (name) => ambient.names?.has(name) === true || replaced?.has(name) === true,
  })
}
