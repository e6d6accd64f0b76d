import type { IncomingMessage, ServerResponse } from 'node:http'
import { exchangeOf, keepExchange } from './exchanges.js'
import { beginNodeExchange } from './node.js'
import { type HttpOptions, type HttpSettings, resolveHttpOptions } from './options.js'

export { requestLog, setRequestError, setRequestRoute } from './exchanges.js'
export type { HttpLogger, HttpOptions } from './options.js'
export { mcpPaths, type PathPattern } from './paths.js'
export type { RequestEnding, RequestLevel, RequestSummary } from './summary.js'

/** A Fastify instance, as far as it is needed. */
export interface FastifyLike {
  addHook(...args: never[]): unknown
}

interface FastifyRequestLike {
  readonly raw: IncomingMessage
  readonly routeOptions?: { readonly url?: string | undefined }
  log: unknown
}

interface FastifyReplyLike {
  readonly raw: ServerResponse
  log: unknown
}

type Done = (error?: Error) => void

/**
 * Plugin for Fastify 4 and 5: a span, a scope and one request log for each request; `request.log` and `reply.log` are bound to it.
 * Fastify's own request log is to be switched off by `disableRequestLogging`.
 *
 * @throws SeclogError `SECLOG_OPTION_INVALID`, out of Fastify's `ready`.
 * @example
 * const app = fastify({ loggerInstance: log, disableRequestLogging: true })
 * app.register(traceFastify, { log })
 */
export function traceFastify(instance: FastifyLike, options: HttpOptions, done: Done): void {
  let settings: HttpSettings
  try {
    settings = resolveHttpOptions(options)
  } catch (error) {
    done(error as Error)
    return
  }
  const addHook = instance.addHook as unknown as (
    this: FastifyLike,
    name: string,
    hook: (request: FastifyRequestLike, reply: FastifyReplyLike, ...rest: never[]) => void,
  ) => void
  addHook.call(instance, 'onRequest', (request, reply, next: Done) => {
    const exchange = beginNodeExchange(request.raw, reply.raw, settings)
    if (exchange === undefined) {
      next()
      return
    }
    keepExchange(request, exchange)
    const own = exchange.log.child({}, { serializers })
    request.log = own
    reply.log = own
    exchange.setRoute(request.routeOptions?.url ?? '')
    exchange.run(next)
  })
  addHook.call(instance, 'onError', (request, _reply, error: unknown, next: Done) => {
    exchangeOf(request)?.setError(error)
    next()
  })
  done()
}

/** Fastify logs its requests and replies as they are, and leaves it to serializers to make that little. */
const serializers = {
  req: (request: unknown): unknown => {
    const { raw } = (request ?? {}) as Partial<FastifyRequestLike>
    const { method, url } = raw ?? {}
    return url === undefined ? request : { method, url: url.split('?', 1)[0] }
  },
  res: (reply: unknown): unknown => {
    const { raw } = (reply ?? {}) as Partial<FastifyReplyLike>
    return raw?.statusCode === undefined ? reply : { statusCode: raw.statusCode }
  },
}

// What `fastify-plugin` puts on a plugin whose hooks are for the whole app, not for routes of its own.
Object.defineProperties(traceFastify, {
  [Symbol.for('skip-override')]: { value: true },
  [Symbol.for('fastify.display-name')]: { value: 'seclog' },
  [Symbol.for('plugin-meta')]: { value: { name: 'seclog', fastify: '>=4' } },
})
