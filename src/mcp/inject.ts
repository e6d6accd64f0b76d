import { injectMeta } from '../propagation/index.js'
import { isObject, type Params } from './messages.js'
import type { McpTracingOptions } from './types.js'

/** A copy of a request or notification with the active trace context in its `_meta`; what is no message stays what it is. */
export function injected<T>(message: T, { inject = true }: McpTracingOptions): T {
  if (inject === false || !isObject(message)) return message
  const params = message['params']
  if (params !== undefined && !isObject(params)) return message
  const options = inject === 'trace' ? { baggage: false } : {}
  try {
    return { ...(message as T & Params), params: injectMeta(params ?? {}, options) }
  } catch {
    // Params that cannot be copied cannot be sent either: that is for the SDK to say.
    return message
  }
}
