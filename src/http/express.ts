import { tracingChannel } from 'node:diagnostics_channel'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { exchangeOf } from './exchanges.js'
import { expressRoute, noteMatch, type RoutedRequest } from './express-route.js'
import { beginNodeExchange } from './node.js'
import { type HttpOptions, resolveHttpOptions } from './options.js'

export { requestLog, setRequestError, setRequestRoute } from './exchanges.js'
export type { HttpLogger, HttpOptions } from './options.js'
export { mcpPaths, type PathPattern } from './paths.js'
export type { RequestEnding, RequestLevel, RequestSummary } from './summary.js'

type Next = (error?: unknown) => void

/** Express's middleware, structurally. */
export type ExpressMiddleware = (
  request: IncomingMessage,
  response: ServerResponse,
  next: Next,
) => void

/** Express's middleware for errors, structurally. */
export type ExpressErrorMiddleware = (
  error: unknown,
  request: IncomingMessage,
  response: ServerResponse,
  next: Next,
) => void

/**
 * Middleware for Express 4 and 5 that comes before all others: a span, a scope, a `request.log` and one request log for each
 * request. From Express 5.3 on, errors are seen wherever they come from; before, `traceExpressErrors` sees them.
 *
 * @throws SeclogError `SECLOG_OPTION_INVALID`
 * @example
 * const app = express()
 * app.use(traceExpress({ log }))
 */
export function traceExpress(options: HttpOptions): ExpressMiddleware {
  const settings = resolveHttpOptions(options)
  listen()
  return (request, response, next) => {
    const known = exchangeOf(request)
    const exchange = beginNodeExchange(request, response, settings)
    if (exchange === undefined) {
      next()
      return
    }
    const name = (): void => {
      const route = expressRoute(request as RoutedRequest)
      if (route !== undefined) exchange.setRoute(route)
    }
    // Before the listener that ends the request.
    response.prependListener('close', name)
    if (known === undefined) exchange.run(next)
    else if (known.isCurrent()) next()
    else known.run(next)
  }
}

/**
 * Middleware that comes after all routes and before the error handlers of an Express older than 5.3: it tells the request's
 * span what was thrown, and passes it on.
 */
export function traceExpressErrors(): ExpressErrorMiddleware {
  return (error, request, _response, next) => {
    exchangeOf(request)?.setError(error)
    next(error)
  }
}

interface RouterMessage {
  readonly req?: object
  readonly error?: unknown
  readonly route?: unknown
}

let listening = false

/** Subscribes to what Express's router says of itself: which pattern matched, and errors where they come from. */
function listen(): void {
  if (listening) return
  listening = true
  const channel = tracingChannel('express.router.request')
  channel.start.subscribe((message) => {
    const { req, route } = message as RouterMessage
    if (req !== undefined && exchangeOf(req) !== undefined) noteMatch(req as RoutedRequest, route)
  })
  channel.error.subscribe((message) => {
    const { req, error } = message as RouterMessage
    if (req !== undefined) exchangeOf(req)?.setError(error)
  })
}
