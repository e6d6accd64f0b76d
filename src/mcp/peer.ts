import { Connection } from './connection.js'
import { contained } from './contained.js'
import { Inbound } from './inbound.js'
import { injected } from './inject.js'
import { readMessage } from './messages.js'
import { receiveNotification, sendNotification } from './notifications.js'
import { Outbound } from './outbound.js'
import type { McpClientTracingOptions, McpTransport } from './types.js'
import { tapTransport, type Wire } from './wire.js'

/** One end of MCP connections, which both asks and is asked: a client or a server. */
export class Peer implements Wire {
  readonly connection: Connection
  readonly outbound: Outbound
  private readonly inbound: Inbound

  constructor(options: McpClientTracingOptions) {
    this.connection = new Connection(options)
    this.outbound = new Outbound(this.connection)
    this.inbound = new Inbound(this.connection)
  }

  /** @param started - The transport is connected already. */
  attach(transport: McpTransport, started: boolean): void {
    this.connection.attach(transport)
    tapTransport(transport, this, started)
  }

  send(raw: unknown, next: (raw: unknown) => Promise<void>): Promise<void> {
    return contained<[unknown], Promise<void>>(
      (hand) => {
        const message = readMessage(raw)
        if (message?.kind === 'request') return this.outbound.send(message, () => hand(raw))
        if (message?.kind === 'response') return this.inbound.send(message, () => hand(raw))
        if (message === undefined) return hand(raw)
        if (message.method !== 'notifications/cancelled')
          return sendNotification(this.connection, message, raw, hand)
        const call = this.outbound.cancelledCall(message)
        const cancel = (): Promise<void> => hand(injected(raw, this.connection.options))
        return call === undefined ? hand(raw) : call.scope.runInAsyncScope(cancel)
      },
      next,
      raw,
    )
  }

  receive(raw: unknown, extra: unknown, next: () => void): void {
    contained<[], void>((hand) => {
      const message = readMessage(raw)
      if (message?.kind === 'request') return this.inbound.receive(message, extra, hand)
      if (message?.kind === 'response') return this.outbound.receive(message, hand)
      if (message === undefined) return hand()
      if (message.method === 'notifications/cancelled') return this.inbound.cancel(message, hand)
      const call = this.outbound.callOfProgress(message)
      if (call !== undefined) return call.scope.runInAsyncScope(hand)
      return receiveNotification(this.connection, message, extra, hand)
    }, next)
  }

  closed(): void {
    this.inbound.close()
  }
}
