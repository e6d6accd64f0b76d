import { contained } from './contained.js'
import { isObject } from './messages.js'
import { replaceMethod } from './network.js'
import { Peer } from './peer.js'
import type { McpClientTracingOptions, McpProtocol, McpTransport } from './types.js'

// Registered, so that an ESM and a CommonJS copy of this library do not both trace one object.
const traced: unique symbol = Symbol.for('seclog.mcp.1') as never

/** Puts a peer between a client or server and its transports; `false` for one that has a peer. */
export function installPeer(
  protocol: McpProtocol,
  options: McpClientTracingOptions,
  role: 'client' | 'server',
): boolean {
  if (traced in protocol) return false
  Object.defineProperty(protocol, traced, { value: true })
  const peer = new Peer(options)
  replaceConnect(protocol, peer, role)
  replaceRequest(protocol, peer)
  const { transport } = protocol as { transport?: unknown }
  if (isTransport(transport)) peer.attach(transport, true)
  return true
}

function replaceConnect(protocol: McpProtocol, peer: Peer, role: 'client' | 'server'): void {
  const { connect } = protocol
  replaceMethod(protocol, 'connect', function (this: unknown, ...args: never[]): unknown {
    const [transport] = args
    const isFree = (protocol as { transport?: unknown }).transport === undefined
    if (isFree && isTransport(transport)) peer.attach(transport, false)
    const next = (): Promise<void> => Reflect.apply(connect, this, args)
    const { log, lifecycle } = peer.connection.options
    if (role === 'server' || lifecycle !== true) return next()
    return contained<[], Promise<void>>(
      (go) => log.withSpan('mcp.client.initialize', () => go()),
      next,
    )
  })
}

function replaceRequest(protocol: McpProtocol, peer: Peer): void {
  const { request } = protocol
  replaceMethod(protocol, 'request', function (this: unknown, ...args: never[]): unknown {
    const [message, schema, ...rest] = args
    const next = (changed: unknown): Promise<unknown> =>
      Reflect.apply(request, this, [changed, schema, ...rest])
    return contained<[unknown], Promise<unknown>>(
      (go) => peer.outbound.call(message, rest[0], go),
      next,
      message,
    )
  })
}

function isTransport(value: unknown): value is McpTransport {
  return (
    isObject(value) && typeof value['send'] === 'function' && typeof value['start'] === 'function'
  )
}
