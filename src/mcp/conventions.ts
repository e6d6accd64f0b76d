import type { McpFields, McpOutcome } from '../spans/domain-field-types.js'
import { isObject, type Params, type ResponseMessage } from './messages.js'

/** Names of OpenTelemetry's conventions that are set on spans after they began; the others are in `spans/conventions.ts`. */
export const names = {
  error: 'error.type',
  requestId: 'jsonrpc.request.id',
  tool: 'gen_ai.tool.name',
  prompt: 'gen_ai.prompt.name',
} as const

/** Which parameter of a method says what it is about. */
const targets: Readonly<Record<string, 'toolName' | 'promptName' | 'resourceUri'>> = {
  'tools/call': 'toolName',
  'prompts/get': 'promptName',
  'resources/read': 'resourceUri',
  'resources/subscribe': 'resourceUri',
  'resources/unsubscribe': 'resourceUri',
  'notifications/resources/updated': 'resourceUri',
}

// Names come from the other end too: what is no name, but might be a sentence, is not part of a span's name.
const methodForm = /^[\w$]{1,32}(?:\/[\w$]{1,32}){0,4}$/
const targetForm = /^[\w.:/@-]{1,128}$/
const versionForm = /^[\w.-]{1,32}$/

export interface DescribedMessage {
  readonly fields: McpFields
  readonly attributes: Readonly<Record<string, unknown>>
}

/** What a message is about: its method, what it is aimed at, and the arguments, which are recorded only if they are asked for. */
export function describeMessage(method: string, params: Params): DescribedMessage {
  const fields: { -readonly [K in keyof McpFields]: McpFields[K] } = {
    method: methodForm.test(method) ? method : '_OTHER',
  }
  const target = Object.hasOwn(targets, method) ? targets[method] : undefined
  if (target === undefined) return { fields, attributes: {} }
  if (target === 'toolName') fields.arguments = params['arguments']
  const value = params[target === 'resourceUri' ? 'uri' : 'name']
  if (typeof value !== 'string') return { fields, attributes: {} }
  if (target === 'resourceUri' || targetForm.test(value)) {
    fields[target] = value
    return { fields, attributes: {} }
  }
  return { fields, attributes: { [names[target === 'toolName' ? 'tool' : 'prompt']]: value } }
}

/** What a response says of how its request ended. */
export function describeResponse(method: string, response: ResponseMessage): McpOutcome {
  const { error, result } = response
  if (error !== undefined) {
    return { errorCode: error.code, ...(error.message !== '' && { errorMessage: error.message }) }
  }
  return describeResult(method, result)
}

export function describeResult(method: string, result: unknown): McpOutcome {
  if (!isObject(result)) return {}
  if (method === 'initialize') return versionOutcome(result['protocolVersion'])
  if (method !== 'tools/call') return {}
  return { isError: result['isError'] === true, result: withoutMeta(result) }
}

/** A protocol version that may be written down, if it is one. */
export function protocolVersion(value: unknown): string | undefined {
  return typeof value === 'string' && versionForm.test(value) ? value : undefined
}

function versionOutcome(value: unknown): McpOutcome {
  const version = protocolVersion(value)
  return version === undefined ? {} : { protocolVersion: version }
}

function withoutMeta(result: Params): Params {
  const { _meta, ...rest } = result
  return rest
}
