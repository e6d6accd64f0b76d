import { createHash } from 'node:crypto'
import type { McpFields } from '../spans/domain-field-types.js'
import { currentRemote, type Network, networkOf, type Remote } from './network.js'
import type { McpClientTracingOptions, McpTransport } from './types.js'

/** What both directions of one client or server have in common. */
export class Connection {
  readonly options: McpClientTracingOptions
  /** Contents of tools to record. */
  readonly record: readonly ('arguments' | 'result')[]
  network: Network = { local: false, scoped: true }
  protocolVersion: string | undefined = undefined
  private transport: McpTransport | undefined = undefined
  private session: { readonly id: string; readonly hash: string } | undefined = undefined

  constructor(options: McpClientTracingOptions) {
    this.options = options
    const { arguments: args, results } = options.record ?? {}
    this.record = [
      ...(args === true ? (['arguments'] as const) : []),
      ...(results === true ? (['result'] as const) : []),
    ]
  }

  attach(transport: McpTransport): void {
    this.transport = transport
    this.network = networkOf(transport)
    this.protocolVersion = undefined
  }

  /** Who sent the message that is being received. */
  remote(): Remote {
    // Within the handling of an HTTP request messages come by other transports too.
    return this.network.protocol === 'http' ? currentRemote() : {}
  }

  /** What is known of the connection, for every span. */
  fields(): Partial<McpFields> {
    const { network, protocolVersion } = this
    const sessionId = this.sessionId()
    return {
      ...(sessionId !== undefined && { sessionId }),
      ...(protocolVersion !== undefined && { protocolVersion }),
      ...(network.transport !== undefined && { networkTransport: network.transport }),
      ...(network.protocol !== undefined && { networkProtocolName: network.protocol }),
    }
  }

  /**
   * Attributes of every span. Ids of sessions are masked, as whoever has one may be able to use the session; by their hashes its
   * spans can be found all the same (OWASP ASVS 16.2.5).
   */
  attributes(): Record<string, unknown> {
    const id = this.sessionId()
    if (id === undefined) return { ...this.options.attributes }
    if (this.session?.id !== id) {
      this.session = { id, hash: createHash('sha256').update(id).digest('hex').slice(0, 16) }
    }
    return { 'seclog.mcp.session.fingerprint': this.session?.hash, ...this.options.attributes }
  }

  private sessionId(): string | undefined {
    try {
      const id = this.transport?.sessionId
      return typeof id === 'string' && id !== '' ? id : undefined
    } catch {
      return undefined
    }
  }
}
