import { activeSpan } from '../spans/active-span.js'
import type { Connection } from './connection.js'
import { describeMessage, describeResponse, protocolVersion } from './conventions.js'
import { createExchange, type Exchange, Exchanges, type McpSpan, stateFailure } from './exchange.js'
import {
  idKey,
  isObject,
  type NotificationMessage,
  type RequestMessage,
  type ResponseMessage,
} from './messages.js'
import { withMessageTrace } from './remote.js'

interface Served extends Exchange {
  end(): void
}

/**
 * Requests from the other end: each is a server span, from its arrival until its response is there. The record of its end is
 * written before the response leaves, so that nobody has an answer that the log does not know of.
 */
export class Inbound {
  private readonly connection: Connection
  private readonly open = new Exchanges<Served>()

  constructor(connection: Connection) {
    this.connection = connection
  }

  /** A request that the transport has received. */
  receive({ id, method, params }: RequestMessage, extra: unknown, next: () => void): void {
    const { connection } = this
    const { options, record } = connection
    const { fields, attributes } = describeMessage(method, params)
    const version = versionOf(extra)
    const { address, port } = connection.remote()
    withMessageTrace(connection, params, extra, (place) => {
      options.log.withMcpServerSpan(
        {
          ...connection.fields(),
          ...(version !== undefined && { protocolVersion: version }),
          ...(address !== undefined && { clientAddress: address }),
          ...(port !== undefined && { clientPort: port }),
          ...fields,
          requestId: id,
        },
        { attributes: connection.attributes(), record, ...place },
        (span) => {
          span.setAttributes(attributes)
          const { served, done } = createServed(span, method, idKey(id))
          this.open.add(served)
          try {
            next()
          } catch (error) {
            this.open.remove(served)
            throw error
          }
          return done
        },
      )
    })
  }

  /** A response as it is handed to the transport. */
  send(message: ResponseMessage, next: () => Promise<void>): Promise<void> {
    const served = this.open.find(idKey(message.id), activeSpan().spanContext().spanId)
    if (served === undefined) return next()
    this.open.remove(served)
    const outcome = describeResponse(served.method, message)
    served.span.outcome(outcome)
    if (outcome.protocolVersion !== undefined) {
      this.connection.protocolVersion = protocolVersion(outcome.protocolVersion)
    }
    served.end()
    const sent = next()
    const { log } = this.connection.options
    sent.catch((err: unknown) =>
      served.scope.runInAsyncScope(() => log.warn({ err }, 'mcp response not sent')),
    )
    return sent
  }

  /** `notifications/cancelled`: whatever the handler does from here on, there will be no response. */
  cancel({ params }: NotificationMessage, next: () => void): void {
    const { requestId } = params
    // The SDK does not cancel requests with these ids.
    const served =
      requestId === 0 || requestId === '' ? undefined : this.open.find(idKey(requestId))
    if (served === undefined) {
      next()
      return
    }
    this.open.remove(served)
    served.scope.runInAsyncScope(next)
    stateFailure(served.span, 'cancelled', 'The other end cancelled the request.')
    served.end()
  }

  /** The connection is closed: no response can be sent any more. */
  close(): void {
    for (const served of this.open.takeAll()) {
      stateFailure(
        served.span,
        'connection_closed',
        'The connection was closed before the response.',
      )
      served.end()
    }
  }
}

function createServed(
  span: McpSpan,
  method: string,
  key: string | undefined,
): { served: Served; done: Promise<void> } {
  let end: Served['end'] = () => {}
  const done = new Promise<void>((resolve) => {
    end = () => {
      span.end()
      resolve()
    }
  })
  return { served: { ...createExchange(span, method, key), end }, done }
}

/** Servers without sessions know the version by the header only. */
function versionOf(extra: unknown): string | undefined {
  const requestInfo = isObject(extra) ? extra['requestInfo'] : undefined
  const headers = isObject(requestInfo) ? requestInfo['headers'] : undefined
  return isObject(headers) ? protocolVersion(headers['mcp-protocol-version']) : undefined
}
