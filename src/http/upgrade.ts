import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { beginExchange, type Exchange } from './exchange.js'
import { exchangeOf, keepExchange } from './exchanges.js'
import { showLog, startOf } from './node.js'
import type { HttpSettings } from './options.js'
import type { RequestEnding } from './summary.js'

export type UpgradeListener = (request: IncomingMessage, socket: Duplex, head: Buffer) => void

/**
 * Traces a request to change the protocol, until it is answered: what comes after is no request, and may last for days.
 *
 * There is no response object: whoever takes the socket writes the answer, so the first thing that is written is read.
 */
export function runUpgrade(
  [request, socket]: Parameters<UpgradeListener>,
  settings: HttpSettings,
  handle: () => void,
): void {
  if (exchangeOf(request) !== undefined) {
    handle()
    return
  }
  const exchange = beginExchange(() => startOf(request), settings)
  if (exchange === undefined) {
    handle()
    return
  }
  keepExchange(request, exchange)
  showLog(request)
  observeAnswer(socket, exchange)
  try {
    exchange.run(handle)
  } catch (error) {
    exchange.setError(error)
    end(exchange, 'failed', undefined)
    throw error
  }
}

function observeAnswer(socket: Duplex, exchange: Exchange): void {
  for (const name of ['write', 'end'] as const) {
    const method = socket[name] as (...args: unknown[]) => unknown
    Object.defineProperty(socket, name, {
      configurable: true,
      writable: true,
      value(this: Duplex, ...args: unknown[]) {
        const status = exchange.ended ? undefined : statusIn(args[0])
        if (status !== undefined) end(exchange, 'completed', status)
        return Reflect.apply(method, this, args)
      },
    })
  }
  socket.once('close', () => {
    end(exchange, socket.readableEnded ? 'aborted' : 'broken', undefined)
  })
}

function statusIn(chunk: unknown): number | undefined {
  const text =
    typeof chunk === 'string'
      ? chunk.slice(0, 16)
      : ArrayBuffer.isView(chunk)
        ? Buffer.from(chunk.buffer, chunk.byteOffset, Math.min(chunk.byteLength, 16)).toString(
            'latin1',
          )
        : ''
  const [, status] = /^HTTP\/1\.[01] (\d{3})/.exec(text) ?? []
  return status === undefined ? undefined : Number(status)
}

function end(exchange: Exchange, ending: RequestEnding, status: number | undefined): void {
  exchange.end({
    ending,
    status,
    requestBytes: undefined,
    responseBytes: undefined,
    header: () => undefined,
  })
}
