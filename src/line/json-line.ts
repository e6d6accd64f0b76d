import { type AmbientFields, currentScope } from '../context/scope.js'
import { quoteJson } from '../redaction/quote.js'
import type { Redaction } from '../redaction/types.js'
import { type Bindings, shadowedText } from './bindings.js'
import type { LineSettings } from './core.js'
import { activeCorrelation, type Correlation } from './correlation.js'
import { fitLine } from './fit-line.js'
import type { Serializers } from './frame.js'
import { JsonRecord, KeyInfos, type OuterFields } from './json-record.js'
import type { LineInput, LineWriter } from './line-writer.js'

/** Lines of the `json` and `pino` formats: one JSON object of the logger's own fields, bindings, ids, fields and message. */
export class JsonLine implements LineWriter {
  readonly settings: LineSettings
  private readonly base: string
  private readonly time: () => string
  private readonly infos = new KeyInfos()
  private readonly ambients = new WeakMap<AmbientFields, Bindings>()
  /** The frame at rest; a call made while it is in use, by a getter that logs, makes one of its own. */
  private free: JsonRecord | undefined

  /**
   * @param base - The logger's own fields that never change, as members: `,"service":"…","pid":1`.
   * @param time - Gives the member that tells the time.
   */
  constructor(settings: LineSettings, base: string, time: () => string) {
    this.settings = settings
    this.base = base
    this.time = time
  }

  withRedaction(redaction: Redaction): JsonLine {
    return new JsonLine({ ...this.settings, redaction }, this.base, this.time)
  }

  line(input: LineInput): string {
    const frame = this.free ?? new JsonRecord(this.settings, this.infos)
    this.free = undefined
    try {
      return fitLine(this.write(frame, input), this.settings)
    } finally {
      frame.settle()
      this.free = frame
    }
  }

  bind(fields: object, serializers: Serializers | undefined): Bindings {
    const frame = new JsonRecord(this.settings, this.infos)
    frame.read(fields, undefined)
    const bindings = frame.bindings(serializers)
    frame.settle()
    return bindings
  }

  head(level: object): string {
    const frame = new JsonRecord(this.settings, this.infos)
    const text = frame.writer.begin().value(level) ?? '{}'
    return text.startsWith('{') ? text.slice(0, -1) : '{'
  }

  private write(frame: JsonRecord, input: LineInput): string {
    const { bindings, serializers } = input
    const scope = currentScope()
    const ids = input.ids ?? activeCorrelation(scope)
    const ambient = scope?.ambient === undefined ? undefined : this.ambient(scope.ambient)
    frame.read(input.object, input.message)
    if (input.rest !== undefined) frame.addRest(input.rest)
    if (frame.message === undefined) frame.message = frame.takeMessage() ?? frame.errorMessage()
    const outer =
      bindings.names === undefined && ambient === undefined ? undefined : { bindings, ambient }
    let fields = frame.fields(outer, serializers, ids, input.own)
    const message = frame.messageText()
    let before = bindings.text
    let shadowed = frame.shadowed
    if (input.mixin !== undefined) fields = this.mixed(frame, input, ids, outer) + fields
    if (frame.replaced !== undefined) before = bindings.without(frame.replaced)
    if (ambient !== undefined) before = withoutNames(bindings, ambient, frame.replaced)
    if (ids !== undefined) before += ids.json
    if (ambient !== undefined) {
      before += frame.replaced === undefined ? ambient.text : ambient.without(frame.replaced)
      shadowed = [...shadowed, ...ambient.shadowed]
    }
    if (bindings.shadowed.length > 0) shadowed = [...bindings.shadowed, ...shadowed]
    const { end, nestedKey } = this.settings
    if (nestedKey !== undefined && fields !== '') {
      fields = `,${quoteJson(nestedKey)}:{${fields.slice(1)}}`
    }
    if (shadowed.length > 0) fields += shadowedText(shadowed)
    return input.head + this.time() + this.base + before + fields + message + end
  }

  /** The fields of a user's mixin, less those that the call gives itself. */
  private mixed(
    frame: JsonRecord,
    input: LineInput,
    ids: Correlation | undefined,
    outer: OuterFields | undefined,
  ): string {
    const mixin = new JsonRecord(this.settings, this.infos)
    mixin.read(input.mixin ?? null, '')
    const given = new Set(frame.names.slice(0, frame.count))
    for (let index = 0; index < mixin.count; index++) {
      if (given.has(mixin.names[index] as string)) mixin.values[index] = undefined
    }
    const text = mixin.fields(outer, input.serializers, ids, true)
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

function withoutNames(
  bindings: Bindings,
  ambient: Bindings,
  replaced: ReadonlySet<string> | undefined,
): string {
  return bindings.without({
    has: (name) => ambient.names?.has(name) === true || replaced?.has(name) === true,
  })
}
