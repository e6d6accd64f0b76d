import { activeSpan } from '../spans/active-span.js'
import { replaceMethod } from './network.js'

type Handler = (this: unknown, ...args: unknown[]) => unknown

/** Methods of `McpServer` whose last argument is what is run for a request. */
const registrations = [
  'registerTool',
  'registerPrompt',
  'registerResource',
  'tool',
  'prompt',
  'resource',
] as const

/**
 * Has errors of handlers that are registered from here on recorded in the span of their request: the SDK makes them responses,
 * which have no stack and, for tools, no type.
 */
export function recordHandlerErrors(server: object, protocol: object): void {
  if (server !== protocol) for (const name of registrations) wrapLastArgument(server, name)
  wrapLastArgument(protocol, 'setRequestHandler')
}

function wrapLastArgument(target: object, name: string): void {
  const register: unknown = Reflect.get(target, name)
  if (typeof register !== 'function') return
  replaceMethod(target, name, function (this: unknown, ...args: unknown[]): unknown {
    const handler = args.at(-1)
    if (typeof handler === 'function') args[args.length - 1] = recordingErrors(handler as Handler)
    return Reflect.apply(register, this, args)
  })
}

function recordingErrors(handler: Handler): Handler {
  const wrapped = function (this: unknown, ...args: unknown[]): unknown {
    try {
      const result = Reflect.apply(handler, this, args)
      if (result instanceof Promise) result.catch(record)
      return result
    } catch (error) {
      record(error)
      throw error
    }
  }
  return Object.defineProperties(wrapped, {
    name: { value: handler.name, configurable: true },
    length: { value: handler.length, configurable: true },
  }) as Handler
}

function record(error: unknown): void {
  activeSpan().recordException(error)
}
