import { type AmbientFields, currentScope } from '../context/scope.js'
import { KeyTable } from '../redaction/key-table.js'
import { quoteJson } from '../redaction/quote.js'
import { type PathState, type Redaction, removed } from '../redaction/types.js'
import { type Bindings, distinctObject, type Entry, shadowedText } from './bindings.js'
import { CleanMessages } from './clean-messages.js'
import { deepest, type LineSettings } from './core.js'
import { activeCorrelation, boundCorrelation, type Correlation, idNames } from './correlation.js'
import { fitLine } from './fit-line.js'
import type { Serializers } from './frame.js'
import { JsonRecord, type OuterFields } from './json-record.js'
import type { LineExtras, LineState, LineWriter } from './line-writer.js'

/** Lines of the `json` and `pino` formats: one JSON object of the logger's own fields, bindings, ids, fields and message. */
export class JsonLine implements LineWriter {
  readonly settings: LineSettings
  private readonly base: string
  private readonly time: () => string
  private readonly messageStart: string
  private readonly messagePrefix: string
  private readonly messageEnd: string
  private readonly messages = new CleanMessages()
  /** The length up to which neither bindings nor a message can make a line too long. */
  private readonly shortest: number
  private readonly nested: Nested | undefined
  /** A pino path names the message. */
  private readonly masksMessage: boolean
  private stampedTime = ''
  private stamped = ''
  private readonly keys: KeyTable
  private readonly ambients = new WeakMap<AmbientFields, Bindings>()
  /** The frame at rest; a call made while it is in use, by a getter that logs, makes one of its own. */
  private free: JsonRecord | undefined
  /** How many frames are in use, each by a getter of the one before. */
  private depth = 0

  /**
   * @param base - The logger's own fields that never change, as members: `,"service":"…","pid":1`.
   * @param time - Gives the member that tells the time.
   */
  constructor(settings: LineSettings, base: string, time: () => string) {
    this.settings = settings
    const { messageKey, nestedKey, redaction } = settings
    this.masksMessage = redaction.paths?.next(messageKey)?.ends === true
    this.keys = new KeyTable(redaction, settings.ownNames)
    if (nestedKey !== undefined) {
      this.nested = {
        start: `,${quoteJson(nestedKey)}:{`,
        keys: new KeyTable(redaction),
        root: redaction.paths?.next(nestedKey),
      }
      this.keys.bind(nestedKey)
    }
    this.base = base
    this.time = time
    this.messageStart = `,${quoteJson(settings.messageKey)}:`
    this.messagePrefix = `${this.messageStart}"`
    this.messageEnd = `"${settings.end}`
    this.stamped = base
    this.shortest = Math.min(
      settings.limits.stringLength,
      (settings.lineBytes - (base.length + settings.messageKey.length) * 3 - 512) / 6,
    )
  }

  withRedaction(redaction: Redaction): JsonLine {
    return new JsonLine({ ...this.settings, redaction }, this.base, this.time)
  }

  owning(names: readonly string[]): JsonLine {
    const { ownNames } = this.settings
    if (names.every((name) => ownNames.has(name))) return this
    const all = new Set([...ownNames, ...names])
    return new JsonLine({ ...this.settings, ownNames: all }, this.base, this.time)
  }

  adopt(bindings: Bindings): void {
    for (const { name } of bindings.entries) this.keys.bind(name)
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
      (state.span === undefined ? activeCorrelation(scope) : boundCorrelation(state.span, scope))
    if (object === null && extras === undefined && scope?.ambient === undefined) {
      const line = this.messageLine(state.bindings, head, message, ids)
      if (line !== undefined) return line
    }
    const isOwn = extras?.own === true
    const nested = isOwn ? undefined : this.nested
    const frame = this.take()
    try {
      const isDeep = this.depth > deepest
      const ambient =
        scope?.ambient === undefined || isDeep ? undefined : this.ambient(scope.ambient)
      const fields = nested === undefined ? frame : this.record(nested)
      fields.read(isDeep ? null : object, message)
      const line = this.write(fields, nested, state.bindings, ambient, head, ids, extras)
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
    if (message === undefined || message.length > this.shortest) return undefined
    if (bindings.shadowed.length > 0 || bindings.text.length > this.shortest) return undefined
    if (this.settings.redaction.eager || this.masksMessage || !this.messages.has(message))
      return undefined
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
    return this.bound(fields, serializers, true)
  }

  private bound(fields: object, serializers: Serializers | undefined, naming: boolean): Bindings {
    const frame = this.take()
    try {
      frame.read(fields, undefined)
      return frame.bindings(serializers, naming)
    } finally {
      this.give(frame)
    }
  }

  head(level: object): string {
    const text = this.record().writer.begin().value(level) ?? ''
    return text.slice(0, -1)
  }

  private take(): JsonRecord {
    const frame = this.free ?? this.record()
    this.free = undefined
    this.depth++
    return frame
  }

  private record(nested?: Nested): JsonRecord {
    return nested === undefined
      ? new JsonRecord(this.settings, this.keys, this.settings.redaction.paths)
      : new JsonRecord(this.settings, nested.keys, nested.root)
  }

  private give(frame: JsonRecord): void {
    frame.settle()
    this.free = frame
    this.depth--
  }

  private write(
    frame: JsonRecord,
    nested: Nested | undefined,
    bindings: Bindings,
    ambient: Bindings | undefined,
    head: string,
    ids: Correlation | undefined,
    extras: LineExtras | undefined,
  ): string {
    if (extras?.rest !== undefined) frame.addRest(extras.rest)
    if (frame.message === undefined) frame.message = frame.takeMessage() ?? frame.errorMessage()
    const hasOuter = bindings.names !== undefined || ambient !== undefined
    const outer = hasOuter && nested === undefined ? { bindings, ambient } : undefined
    let fields = frame.fields(outer, extras?.serializers, ids, extras?.own === true)
    if (extras?.serializers !== undefined) frame.serializeMessage(extras.serializers)
    const { message: text } = frame
    const clean =
      text !== undefined &&
      !this.masksMessage &&
      text.length <= this.settings.limits.stringLength &&
      !frame.writer.eager &&
      this.messages.has(text)
    const message = clean || text === undefined ? '' : this.messageMember(frame, text)
    if (extras?.mixin !== undefined) fields = this.mixed(frame, nested, extras, ids, outer) + fields
    if (nested !== undefined) fields = nestedText(nested, frame, fields)
    const shadowed = allShadowed(bindings, ambient, frame)
    if (nested !== undefined && fields !== '') frame.replace(this.settings.nestedKey as string)
    if (shadowed !== undefined) frame.replace('shadowed')
    else if (frame.held !== undefined && nested === undefined) fields += frame.held.text
    let before = bindings.text
    if (frame.replaced !== undefined) before = bindings.without(frame.replaced)
    if (ambient !== undefined) before = withoutNames(bindings, ambient, frame.replaced)
    if (ids !== undefined) before += ids.json
    if (ambient !== undefined) {
      before += frame.replaced === undefined ? ambient.text : ambient.without(frame.replaced)
    }
    const { end } = this.settings
    const line = head + this.stamp() + before + fields
    const whole = shadowed === undefined ? line : line + shadowedText(shadowed)
    if (frame.altered || bindings.altered || ambient?.altered === true) {
      const own = clean ? `${this.messagePrefix}${text}"` : message
      return distinctObject(`${whole + own}}`).slice(0, -1) + end
    }
    return clean ? whole + this.messagePrefix + text + this.messageEnd : whole + message + end
  }

  private messageMember(frame: JsonRecord, text: string): string {
    if (!this.masksMessage) return this.messageStart + frame.messageText(text)
    const { messageKey, redaction } = this.settings
    const shown = redaction.censor(text, 'path', [messageKey])
    return shown === removed ? '' : this.messageStart + quoteJson(frame.messageOf(shown))
  }

  /** The fields of a user's mixin, less those that the call gives itself. */
  private mixed(
    frame: JsonRecord,
    nested: Nested | undefined,
    extras: LineExtras,
    ids: Correlation | undefined,
    outer: OuterFields | undefined,
  ): string {
    const mixin = this.record(nested)
    mixin.read(extras.mixin ?? null, '')
    const given = new Set(frame.names.slice(0, frame.count))
    for (let index = 0; index < mixin.count; index++) {
      const name = mixin.names[index] as string
      const isId = name in idNames
      if (isId ? ids !== undefined : given.has(name)) mixin.values[index] = undefined
    }
    const text = mixin.fields(outer, extras.serializers, ids, true)
    for (const name of mixin.replaced ?? []) frame.replace(name)
    frame.shadowed.push(...mixin.shadowed)
    frame.held ??= mixin.held
    frame.altered ||= mixin.altered
    mixin.settle()
    return text
  }

  private ambient(fields: AmbientFields): Bindings {
    let bindings = this.ambients.get(fields)
    if (bindings === undefined) {
      const own = this.bound(fields.fields, undefined, false)
      bindings = fields.outer === undefined ? own : this.ambient(fields.outer).with(own)
      this.ambients.set(fields, bindings)
    }
    return bindings
  }
}

/** What of a call's fields goes into an object of their own. */
interface Nested {
  /** `,"key":{` */
  readonly start: string
  readonly keys: KeyTable
  readonly root: PathState | undefined
}

function nestedText(nested: Nested, frame: JsonRecord, fields: string): string {
  const all = frame.held === undefined ? fields : fields + frame.held.text
  if (all === '') return ''
  const inner = `{${all.slice(1)}}`
  frame.held = undefined
  return nested.start + (frame.altered ? distinctObject(inner) : inner).slice(1)
}

/** What stands under `shadowed`: a caller's own field of that name too, if there is anything else. */
function allShadowed(
  bindings: Bindings,
  ambient: Bindings | undefined,
  frame: JsonRecord,
): readonly Entry[] | undefined {
  const inner = frame.shadowed
  if (bindings.shadowed.length === 0 && (ambient === undefined || ambient.shadowed.length === 0)) {
    if (inner.length === 0) return undefined
  }
  const all = [...bindings.shadowed, ...(ambient?.shadowed ?? []), ...inner]
  const held =
    frame.held ??
    ambient?.entries.find(({ name }) => name === 'shadowed') ??
    bindings.entries.find(({ name }) => name === 'shadowed')
  return held === undefined ? all : [...all, held]
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
