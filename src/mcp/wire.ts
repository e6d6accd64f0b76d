import { replaceMethod, watchRequests } from './network.js'
import type { McpTransport } from './types.js'

/** What happens to messages on their way through a transport. `next` hands one on; what it returns or throws is passed back. */
export interface Wire {
  send(message: unknown, next: (message: unknown) => Promise<void>): Promise<void>
  receive(message: unknown, extra: unknown, next: () => void): void
  closed(): void
}

/**
 * Leads what a transport sends and receives through a wire, until it is closed. The transport stays what it is: the SDK and its
 * owner see the same object.
 *
 * Receiving is tapped when the transport starts, which by its contract is after its callbacks were set, or at once if it has
 * started. A transport that cannot be changed is left alone.
 *
 * @see https://github.com/modelcontextprotocol/typescript-sdk/blob/1.x/src/shared/transport.ts
 */
export function tapTransport(transport: McpTransport, wire: Wire, started: boolean): void {
  const undo: (() => void)[] = []
  try {
    undo.push(watchRequests(transport), tapSend(transport, wire))
    if (started) tapCallbacks(transport, wire, undo)
    else undo.push(tapStart(transport, () => tapCallbacks(transport, wire, undo)))
  } catch {
    for (const step of undo) step()
  }
}

function tapSend(transport: McpTransport, wire: Wire): () => void {
  const { send } = transport
  return replaceMethod(transport, 'send', function (this: unknown, ...args: never[]): unknown {
    const [message, ...rest] = args
    return wire.send(message, (changed) => Reflect.apply(send, this, [changed, ...rest]))
  })
}

function tapStart(transport: McpTransport, tap: () => void): () => void {
  const { start } = transport
  const undo = replaceMethod(
    transport,
    'start',
    function (this: unknown, ...args: never[]): unknown {
      undo()
      tap()
      return Reflect.apply(start, this, args)
    },
  )
  return undo
}

function tapCallbacks(transport: McpTransport, wire: Wire, undo: (() => void)[]): void {
  const { onmessage, onclose } = transport
  const receive = function (this: unknown, ...args: [unknown, unknown?]): void {
    const next = (): void => onmessage && Reflect.apply(onmessage, this, args)
    wire.receive(args[0], args[1], next)
  }
  const close = function (this: unknown): void {
    for (const step of undo) step()
    wire.closed()
    if (onclose) Reflect.apply(onclose, this, [])
  }
  transport.onmessage = receive
  transport.onclose = close
  undo.push(() => {
    // Somebody else may have put theirs around ours.
    if (transport.onmessage === receive) transport.onmessage = onmessage
    if (transport.onclose === close) transport.onclose = onclose
  })
}
