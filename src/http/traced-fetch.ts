import { injectTrace } from '../propagation/inject.js'
import { processRedaction } from '../redaction/process-wide.js'
import type { Span, SpanOptions } from '../spans/types.js'
import { withSpan } from '../spans/with-span.js'
import { methodNames, spanKeys } from './conventions.js'
import type { HttpLogger } from './options.js'
import { createOriginTest, type Origins, type OriginTest } from './origins.js'
import { createQueryRedactor } from './query.js'
import { type Fetch, followRedirects } from './redirects.js'

export interface TracedFetchOptions {
  /** Writes a record for each request's span; without it there is a span and no record. */
  readonly log?: HttpLogger
  /**
   * Which servers get `traceparent`, `tracestate` and `baggage`.
   *
   * @defaultValue Loopback, private and link-local addresses, and names that public DNS does not answer: without a dot, or below
   * `.localhost`, `.local`, `.internal`, `.home.arpa`.
   */
  readonly propagateTo?: Origins
  /** Whether those servers get baggage too. @defaultValue true */
  readonly baggage?: boolean
}

/**
 * A `fetch` whose requests are client spans, and carry the trace on to the servers that may know it. Arguments, response and
 * errors are those of `fetch`; the span ends when the head of the response is there.
 *
 * Redirects of requests that carry the trace are followed here, by the rules of `fetch`, so that it is not carried on to a server
 * that may not know it.
 *
 * @param fetch - As Node has it. @defaultValue `globalThis.fetch`, as it is when a request is made
 * @throws SeclogError `SECLOG_OPTION_INVALID`
 * @see https://opentelemetry.io/docs/specs/semconv/http/http-spans/#http-client-span
 * @example
 * const fetch = tracedFetch(globalThis.fetch, { log, propagateTo: ['https://orders.example.com'] })
 */
export function tracedFetch(
  fetch?: typeof globalThis.fetch,
  options: TracedFetchOptions = {},
): typeof globalThis.fetch {
  const mayKnow = createOriginTest(options.propagateTo)
  const { log, baggage = true } = options
  return (input, init) => {
    const send: Fetch = fetch ?? globalThis.fetch
    const url = urlOf(input)
    if (url === undefined) return send(input, init)
    const method = methodOf(input, init)
    const names = methodNames(method)
    const spanOptions: SpanOptions = {
      kind: 'client',
      attributes: {
        [spanKeys.method]: names.attribute,
        [spanKeys.methodOriginal]: names.original,
        [spanKeys.urlFull]: safeUrl(url),
        [spanKeys.serverAddress]: url.hostname,
        [spanKeys.serverPort]: portOf(url),
      },
    }
    const run = (span: Span): Promise<Response> =>
      sendTraced(send, input, init, url, span, mayKnow, baggage)
    return log === undefined
      ? withSpan(names.name, spanOptions, run)
      : log.withSpan(names.name, spanOptions, run)
  }
}

async function sendTraced(
  send: Fetch,
  input: string | URL | Request,
  init: RequestInit | undefined,
  url: URL,
  span: Span,
  mayKnow: OriginTest,
  baggage: boolean,
): Promise<Response> {
  const response = mayKnow(url)
    ? await followRedirects(send, input, init, url, {
        carry: (target, headers) => {
          if (mayKnow(target)) injectTrace(headers, { baggage })
          else for (const name of ['traceparent', 'tracestate', 'baggage']) headers.delete(name)
        },
        onRedirect: (status, target, count) => {
          span.addEvent('http.redirect', {
            [spanKeys.status]: status,
            [spanKeys.urlFull]: safeUrl(target),
            [spanKeys.resendCount]: count,
          })
        },
      })
    : await send(input, init)
  span.setAttribute(spanKeys.status, response.status)
  if (response.status >= 400) {
    span.setAttribute(spanKeys.errorType, String(response.status)).setStatus({ code: 2 })
  }
  return response
}

/** Where a request goes; `undefined` for what is no request of HTTP, or no URL at all, which `fetch` is to say itself. */
function urlOf(input: string | URL | Request): URL | undefined {
  const text = typeof input === 'object' && 'url' in input ? input.url : String(input)
  if (!URL.canParse(text)) return undefined
  const url = new URL(text)
  return url.protocol === 'http:' || url.protocol === 'https:' ? url : undefined
}

function methodOf(input: string | URL | Request, init: RequestInit | undefined): string {
  const method =
    init?.method ?? (typeof input === 'object' && 'method' in input ? input.method : undefined)
  const text = String(method ?? 'GET')
  // As `fetch` does: these are written in capitals, others stay as they are.
  return /^(?:delete|get|head|options|post|put)$/i.test(text) ? text.toUpperCase() : text
}

/** Without user, password and fragment, and with the query redacted. */
function safeUrl(url: URL): string {
  const query = url.search.slice(1)
  const base = `${url.origin}${url.pathname}`
  return query === '' ? base : `${base}?${createQueryRedactor([processRedaction()])(query)}`
}

function portOf({ port, protocol }: URL): number {
  if (port !== '') return Number(port)
  return protocol === 'https:' ? 443 : 80
}
