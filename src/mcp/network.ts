import { AsyncLocalStorage } from 'node:async_hooks'
import { isObject } from './messages.js'
import type { McpTransport } from './types.js'

/** What connects the two ends. */
export interface Network {
  /** A pipe, or nothing but memory: no stranger can be at the other end. */
  readonly local: boolean
  /** Messages come in the scope of what brings them, an HTTP request say; not in that of whoever opened the connection. */
  readonly scoped: boolean
  readonly transport?: 'pipe' | 'tcp'
  readonly protocol?: 'http' | 'websocket'
}

/** The other end of the connection that brought an HTTP request. */
export interface Remote {
  readonly address?: string
  readonly port?: number
}

const memory: Network = { local: true, scoped: true }
const pipe: Network = { local: true, scoped: false, transport: 'pipe' }
const webSocket: Network = { local: false, scoped: false, transport: 'tcp', protocol: 'websocket' }
const httpServer: Network = { local: false, scoped: true, transport: 'tcp', protocol: 'http' }
const httpClient: Network = { ...httpServer, scoped: false }
const unknown: Network = { local: false, scoped: true }

// By the names of the SDK's classes, also of those derived from them.
const byClass: Readonly<Record<string, Network>> = {
  InMemoryTransport: memory,
  StdioClientTransport: pipe,
  StdioServerTransport: pipe,
  WebSocketClientTransport: webSocket,
}
// A bundler may have renamed the classes: methods that only one kind of transport has.
const byMethod: Readonly<Record<string, Network>> = {
  handleRequest: httpServer,
  handlePostMessage: httpServer,
  terminateSession: httpClient,
  finishAuth: httpClient,
}

/** What a transport of the SDK is; one that is not known counts as a network. */
export function networkOf(transport: McpTransport): Network {
  try {
    for (const name of Object.keys(byMethod))
      if (name in transport) return byMethod[name] ?? unknown
    for (let at: unknown = transport; at !== null; at = Object.getPrototypeOf(at)) {
      const { name } = (at as { constructor?: { name?: unknown } }).constructor ?? {}
      const known = typeof name === 'string' && Object.hasOwn(byClass, name) && byClass[name]
      if (known) return known
    }
    return 'pid' in transport && 'stderr' in transport ? pipe : unknown
  } catch {
    return unknown
  }
}

const remotes = new AsyncLocalStorage<Remote>()

/** Who sent the HTTP request that is being handled, as far as it went through {@link watchRequests}. */
export function currentRemote(): Remote {
  return remotes.getStore() ?? {}
}

/**
 * Lets {@link currentRemote} know the socket of each request that the transport is given to handle.
 *
 * @returns What undoes it.
 */
export function watchRequests(transport: object): () => void {
  const undo = ['handleRequest', 'handlePostMessage'].map((name) => watchMethod(transport, name))
  return () => {
    for (const step of undo) step()
  }
}

function watchMethod(transport: object, name: string): () => void {
  const handle: unknown = Reflect.get(transport, name)
  if (typeof handle !== 'function') return () => {}
  return replaceMethod(transport, name, function (this: unknown, ...args: unknown[]): unknown {
    return remotes.run(remoteOf(args[0]), () => Reflect.apply(handle, this, args))
  })
}

function remoteOf(request: unknown): Remote {
  const socket = isObject(request) ? request['socket'] : undefined
  if (!isObject(socket)) return {}
  const { remoteAddress: address, remotePort: port } = socket
  return {
    ...(typeof address === 'string' && { address }),
    ...(typeof port === 'number' && { port }),
  }
}

/**
 * Puts a function in place of a method of one object, with the method's own name and length.
 *
 * @returns What undoes it.
 * @throws TypeError for a frozen object.
 */
export function replaceMethod(
  target: object,
  name: string,
  replacement: (this: unknown, ...args: never[]) => unknown,
): () => void {
  const before = Object.getOwnPropertyDescriptor(target, name)
  const { length = 0 } = Reflect.get(target, name) as { length?: number }
  Object.defineProperties(replacement, {
    name: { value: name, configurable: true },
    length: { value: length, configurable: true },
  })
  Object.defineProperty(target, name, {
    value: replacement,
    writable: true,
    configurable: true,
    enumerable: before?.enumerable ?? false,
  })
  return () => {
    // Somebody else may have put theirs around ours.
    if (Reflect.get(target, name) !== replacement) return
    if (before === undefined) Reflect.deleteProperty(target, name)
    else Object.defineProperty(target, name, before)
  }
}
