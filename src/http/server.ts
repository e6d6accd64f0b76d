import type { EventEmitter } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { beginNodeExchange, failNodeExchange } from './node.js'
import { type HttpOptions, type HttpSettings, resolveHttpOptions } from './options.js'
import { runUpgrade, type UpgradeListener } from './upgrade.js'

/** A listener of `'request'`. */
export type RequestHandler<
  Request extends IncomingMessage = IncomingMessage,
  Response extends ServerResponse = ServerResponse,
> = (request: Request, response: Response) => unknown

/**
 * Wraps a handler of `node:http`: each request has a span, a scope that the handler runs in, a `request.log`, and one request log.
 * What the handler throws or rejects with goes on as it would.
 *
 * @throws SeclogError `SECLOG_OPTION_INVALID`
 * @example
 * createServer(traceHttpHandler((request, response) => response.end('ok'), { log })).listen(8080)
 */
export function traceHttpHandler<
  Request extends IncomingMessage = IncomingMessage,
  Response extends ServerResponse = ServerResponse,
>(
  handler: RequestHandler<Request, Response>,
  options: HttpOptions,
): RequestHandler<Request, Response> {
  const settings = resolveHttpOptions(options)
  return function (this: unknown, request, response) {
    return runRequest(request, response, settings, () =>
      Reflect.apply(handler, this, [request, response]),
    )
  }
}

/**
 * Traces all requests of a server that has its listeners already, upgrades and `CONNECT` among them.
 *
 * @returns The server.
 * @throws SeclogError `SECLOG_OPTION_INVALID`
 * @example
 * traceHttpServer(createServer(app), { log, ignore: ['/health'] }).listen(8080)
 */
export function traceHttpServer<S extends EventEmitter>(server: S, options: HttpOptions): S {
  const settings = resolveHttpOptions(options)
  for (const event of ['request', 'checkContinue', 'checkExpectation']) {
    wrapListeners(server, event, (listeners) => (...args) => {
      const [request, response] = args as [IncomingMessage, ServerResponse]
      runRequest(request, response, settings, () => callAll(server, listeners, args))
    })
  }
  for (const event of ['upgrade', 'connect']) {
    wrapListeners(server, event, (listeners) => (...args) => {
      runUpgrade(args as Parameters<UpgradeListener>, settings, () =>
        callAll(server, listeners, args),
      )
    })
  }
  return server
}

type Listener = (...args: unknown[]) => unknown

/** Puts one listener in place of those that an event has; without any, the server's default stays. */
function wrapListeners(
  server: EventEmitter,
  event: string,
  wrap: (listeners: readonly Listener[]) => Listener,
): void {
  const listeners = server.rawListeners(event) as Listener[]
  if (listeners.length === 0) return
  server.removeAllListeners(event)
  server.on(event, wrap(listeners))
}

function callAll(server: EventEmitter, listeners: readonly Listener[], args: unknown[]): unknown {
  let result: unknown
  for (const listener of listeners) result = Reflect.apply(listener, server, args)
  return result
}

function runRequest(
  request: IncomingMessage,
  response: ServerResponse,
  settings: HttpSettings,
  handle: () => unknown,
): unknown {
  const exchange = beginNodeExchange(request, response, settings)
  if (exchange === undefined) return handle()
  const fail = (error: unknown): never => {
    failNodeExchange(exchange, response, error)
    throw error
  }
  let result: unknown
  try {
    result = exchange.run(handle)
  } catch (error) {
    return fail(error)
  }
  // Derived, so that a rejection that nobody handles stays one that nobody handles.
  return result instanceof Promise ? result.then((value) => value, fail) : result
}
