import { SeclogError } from '../errors.js'
import { contained } from './contained.js'
import { isObject } from './messages.js'
import { replaceMethod } from './network.js'
import { Peer } from './peer.js'
import type { McpClientTracingOptions, McpProtocol, McpTransport } from './types.js'

// Registered, so that an ESM and a CommonJS copy of this library do not both trace one object.
const traced: unique symbol = Symbol.for('seclog.mcp.1') as never

/**
 * Puts a peer between a client or server and its transports.
 *
 * @returns `false` for one that has a peer already.
 * @throws SeclogError `SECLOG_OPTION_INVALID`
 */
export function installPeer(
  protocol: McpProtocol,
  options: McpClientTracingOptions,
  role: 'client' | 'server',
): boolean {
  check(protocol, options)
  if (traced in protocol) return false
  Object.defineProperty(protocol, traced, { value: true })
  const peer = new Peer(options)
  replaceConnect(protocol, peer, role)
  replaceRequest(protocol, peer)
  if (role === 'client') replaceCallTool(protocol, peer)
  const { transport } = protocol as { transport?: unknown }
  if (isTransport(transport)) peer.attach(transport, true)
  return true
}

function check(protocol: unknown, options: unknown): void {
  const { connect, request } = isObject(protocol) ? protocol : {}
  if (typeof connect !== 'function' || typeof request !== 'function') {
    throw invalid('Only a Client, a McpServer or a Server of @modelcontextprotocol/sdk is traced.')
  }
  const { log, trust } = isObject(options) ? options : {}
  if (!isObject(log) || typeof log['withMcpClientSpan'] !== 'function') {
    throw invalid('The option log must be a logger that createSecurityLogger made.')
  }
  const isTrust = typeof trust === 'boolean' || typeof trust === 'function' || Array.isArray(trust)
  if (trust !== undefined && !isTrust) {
    throw invalid('The option trust must be a boolean, a list of networks or a function.')
  }
}

function invalid(message: string): SeclogError {
  return new SeclogError('SECLOG_OPTION_INVALID', message)
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
      (go) => peer.outbound.request(message, rest[0], go),
      next,
      message,
    )
  })
}

function replaceCallTool(protocol: McpProtocol, peer: Peer): void {
  const { callTool } = protocol as { callTool?: unknown }
  if (typeof callTool !== 'function') return
  replaceMethod(protocol, 'callTool', function (this: unknown, ...args: unknown[]): unknown {
    const next = (): Promise<unknown> => Reflect.apply(callTool, this, args)
    return contained<[], Promise<unknown>>(
      (go) => peer.outbound.callTool(args[0], args[2], go),
      next,
    )
  })
}

function isTransport(value: unknown): value is McpTransport {
  return (
    isObject(value) && typeof value['send'] === 'function' && typeof value['start'] === 'function'
  )
}
