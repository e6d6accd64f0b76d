import { Buffer } from 'node:buffer'
import { cutToBytes, type Quote } from './ecs-coerce.js'
import { putErrorText } from './ecs-error-text.js'
import { EcsFields, type OwnFields } from './ecs-fields.js'
import type { EcsHome, EcsHomes } from './ecs-homes.js'
import type { EcsIdentity } from './ecs-identity.js'
import type { EcsHead, EcsLine, EcsTrace } from './ecs-line-types.js'
import type { EcsPart } from './ecs-part-types.js'
import { ecsSpanFields } from './ecs-span.js'
import { ecsVersion } from './ecs-table.js'
import { bitOf, hashPath } from './ecs-taken.js'
import type { JsonObject, JsonScalar, JsonValue } from './json-value.js'
import { Room } from './room.js'

export interface EcsRecordOptions {
  readonly quote: Quote
  readonly homes: EcsHomes
  readonly lineBytes: number
  /** What closes a line: `}` and whatever is to follow it. @defaultValue `}` */
  readonly end?: string
}

/** Room for what closes a line: the trace ids, `seclog.omitted`, and the braces of `labels` and `shadowed`. */
export const closing = 256

const dataset = 'event.dataset'
const datasetHash = hashPath(dataset)
const noHead: EcsHead = { time: '', level: '', message: undefined, trace: undefined }
const noIdentity: EcsIdentity = { text: '', datasetText: '', values: new Map(), bits: 0 }

/** Makes one line after another: `begin` before each. */
export class EcsRecord implements EcsLine, OwnFields {
  readonly #quote: Quote
  readonly #homes: EcsHomes
  readonly #room: Room
  readonly #fields: EcsFields
  readonly #bytes: number
  readonly #end: string
  #head = noHead
  #identity = noIdentity
  #start = ''
  #message = ''
  /** Text of the sources that are complete: call, scope, logger. */
  #inner = ''
  #ambient = ''
  #bindings = ''

  constructor({ quote, homes, lineBytes, end = '}' }: EcsRecordOptions) {
    this.#quote = quote
    this.#homes = homes
    this.#bytes = lineBytes - closing
    this.#end = end
    this.#room = new Room(this.#bytes, () => this.#written())
    this.#fields = new EcsFields({ quote, homes, own: this, room: this.#room, keep: false })
  }

  /**
   * @param start - What {@link startOf} gives for the head.
   * @param open - The same and `"message":"`, where the head's message needs no escape.
   */
  begin(head: EcsHead, identity: EcsIdentity, start: string, open?: string): this {
    this.#head = head
    this.#identity = identity
    this.#inner = ''
    this.#ambient = ''
    this.#bindings = ''
    this.#fields.begin()
    const { message } = head
    if (open !== undefined && message !== undefined) {
      const length = open.length + message.length + identity.text.length + 2
      if (length * 3 <= this.#bytes) {
        this.#start = open
        this.#message = `${message}",`
        this.#room.begin(length)
        return this
      }
    }
    this.#start = start
    this.#message = ''
    this.#room.begin(start.length + identity.text.length)
    if (message !== undefined) this.#message = messageText(message, this.#quote, this.#room)
    return this
  }

  own(path: string, value: JsonValue): void {
    this.#fields.putOwn(path, value)
  }

  span(record: JsonObject): boolean {
    const span = ecsSpanFields(record)
    if (span === undefined) return false
    for (const [path, value] of span.own) this.#fields.putOwn(path, value)
    for (const [key, value] of span.fields) this.#fields.put(key, value)
    return true
  }

  put(key: string, value: JsonValue): void {
    this.#fields.put(key, value)
  }

  /** As `put` of a scalar: text that needs no escape in JSON, or a number or boolean. */
  putClean(home: EcsHome, value: string | number | boolean): void {
    this.#fields.putClean(home, value)
  }

  putAt(home: EcsHome, value: JsonValue): void {
    this.#fields.putAt(home, value, false)
  }

  /** As `put` of a value that is safe JSON text: strings as `quoteJson` writes them, no key twice. */
  putJson(home: EcsHome, json: string): void {
    const first = json.charCodeAt(0)
    if (first !== 0x7b && first !== 0x5b && home.alias === undefined) {
      this.#fields.putJson(home, json)
    } else if (!(home.error && putErrorText(this.#fields, this.#homes, json))) {
      // Where nothing in the text is escaped, no string that it holds needs to be.
      this.#fields.putAt(home, JSON.parse(json) as JsonValue, !json.includes('\\'))
    }
  }

  ambient(part: EcsPart): void {
    this.#inner += this.#fields.takeRoot()
    this.#fields.merge(part)
    this.#ambient += this.#fields.takeRoot()
  }

  bindings(part: EcsPart): void {
    this.#inner += this.#fields.takeRoot()
    this.#fields.merge(part)
    this.#bindings += this.#fields.takeRoot()
  }

  /** As `bindings`, after which nothing is put (see bench/). */
  close(part: EcsPart): void {
    const takesDataset = (part.outBits & bitOf(datasetHash)) !== 0
    this.#inner += this.#fields.takeRoot()
    this.#fields.merge(part, !takesDataset)
    this.#bindings = this.#fields.takeRoot()
  }

  shadow(name: string, value: JsonValue): void {
    this.#fields.shadow(name, value)
  }

  get shadowed(): number {
    return this.#fields.shadowed
  }

  get omitted(): number {
    return this.#fields.omitted
  }

  text(): string {
    const { omitted, shadowText, labels } = this.#fields
    const { trace } = this.#head
    const { text: identity, datasetText } = this.#identity
    const own =
      datasetText !== '' && this.#fields.has(dataset, datasetHash)
        ? identity.slice(0, -datasetText.length)
        : identity
    let text = this.#start + this.#message + own
    if (this.#bindings !== '') text += this.#bindings
    if (trace !== undefined) text += traceText(trace).ids
    if (this.#ambient !== '') text += this.#ambient
    const inner = this.#inner + this.#fields.takeRoot()
    if (inner !== '') text += inner
    if (omitted > 0) text += `,"seclog.omitted":${omitted}`
    text += labelsText(trace, labels)
    if (shadowText !== '') text += `,"shadowed":{${shadowText.slice(1)}}`
    return text + this.#end
  }

  isOwn(path: string): boolean {
    return this.#identity.values.has(path)
  }

  get ownBits(): number {
    return this.#identity.bits
  }

  ownValue(path: string): JsonScalar | undefined {
    const { time, level, message, trace } = this.#head
    switch (path) {
      case '@timestamp':
        return time
      case 'log.level':
        return level
      case 'message':
        return message
      case 'ecs.version':
        return ecsVersion
      case 'trace.id':
        return trace?.traceId
      case 'span.id':
        return trace?.spanId
      case 'labels.trace_flags':
        return trace && flagsText(trace.traceFlags)
      default:
        return this.#identity.values.get(path)
    }
  }

  #written(): string {
    const fields = this.#fields.written()
    const sources = this.#inner + this.#ambient + this.#bindings
    return this.#start + this.#message + this.#identity.text + sources + fields
  }
}

/** A line up to its message. */
export function startOf(time: string, level: string, quote: Quote): string {
  return `{"@timestamp":"${time}","log.level":${quote(level)},`
}

/** The message, cut in halves until there is room for it. */
function messageText(message: string, quote: Quote, room: Room): string {
  const whole = `"message":${quote(message)},`
  if (room.take(whole)) return whole
  for (let bytes = Buffer.byteLength(message) >> 1; bytes > 0; bytes >>= 1) {
    const cut = `"message":${quote(cutToBytes(message, bytes))},`
    if (room.take(cut)) return cut
  }
  return ''
}

function flagsText(flags: number): string {
  return (flags & 0xff).toString(16).padStart(2, '0')
}

/** `,"labels":{…}`, with the flags of a trace before all others. */
export function labelsText(trace: EcsTrace | undefined, labels: string): string {
  if (trace === undefined) return labels === '' ? '' : `,"labels":{${labels}}`
  const { flags } = traceText(trace)
  return labels === '' ? `,"labels":{${flags}}` : `,"labels":{${flags},${labels}}`
}

interface EcsTraceText {
  /** `,"trace.id":"…","span.id":"…"` */
  readonly ids: string
  /** `"trace_flags":"…"` */
  readonly flags: string
}

let lastTrace: EcsTrace | undefined
let lastText: EcsTraceText = { ids: '', flags: '' }

/** The ids as they stand in a line, made once for the lines of one span. */
export function traceText(trace: EcsTrace): EcsTraceText {
  if (trace !== lastTrace) {
    lastText = {
      ids: `,"trace.id":"${trace.traceId}","span.id":"${trace.spanId}"`,
      flags: `"trace_flags":"${flagsText(trace.traceFlags)}"`,
    }
    lastTrace = trace
  }
  return lastText
}
