import { types } from 'node:util'
import { mostAggregated, mostCauses, mostErrors } from './limits.js'
import { Fault, type PartWriter } from './serialize-parts.js'

/**
 * Own properties that HTTP and database clients hang on their errors and that hold headers, bodies, credentials or statements:
 * named as omitted, never walked (axios, undici, got, AWS SDK, pg, mysql2, Sequelize, Prisma).
 */
const omittedNames = new Set([
  '$response',
  'agent',
  'bindings',
  'body',
  'client',
  'config',
  'connection',
  'connectionParameters',
  'data',
  'headers',
  'options',
  'opts',
  'original',
  'parameters',
  'params',
  'parent',
  'query',
  'rawBody',
  'rawHeaders',
  'req',
  'request',
  'requestBody',
  'res',
  'response',
  'responseBody',
  'socket',
  'sql',
  'sqlMessage',
  'timings',
  'toJSON',
])

/** Read on their own, in an order of their own. */
const standardNames = new Set(['message', 'stack', 'cause', 'errors'])
/** Names that this format writes itself: an own property of such a name is kept under `shadowed`. */
const writtenNames = new Set(['type', 'aggregateErrors', 'omitted', 'shadowed', 'response_status'])

/** Prototypes that are asked for an error's: a hostile proxy has no end of them. */
const mostPrototypes = 16

/** Whether a value is an error, of this realm or another one, with or without its prototype. Never throws. */
export function isError(value: unknown): value is Error {
  if (typeof value !== 'object' || value === null) return false
  if (types.isNativeError(value)) return true
  try {
    let prototype: unknown = Object.getPrototypeOf(value)
    for (let depth = 0; depth < mostPrototypes && prototype !== null; depth++) {
      if (prototype === Error.prototype) return true
      prototype = Object.getPrototypeOf(prototype)
    }
  } catch {
    // A revoked proxy, or one that throws.
  }
  return false
}

/**
 * An error as JSON: type, message, stack, its own properties, causes and members. Each property is read once.
 *
 * @param depth - How many causes or aggregates lead here.
 */
export function serializeError(writer: PartWriter, error: Error, depth: number = 0): string {
  const stack = read(error, 'stack')
  let text = `{"type":${writer.string(typeName(error))},"message":${textOf(writer, read(error, 'message'))}`
  if (typeof stack === 'string') text += `,"stack":${writer.stack(stack)}`
  else if (stack !== undefined) text += `,"stack":${textOf(writer, stack)}`
  const own = ownKeys(error)
  if (own.length > 0) text += ownFields(writer, error, own)
  const cause = read(error, 'cause')
  if (cause !== undefined) text += `,"cause":${inner(writer, cause, depth)}`
  const members = read(error, 'errors')
  if (Array.isArray(members)) text += `,"aggregateErrors":${aggregated(writer, members, depth)}`
  return `${text}}`
}

function inner(writer: PartWriter, value: unknown, depth: number): string {
  if (Fault.is(value)) return writer.throws(value.error)
  if (!isError(value)) return writer.value(value) ?? 'null'
  if (depth >= mostCauses || ++writer.errors > mostErrors) return writer.mark('causes')
  return writer.within(value, () => serializeError(writer, value, depth + 1)) ?? 'null'
}

function aggregated(writer: PartWriter, members: readonly unknown[], depth: number): string {
  const out: string[] = []
  const count = Math.min(members.length, mostAggregated)
  for (let index = 0; index < count; index++) {
    out.push(inner(writer, read(members, String(index)), depth))
  }
  if (members.length > count) out.push(writer.mark(`${members.length - count} more errors`))
  return `[${out.join(',')}]`
}

/** The own properties besides the standard ones, each behind a comma. */
function ownFields(writer: PartWriter, error: Error, own: readonly string[]): string {
  const keys: string[] = []
  const values: unknown[] = []
  let shadowed: Record<string, unknown> | undefined
  let omitted: string[] | undefined
  const count = Math.min(own.length, writer.limits.keys)
  for (let index = 0; index < count; index++) {
    const key = own[index] as string
    if (standardNames.has(key)) continue
    if (omittedNames.has(key)) {
      omitted ??= []
      omitted.push(key)
      if (key === 'response') push('response_status', responseStatus(read(error, key)))
    } else {
      const value = read(error, key)
      if (writtenNames.has(key)) {
        shadowed ??= {}
        shadowed[key] = value
      } else if (typeof value !== 'function') push(key, value)
    }
  }
  if (omitted !== undefined) push('omitted', omitted)
  if (shadowed !== undefined) push('shadowed', shadowed)
  return writer.members(keys, values, own.length - count)

  function push(key: string, value: unknown): void {
    keys.push(key)
    values.push(value)
  }
}

function ownKeys(error: Error): string[] {
  try {
    return Object.keys(error)
  } catch {
    return []
  }
}

/** The status that an HTTP client's error carries, without anything else of the response. */
function responseStatus(response: unknown): unknown {
  if (typeof response !== 'object' || response === null) return undefined
  const status = read(response, 'status') ?? read(response, 'statusCode')
  return typeof status === 'number' ? status : undefined
}

/** One property, read once; what its getter throws stands in for the value. */
function read(holder: object, key: string): unknown {
  try {
    return (holder as Record<string, unknown>)[key]
  } catch (error) {
    return new Fault(error)
  }
}

/** A message or stack: text if it is text, whatever else it is otherwise, on one footing with other values. */
function textOf(writer: PartWriter, value: unknown): string {
  if (Fault.is(value)) return writer.throws(value.error)
  if (typeof value === 'string') return writer.string(value)
  return (typeof value === 'object' ? writer.value(value) : writer.string(printed(value))) ?? 'null'
}

function printed(value: unknown): string {
  return typeof value === 'symbol'
    ? '[Symbol]'
    : typeof value === 'function'
      ? '[Function]'
      : `${value}`
}

/** The class of an error, else its `name`; always text. */
function typeName(error: Error): string {
  const made = Object.hasOwn(error, 'constructor') ? undefined : read(error, 'constructor')
  const name = typeof made === 'function' ? read(made, 'name') : undefined
  if (typeof name === 'string' && name !== '' && name !== 'Error' && name !== 'Object') return name
  const own = read(error, 'name')
  return typeof own === 'string' && own !== '' ? own : 'Error'
}
