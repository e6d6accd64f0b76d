import { types } from 'node:util'
import type { KeyTable } from '../redaction/key-table.js'
import { containRejection } from '../redaction/promises.js'
import { SafeWriter } from '../redaction/serialize.js'
import { isError } from '../redaction/serialize-error.js'
import { Fault, Written } from '../redaction/serialize-parts.js'
import type { LineSettings } from './core.js'
import { printed } from './format-message.js'

/** The serializers in force, where there are any but the default one for errors. */
export type Serializers = Readonly<Record<string, (value: unknown) => unknown>>

const hasOwn = Object.prototype.hasOwnProperty

/**
 * The working state of one log call: its fields, each read once, and its message. A frame serves one call after another; a
 * getter that logs gets another frame.
 */
export class Frame {
  readonly settings: LineSettings
  readonly writer: SafeWriter
  readonly names: string[] = []
  readonly values: unknown[] = []
  /** How many of `names` and `values` are of this call. */
  count = 0
  /** Fields beyond the limit of keys. */
  omitted = 0
  message: string | undefined

  /** @param keys - Shared by the frames of one logger. */
  constructor(settings: LineSettings, keys: KeyTable) {
    this.settings = settings
    this.writer = new SafeWriter(settings.redaction, settings.limits, keys)
  }

  /** Takes in what a call was given beside its message. */
  read(object: object | null, message: string | undefined): void {
    this.writer.begin()
    this.count = 0
    this.omitted = 0
    this.message = message
    if (object !== null) this.readObject(object)
  }

  add(name: string, value: unknown): void {
    this.names[this.count] = name
    this.values[this.count++] = value
  }

  /** pino's rule: a call without a message takes that of its error. */
  errorMessage(): string | undefined {
    const { count, names, settings, values } = this
    for (let index = 0; index < count; index++) {
      if (names[index] === settings.messageKey) return undefined
    }
    const index = names.indexOf(settings.errorKey)
    const error = index === -1 || index >= count ? undefined : values[index]
    if (typeof error !== 'object' || error === null) return undefined
    try {
      const { message } = error as { message?: unknown }
      return typeof message === 'string' ? message : undefined
    } catch {
      return undefined
    }
  }

  /** Keeps the arguments that no placeholder took: a lone error as the call's error, others under `args`. */
  addRest(rest: readonly unknown[]): void {
    const { errorKey } = this.settings
    const lone = rest.length === 1 ? rest[0] : undefined
    const hasError = this.names.lastIndexOf(errorKey, this.count - 1) !== -1 && this.count > 0
    if (isError(lone) && !hasError) this.add(errorKey, lone)
    else this.add('args', rest)
  }

  /** pino's rule: a serializer of the message's name serves the message. */
  serializeMessage(serializers: Serializers | undefined): void {
    const { settings, writer } = this
    if (this.message === undefined || serializers?.[settings.messageKey] === undefined) return
    const value = this.serialized(serializers, settings.messageKey, this.message)
    this.message = Fault.is(value) ? writer.throws(value.error) : this.messageOf(value)
  }

  /** Any value as the text of a message. */
  messageOf(value: unknown): string {
    return printed(value, this.writer)
  }

  /** The value of a field after a user's serializer, contained. */
  serialized(serializers: Serializers | undefined, name: string, value: unknown): unknown {
    if (serializers === undefined) return value
    const serialize =
      serializers[name] ?? (name === this.settings.errorKey ? serializers['err'] : undefined)
    if (typeof serialize !== 'function' || value === undefined || Fault.is(value)) return value
    try {
      return containRejection(serialize(value), () => {
        this.writer.faults++
      })
    } catch (error) {
      return new Fault(error)
    }
  }

  /** pino's rule: where a call gives no message, its field of that name is the message. */
  takeMessage(): string | undefined {
    if (this.message !== undefined) return this.message
    const index = this.names.lastIndexOf(this.settings.messageKey, this.count - 1)
    const value = index === -1 || this.count === 0 ? undefined : this.values[index]
    if (typeof value !== 'string') return undefined
    this.values[index] = undefined
    return value
  }

  /** Counts what the call's values did, and lets go of them, so that a frame at rest keeps nothing alive. */
  settle(): void {
    const { values, writer } = this
    const { counters } = this.settings
    if (writer.faults > 0) {
      counters.faults += writer.faults
      writer.faults = 0
    }
    if (writer.truncated > 0) {
      counters.truncated += writer.truncated
      writer.truncated = 0
    }
    if (values.length > 64) values.length = 64
    for (let index = 0; index < this.count && index < 64; index++) values[index] = undefined
  }

  private readObject(object: object): void {
    try {
      const prototype: unknown = Object.getPrototypeOf(object)
      if (prototype === Object.prototype || (prototype === null && !isError(object))) {
        this.readPlain(object as Record<string, unknown>)
      } else {
        this.readInstance(object)
      }
    } catch (error) {
      this.add(this.freeName('[Throws]'), new Fault(error))
    }
  }

  /** A name like this one that no field of the call has. */
  protected freeName(name: string): string {
    const taken = new Set(this.names.slice(0, this.count))
    let free = name
    for (let count = 2; taken.has(free); count++) free = `${name}_${count}`
    return free
  }

  /** The fast path: nothing is called but the getters, and nothing is looked at twice. */
  private readPlain(object: Record<string, unknown>): void {
    const { names, values } = this
    const most = this.settings.limits.keys
    let count = this.count
    try {
      for (const name in object) {
        // Asking a million keys whether they are its own would take longer than listing them.
        if (count >= most) {
          this.omitted++
          continue
        }
        if (!hasOwn.call(object, name)) continue
        names[count] = name
        values[count++] = undefined
        values[count - 1] = object[name]
      }
      this.count = count
    } catch (error) {
      this.count = count
      this.readRest(object, error)
    }
  }

  /** Goes on after a getter threw. */
  private readRest(object: Record<string, unknown>, error: unknown): void {
    const fault = new Fault(error)
    if (this.count === 0) {
      this.add('[Throws]', fault)
      return
    }
    this.values[this.count - 1] = fault
    const seen = new Set(this.names.slice(0, this.count))
    for (const name of Object.keys(object)) {
      if (seen.has(name)) continue
      if (this.count >= this.settings.limits.keys) {
        this.omitted++
        continue
      }
      this.add(name, readProperty(object, name))
    }
  }

  /** An error, an array, a Map, an instance of a class: what is no set of fields becomes one. */
  private readInstance(object: object): void {
    const { errorKey } = this.settings
    if (isError(object)) {
      this.add(errorKey, object)
      return
    }
    const isProxy = types.isProxy(object)
    if (!isProxy && isRequest(object)) {
      this.add('req', object)
      return
    }
    if (!isProxy && isResponse(object)) {
      this.add('res', object)
      return
    }
    const fields = this.writer.asFields(object)
    if (Written.is(fields)) this.add('value', fields)
    else this.readPlain(fields as Record<string, unknown>)
  }
}

function readProperty(object: Record<string, unknown>, name: string): unknown {
  try {
    return object[name]
  } catch (error) {
    return new Fault(error)
  }
}

/** Node's own request and response objects, which pino has always taken as a call's only argument. */
function isRequest(object: object): boolean {
  return 'rawHeaders' in object && 'socket' in object && 'method' in object
}

function isResponse(object: object): boolean {
  return 'statusCode' in object && 'setHeader' in object && 'socket' in object
}
