import { beginExchange, type Exchange, type RequestEnd } from './exchange.js'
import { exchangeOf, keepExchange } from './exchanges.js'
import type { HttpSettings } from './options.js'

/** Begins to trace a request of a server whose handlers take a `Request`, unless it is traced already or left out. */
export function beginFetchExchange(request: Request, settings: HttpSettings): Exchange | undefined {
  const known = exchangeOf(request)
  if (known !== undefined) return known
  const scheme = request.url.startsWith('https:') ? 'https' : 'http'
  const exchange = beginExchange(
    () => ({
      method: request.method,
      target: request.url,
      scheme,
      version: undefined,
      peerAddress: undefined,
      peerPort: undefined,
      header: (name) => request.headers.get(name) ?? undefined,
      carrier: request.headers,
    }),
    settings,
  )
  if (exchange !== undefined) keepExchange(request, exchange)
  return exchange
}

/** The response as it goes out: with the ids that were asked for, and a body whose end is the end of the request. */
export function answerFetch(
  response: Response,
  request: Request,
  exchange: Exchange,
  settings: HttpSettings,
): Response {
  const { status } = response
  let bytes = 0
  const end = (ending: RequestEnd['ending']): void =>
    exchange.end({
      ending,
      status,
      requestBytes: undefined,
      responseBytes: request.method === 'HEAD' ? 0 : bytes,
      header: (name) => response.headers.get(name) ?? undefined,
    })
  const { traceIdHeader, requestIdHeader } = settings
  const ids = new Headers(response.headers)
  if (traceIdHeader !== undefined) ids.set(traceIdHeader, exchange.traceId)
  if (requestIdHeader !== undefined && exchange.requestId !== undefined) {
    ids.set(requestIdHeader, exchange.requestId)
  }
  if (response.body === null || request.method === 'HEAD') {
    end('completed')
    return new Response(response.body, { status, statusText: response.statusText, headers: ids })
  }
  const body = observeBody(
    response.body,
    (size) => {
      bytes += size
    },
    end,
  )
  return new Response(body, { status, statusText: response.statusText, headers: ids })
}

function observeBody(
  body: ReadableStream<Uint8Array>,
  count: (size: number) => void,
  end: (ending: RequestEnd['ending']) => void,
): ReadableStream<Uint8Array> {
  const reader = body.getReader()
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { done, value } = await reader.read()
          if (done) {
            end('completed')
            controller.close()
            return
          }
          count(value.byteLength)
          controller.enqueue(value)
        } catch (error) {
          end('broken')
          controller.error(error)
        }
      },
      async cancel(reason) {
        end('aborted')
        await reader.cancel(reason)
      },
    },
    { highWaterMark: 0 },
  )
}
