/** JSON-RPC messages as they pass a transport: checked as far as tracing looks at them. */

export type RequestId = string | number
export type Params = Readonly<Record<string, unknown>>

export interface RequestMessage {
  readonly kind: 'request'
  readonly id: RequestId
  readonly method: string
  readonly params: Params
}

export interface NotificationMessage {
  readonly kind: 'notification'
  readonly method: string
  readonly params: Params
}

export interface ResponseMessage {
  readonly kind: 'response'
  readonly id: RequestId
  readonly result?: Params
  readonly error?: { readonly code: number; readonly message: string }
}

const none: Params = Object.freeze({})

/** @returns `undefined` for what is no message, and for one that cannot be read. */
export function readMessage(
  message: unknown,
): RequestMessage | NotificationMessage | ResponseMessage | undefined {
  try {
    if (!isObject(message) || message['jsonrpc'] !== '2.0') return undefined
    const { id, method } = message
    if (typeof method === 'string') {
      const params = paramsOf(message)
      if (id === undefined) return { kind: 'notification', method, params }
      return isId(id) ? { kind: 'request', id, method, params } : undefined
    }
    return isId(id) ? readResponse(id, message) : undefined
  } catch {
    return undefined
  }
}

function readResponse(id: RequestId, message: Params): ResponseMessage | undefined {
  const { error } = message
  if (!isObject(error)) return { kind: 'response', id, result: objectOr(message['result']) }
  const code = Number.isSafeInteger(error['code']) ? (error['code'] as number) : -32603
  return { kind: 'response', id, error: { code, message: textOr(error['message']) } }
}

/** The parameters of a message; none, if they are no object. */
export function paramsOf(message: Params): Params {
  return objectOr(message['params'])
}

/** `params._meta`, if it is an object. */
export function metaOf(params: Params): Params | undefined {
  const meta = params['_meta']
  return isObject(meta) ? meta : undefined
}

export function isObject(value: unknown): value is Params {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Ids that are equal in text belong together, as for the SDK. */
export function idKey(id: unknown): string | undefined {
  return isId(id) ? String(id).slice(0, 256) : undefined
}

function isId(id: unknown): id is RequestId {
  return typeof id === 'string' || (typeof id === 'number' && Number.isFinite(id))
}

function objectOr(value: unknown): Params {
  return isObject(value) ? value : none
}

function textOr(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
