import type { SecurityLogger } from '../logger/types.js'
import type { Exchange } from './exchange.js'

// Registered, so that a server and a framework that were given different copies of this library trace a request once. A property,
// because a weak map of all requests is looked through by every garbage collection.
const key = Symbol.for('seclog.exchange.1')

interface Traced {
  [key]?: Exchange
}

/** The exchange that a request belongs to; `undefined` where it is not traced. */
export function exchangeOf(request: object): Exchange | undefined {
  return (request as Traced)[key]
}

export function keepExchange(request: object, exchange: Exchange): void {
  ;(request as Traced)[key] = exchange
}

/**
 * The logger of a traced request, bound to its trace; `undefined` where it is not traced. In every framework `request.log` is
 * the same one.
 *
 * @param request - Node's request, or the framework's own.
 * @example
 * requestLog(request)?.info({ order }, 'order placed')
 */
export function requestLog<Levels extends string = never>(
  request: object,
): SecurityLogger<Levels> | undefined {
  return exchangeOf(request)?.log as SecurityLogger<Levels> | undefined
}

/**
 * Says what a request was routed by; its span is then called `{method} {route}`. Express, Fastify and Hono say it themselves.
 *
 * @param route - Low cardinality: `/orders/:id`, never `/orders/42`.
 */
export function setRequestRoute(request: object, route: string): void {
  exchangeOf(request)?.setRoute(route)
}

/** Says what went wrong with a request that is answered by hand; the first error counts. */
export function setRequestError(request: object, error: unknown): void {
  exchangeOf(request)?.setError(error)
}
