import { isIP } from 'node:net'
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from './json-value.js'

/** Where the values of one aliased field go: dotted paths with their values. */
export type AliasedFields = readonly (readonly [path: string, value: JsonValue])[]

/**
 * Fields of the `json` format and of pino's companions that have a home in ECS. An alias answers `undefined` for a
 * value that it does not know; such a value is treated like any other.
 */
export const ecsAliases: ReadonlyMap<string, (value: JsonValue) => AliasedFields | undefined> =
  new Map([
    ['err', errorFields],
    ['error', errorFields],
    ['req', requestFields],
    ['res', responseFields],
    ['reqId', (value) => [['http.request.id', value]]],
    ['responseTime', durationField],
    ['duration_ms', durationField],
  ])

/** Names that the logger owns in the `json` format, with the ECS field that holds the logger's value. */
export const ecsOwnNames: ReadonlyMap<string, string> = new Map([
  ['level', 'log.level'],
  ['time', '@timestamp'],
  ['msg', 'message'],
  ['service', 'service.name'],
  ['service_version', 'service.version'],
  ['service_environment', 'service.environment'],
  ['pid', 'process.pid'],
  ['thread_id', 'process.thread.id'],
  ['hostname', 'host.hostname'],
  ['logger', 'log.logger'],
  ['trace_id', 'trace.id'],
  ['span_id', 'span.id'],
  ['trace_flags', 'labels.trace_flags'],
  ['seq', 'event.sequence'],
  ['log.seq', 'event.sequence'],
])

/** An error as the safe serializer writes it. ECS has no place for causes: their text goes to the stack trace. */
function errorFields(value: JsonValue): AliasedFields | undefined {
  if (typeof value === 'string') return [['error.message', value]]
  if (!isJsonObject(value)) return undefined
  const fields: [string, JsonValue][] = []
  const stack = stackOf(value)
  for (const [key, item] of Object.entries(value)) {
    if (key === 'stack') fields.push(['error.stack_trace', stack ?? item])
    else if (key === 'name' && !('type' in value)) fields.push(['error.type', item])
    else if (key === 'cause') fields.push(['error.cause', withoutStacks(item)])
    else if (isMemberList(key) && isJsonArray(item)) fields.push(['error.errors', item.map(title)])
    else fields.push([`error.${key}`, item])
  }
  if (stack !== undefined && !('stack' in value)) fields.push(['error.stack_trace', stack])
  return fields
}

function isMemberList(key: string): boolean {
  return key === 'errors' || key === 'aggregateErrors'
}

/** The stack of an error, followed by those of its causes and members unless it has them already. */
function stackOf(error: JsonObject): string | undefined {
  const { stack, cause } = error as { stack?: JsonValue; cause?: JsonValue }
  if (stack !== undefined && typeof stack !== 'string') return undefined
  let text = stack ?? ''
  const add = (label: string, below: JsonValue): void => {
    const own = isJsonObject(below) ? (stackOf(below) ?? title(below)) : title(below)
    if (!text.includes(own)) text += `\n${label}: ${own}`
  }
  if (cause !== undefined && cause !== null) add('Caused by', cause)
  const members = error['errors'] ?? error['aggregateErrors']
  if (isJsonArray(members)) {
    for (const [index, member] of members.entries()) add(`Error ${index + 1}`, member)
  }
  if (text === '') return undefined
  return stack === undefined ? title(error) + text : text
}

function title(error: JsonValue): string {
  if (!isJsonObject(error)) return typeof error === 'string' ? error : JSON.stringify(error)
  const name = error['type'] ?? error['name'] ?? 'Error'
  const message = error['message'] ?? ''
  return message === '' ? scalar(name) : `${scalar(name)}: ${scalar(message)}`
}

function scalar(value: JsonValue): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function withoutStacks(value: JsonValue): JsonValue {
  if (!isJsonObject(value)) return value
  const kept: Record<string, JsonValue> = Object.create(null)
  for (const [key, item] of Object.entries(value)) {
    if (key === 'stack') continue
    kept[key] = key === 'cause' ? withoutStacks(item) : item
  }
  return kept
}

/** Milliseconds, to the nanoseconds of `event.duration`. */
function durationField(value: JsonValue): AliasedFields | undefined {
  return typeof value === 'number' && value >= 0
    ? [['event.duration', Math.round(value * 1e6)]]
    : undefined
}

const requestPaths = new Map([
  ['id', 'http.request.id'],
  ['method', 'http.request.method'],
  ['remotePort', 'client.port'],
])

const requestHeaders = new Map([
  ['user-agent', 'user_agent.original'],
  ['referer', 'http.request.referrer'],
  ['content-type', 'http.request.mime_type'],
  ['content-length', 'http.request.body.bytes'],
])

const responseHeaders = new Map([
  ['content-type', 'http.response.mime_type'],
  ['content-length', 'http.response.body.bytes'],
])

/** A request as pino's standard serializer, pino-http and Fastify write it. */
function requestFields(value: JsonValue): AliasedFields | undefined {
  if (!isJsonObject(value)) return undefined
  const fields: [string, JsonValue][] = []
  for (const [key, item] of Object.entries(value)) {
    if (key === 'url' && typeof item === 'string') fields.push(...urlFields(item))
    else if (key === 'headers') fields.push(...headerFields('req.headers', item, requestHeaders))
    else if (key === 'remoteAddress') {
      fields.push(['client.address', item])
      if (typeof item === 'string' && isIP(item) !== 0) fields.push(['client.ip', item])
    } else fields.push([requestPaths.get(key) ?? `req.${key}`, item])
  }
  return fields
}

function urlFields(url: string): [string, JsonValue][] {
  const fields: [string, JsonValue][] = [['url.original', url]]
  if (!url.startsWith('/')) return fields
  const [, path = '', query] = /^([^?#]*)(?:\?([^#]*))?/.exec(url) ?? []
  fields.push(['url.path', path])
  if (query) fields.push(['url.query', query])
  return fields
}

function responseFields(value: JsonValue): AliasedFields | undefined {
  if (!isJsonObject(value)) return undefined
  const fields: [string, JsonValue][] = []
  for (const [key, item] of Object.entries(value)) {
    if (key === 'statusCode') fields.push(['http.response.status_code', item])
    else if (key === 'headers') fields.push(...headerFields('res.headers', item, responseHeaders))
    else fields.push([`res.${key}`, item])
  }
  return fields
}

/** Known headers go to their fields, the others as JSON into one label: a label each would swamp the index. */
function headerFields(
  rest: string,
  headers: JsonValue,
  known: ReadonlyMap<string, string>,
): [string, JsonValue][] {
  if (!isJsonObject(headers)) return [[rest, headers]]
  const fields: [string, JsonValue][] = []
  const others: Record<string, JsonValue> = Object.create(null)
  for (const [name, item] of Object.entries(headers)) {
    const path = known.get(name.toLowerCase())
    if (path === undefined) others[name] = item
    else fields.push([path, item])
  }
  if (Object.keys(others).length > 0) fields.push([rest, JSON.stringify(others)])
  return fields
}
