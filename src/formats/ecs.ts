import { Buffer } from 'node:buffer'
import { quoteJson } from '../redaction/quote.js'
import { cutToBytes, type Quote } from './ecs-coerce.js'
import { EcsFields, type OwnFields } from './ecs-fields.js'
import { createEcsHomes, type EcsHome } from './ecs-homes.js'
import { createIdentity, type EcsIdentity, type EcsIdentityOptions } from './ecs-identity.js'
import type { EcsPart } from './ecs-part-types.js'
import { ecsSpanFields } from './ecs-span.js'
import { ecsVersion } from './ecs-table.js'
import type { JsonObject, JsonScalar, JsonValue } from './json-value.js'
import { Room } from './room.js'

export type { EcsIdentity, EcsIdentityOptions } from './ecs-identity.js'
export type { EcsPart } from './ecs-part-types.js'

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

export interface EcsFormatOptions {
  /** Makes JSON text of a string. @defaultValue {@link quoteJson} */
  readonly quote?: Quote
  /** Bytes of one line, `\n` included; what finds no room is counted in `seclog.omitted`. @defaultValue 65536 */
  readonly lineBytes?: number
}

/** Maps records to Elastic Common Schema. One for a logger and its children; holds a bounded cache of paths. */
export interface EcsFormat {
  identity(options: EcsIdentityOptions): EcsIdentity
  /** Maps fields that many lines share; those of `outer` that `fields` has too are left out. */
  part(fields: JsonObject, outer?: EcsPart): EcsPart
  /** Begins a line. */
  line(head: EcsHead, identity: EcsIdentity): EcsLine
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
  const home = createEcsHomes(quote)
  const shared: LineShared = {
    quote,
    home,
    level: rememberFew(quote),
    lineBytes: options.lineBytes ?? 65_536,
  }
  return {
    identity: (identity) => createIdentity(identity, quote),
    part(fields, outer) {
      const room = new Room(Number.POSITIVE_INFINITY)
      const mapped = new EcsFields({ quote, home, own: nobody, room, keep: true })
      for (const [key, value] of Object.entries(fields)) mapped.put(key, value)
      if (outer !== undefined) mapped.merge(outer)
      return mapped.part()
    },
    line: (head, identity) => new Line(shared, head, identity),
  }
}

interface LineShared {
  readonly quote: Quote
  readonly home: (path: string) => EcsHome
  /** JSON text of a level's label. */
  readonly level: (label: string) => string
  readonly lineBytes: number
}

/** A logger has a handful of levels: their text is made once. */
function rememberFew(quote: Quote): Quote {
  const known = new Map<string, string>()
  return (text) => {
    const found = known.get(text)
    if (found !== undefined) return found
    const quoted = quote(text)
    if (known.size < 100) known.set(text, quoted)
    return quoted
  }
}

const nobody: OwnFields = { ownValue: () => undefined, isOwn: () => false }

/** Room for what closes a line: the trace ids, `seclog.omitted`, and the braces of `labels` and `shadowed`. */
const closing = 256

class Line implements EcsLine, OwnFields {
  readonly #head: EcsHead
  readonly #headText: string
  readonly #identity: EcsIdentity
  readonly #fields: EcsFields
  /** Text of the sources that are complete: call, scope, logger. */
  #inner = ''
  #ambient = ''
  #bindings = ''

  constructor(shared: LineShared, head: EcsHead, identity: EcsIdentity) {
    const { quote, home, level, lineBytes } = shared
    this.#head = head
    this.#identity = identity
    const own = `"ecs.version":"${ecsVersion}"${identity.text}${identity.datasetText}`
    const start = `{"@timestamp":"${head.time}","log.level":${level(head.level)},`
    const room = new Room(lineBytes - closing)
    room.take(start + own)
    const message = head.message === undefined ? '' : messageText(head.message, quote, room)
    this.#headText = start + message + own
    this.#fields = new EcsFields({ quote, home, own: this, room, keep: false })
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
    this.#inner += this.#fields.takeRoot()
    const { omitted, shadowText } = this.#fields
    const { trace } = this.#head
    const { datasetText } = this.#identity
    let { labels } = this.#fields
    let text = this.#headText
    if (datasetText !== '' && this.#fields.has('event.dataset')) {
      text = text.slice(0, -datasetText.length)
    }
    text += this.#bindings
    if (trace !== undefined) {
      text += `,"trace.id":"${trace.traceId}","span.id":"${trace.spanId}"`
      labels = `,"trace_flags":"${flagsText(trace.traceFlags)}"${labels}`
    }
    text += this.#ambient + this.#inner
    if (omitted > 0) text += `,"seclog.omitted":${omitted}`
    if (labels !== '') text += `,"labels":{${labels.slice(1)}}`
    if (shadowText !== '') text += `,"shadowed":{${shadowText.slice(1)}}`
    return `${text}}`
  }

  isOwn(path: string): boolean {
    return this.#identity.values.has(path)
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
