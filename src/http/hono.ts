import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Exchange } from './exchange.js'
import { exchangeOf, keepExchange } from './exchanges.js'
import { answerFetch, beginFetchExchange } from './fetch-server.js'
import { beginNodeExchange } from './node.js'
import { type HttpOptions, resolveHttpOptions } from './options.js'

export { requestLog, setRequestError, setRequestRoute } from './exchanges.js'
export type { HttpLogger, HttpOptions } from './options.js'
export { mcpPaths, type PathPattern } from './paths.js'
export type { RequestEnding, RequestLevel, RequestSummary } from './summary.js'

/** Hono's context, as far as it is needed. */
export interface HonoContext {
  readonly req: { readonly raw: Request; readonly routePath?: string }
  readonly env: unknown
  readonly error?: unknown
  res: Response
  set(...args: never[]): unknown
}

/** Hono's middleware, structurally. */
export type HonoMiddleware = (context: HonoContext, next: () => Promise<void>) => Promise<void>

/**
 * Middleware for Hono 4 that comes before all others: a span, a scope, a logger (`c.get('log')`) and one request log for each
 * request. On `@hono/node-server` it sees the connection; on any other server what a `Request` and a `Response` show.
 *
 * @throws SeclogError `SECLOG_OPTION_INVALID`
 * @example
 * const app = new Hono<{ Variables: { log: SecurityLogger } }>()
 * app.use(traceHono({ log }))
 */
export function traceHono(options: HttpOptions): HonoMiddleware {
  const settings = resolveHttpOptions(options)
  return async (context, next) => {
    const { raw } = context.req
    const node = nodeOf(context.env)
    const known = exchangeOf(node?.incoming ?? raw)
    const exchange =
      node === undefined
        ? beginFetchExchange(raw, settings)
        : beginNodeExchange(node.incoming, node.outgoing, settings)
    if (exchange === undefined) {
      await next()
      return
    }
    keepExchange(raw, exchange)
    keepExchange(context.req, exchange)
    const set = context.set as (key: string, value: unknown) => void
    set.call(context, 'log', exchange.log)
    try {
      await (exchange.isCurrent() ? next() : exchange.run(next))
    } catch (error) {
      exchange.setError(error)
      if (node === undefined && known === undefined) failFetch(exchange)
      throw error
    }
    if (context.error !== undefined) exchange.setError(context.error)
    exchange.setRoute(routeOf(context))
    if (node === undefined && known === undefined) {
      context.res = answerFetch(context.res, raw, exchange, settings)
    }
  }
}

function routeOf({ req }: HonoContext): string {
  // After `next`, that of the last handler that ran; where none but middleware did, its pattern says nothing.
  const { routePath } = req
  return routePath === undefined || routePath === '*' || routePath === '/*' ? '' : routePath
}

function failFetch(exchange: Exchange): void {
  exchange.end({
    ending: 'failed',
    status: undefined,
    requestBytes: undefined,
    responseBytes: undefined,
    header: () => undefined,
  })
}

interface NodeBindings {
  readonly incoming: IncomingMessage
  readonly outgoing: ServerResponse
}

/** What `@hono/node-server` gives as `c.env`. */
function nodeOf(env: unknown): NodeBindings | undefined {
  const { incoming, outgoing } = (env ?? {}) as Partial<NodeBindings>
  return incoming?.socket !== undefined && typeof outgoing?.setHeader === 'function'
    ? { incoming, outgoing }
    : undefined
}
