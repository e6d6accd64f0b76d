import type { EventEmitter } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { beginExchange, type Exchange } from './exchange.js'
import { exchangeOf, keepExchange } from './exchanges.js'
import type { HttpSettings } from './options.js'
import type { RequestStart } from './request-span.js'
import type { RequestEnding } from './summary.js'

/** What is seen of a request while it runs. */
interface Progress {
  requestBytes: number
  responseBytes: number
  timedOut: boolean
  /** All of the response was handed to the connection. */
  finished: boolean
}

/** Nothing more is known of a request than that its response's head was lost with the connection. */
const timeoutCode = 'ERR_HTTP_REQUEST_TIMEOUT'

/**
 * Begins to trace a request of `node:http`, `node:https` or the compatibility API of `node:http2`, unless it is traced already
 * or left out by the filters.
 */
export function beginNodeExchange(
  request: IncomingMessage,
  response: ServerResponse,
  settings: HttpSettings,
): Exchange | undefined {
  const known = exchangeOf(request)
  if (known !== undefined) return known
  const exchange = beginExchange(() => startOf(request), settings)
  if (exchange === undefined) return undefined
  keepExchange(request, exchange)
  const progress = { requestBytes: 0, responseBytes: 0, timedOut: false, finished: false }
  observeEvents(request, exchange, progress)
  observeEvents(response, exchange, progress)
  countResponse(response, progress)
  answerIds(response, exchange, settings)
  showLog(request)
  const end = (): void => endNodeExchange(request, response, exchange, progress)
  // Before the listener of an instrumentation that ends the span.
  response.prependListener('close', end)
  onSocketClose(request.socket, exchange, end)
  return exchange
}

/** `request.log`, made when it is asked for. */
export function showLog(request: IncomingMessage): void {
  Object.defineProperty(request, 'log', logProperty)
}

// One for all: an accessor of its own would make every request an object of another shape.
const logProperty: PropertyDescriptor = {
  configurable: true,
  enumerable: true,
  get(this: object) {
    return exchangeOf(this)?.log
  },
  set(this: object, value: unknown) {
    Object.defineProperty(this, 'log', { value, configurable: true, writable: true })
  },
}

/** Ends a request that its handler threw out of. */
export function failNodeExchange(
  exchange: Exchange,
  response: ServerResponse,
  error: unknown,
): void {
  exchange.setError(error)
  exchange.end({
    ending: 'failed',
    status: response.headersSent ? response.statusCode : undefined,
    requestBytes: undefined,
    responseBytes: undefined,
    header: (name) => response.getHeader(name),
  })
}

/** What Node knows of a request. */
export function startOf(request: IncomingMessage): RequestStart {
  const { socket } = request
  return {
    method: request.method ?? 'GET',
    target: request.url ?? '',
    scheme: (socket as { encrypted?: boolean }).encrypted === true ? 'https' : 'http',
    version: request.httpVersion,
    peerAddress: socket.remoteAddress,
    peerPort: socket.remotePort,
    header: (name) => {
      const key = name === 'host' && isHttp2(request) ? ':authority' : name
      return Object.hasOwn(request.headers, key) ? request.headers[key] : undefined
    },
    carrier: request.headers,
  }
}

function endNodeExchange(
  request: IncomingMessage,
  response: ServerResponse & { err?: unknown },
  exchange: Exchange,
  progress: Progress,
): void {
  if (exchange.ended) return
  // What pino-http's users set for their request log.
  if (response.err instanceof Error) exchange.setError(response.err)
  const ending = endingOf(request, response, progress)
  exchange.end({
    ending,
    status: statusOf(request, response, ending),
    requestBytes: requestBytes(request, progress),
    responseBytes: hasBody(request, response) ? progress.responseBytes : 0,
    header: (name) => response.getHeader(name),
  })
}

function endingOf(
  request: IncomingMessage,
  response: ServerResponse,
  progress: Progress,
): RequestEnding {
  if (isComplete(request, response, progress)) return 'completed'
  const { socket } = request
  const failure = (socket.errored as (Error & { code?: unknown }) | null)?.code
  if (progress.timedOut || failure === timeoutCode) return 'timeout'
  // A peer that goes away ends what can be read, or resets the connection; a server that does, neither.
  const peerLeft = socket.readableEnded || failure === 'ECONNRESET' || failure === 'EPIPE'
  if (peerLeft || isHttp2(request)) return 'aborted'
  return 'broken'
}

function isComplete(
  request: IncomingMessage,
  response: ServerResponse,
  { finished }: Progress,
): boolean {
  if (!isHttp2(request)) return finished || response.writableFinished
  const { stream } = response as unknown as { stream?: { rstCode?: number } }
  return response.finished && (stream?.rstCode ?? 0) === 0
}

function statusOf(
  request: IncomingMessage,
  response: ServerResponse,
  ending: RequestEnding,
): number | undefined {
  if (response.headersSent) return response.statusCode
  // Node answers a request that does not come in time itself, beside the response.
  const failure = (request.socket.errored as { code?: unknown } | null)?.code
  return ending === 'timeout' && failure === timeoutCode ? 408 : undefined
}

/** What was read of the body; where nothing was, what its length is known to be. */
function requestBytes(request: IncomingMessage, { requestBytes }: Progress): number | undefined {
  if (requestBytes > 0) return requestBytes
  if (!request.complete) return undefined
  const declared = request.headers['content-length']
  if (declared !== undefined && /^\d{1,15}$/.test(declared)) return Number(declared)
  return request.headers['transfer-encoding'] === undefined && !isHttp2(request) ? 0 : undefined
}

function hasBody(request: IncomingMessage, { statusCode }: ServerResponse): boolean {
  return request.method !== 'HEAD' && statusCode >= 200 && statusCode !== 204 && statusCode !== 304
}

function isHttp2(request: IncomingMessage): boolean {
  return request.httpVersionMajor === 2
}

/**
 * Runs listeners of an emitter in the request's scope: events of a socket come from outside of it.
 *
 * OpenTelemetry's context managers bind emitters too; what they bind to is around this.
 */
function observeEvents(emitter: EventEmitter, exchange: Exchange, progress: Progress): void {
  const { emit } = emitter
  emitter.emit = function (this: EventEmitter, event: string | symbol, ...args: unknown[]) {
    if (event === 'timeout') progress.timedOut = true
    else if (event === 'finish') progress.finished = true
    else if (event === 'data') progress.requestBytes += sizeOf(args[0], 'utf8')
    return exchange.isCurrent() || this.listenerCount(event) === 0
      ? Reflect.apply(emit, this, [event, ...args])
      : exchange.run(Reflect.apply, emit, this, [event, ...args])
  }
}

/** Counts what is written of the body, after any compression that is put on the response later. */
function countResponse(response: ServerResponse, progress: Progress): void {
  const { write, end } = response
  response.write = function (this: ServerResponse, ...args: unknown[]) {
    progress.responseBytes += sizeOf(args[0], args[1])
    return Reflect.apply(write, this, args)
  } as typeof write
  // The response of HTTP/2 writes what it is ended with by `write`.
  if ('stream' in response) return
  response.end = function (this: ServerResponse, ...args: unknown[]) {
    if (!this.writableEnded) progress.responseBytes += sizeOf(args[0], args[1])
    return Reflect.apply(end, this, args)
  } as typeof end
}

function sizeOf(chunk: unknown, encoding: unknown): number {
  if (typeof chunk === 'string') {
    const known = typeof encoding === 'string' && Buffer.isEncoding(encoding)
    return Buffer.byteLength(chunk, known ? encoding : 'utf8')
  }
  return ArrayBuffer.isView(chunk) ? chunk.byteLength : 0
}

function answerIds(response: ServerResponse, exchange: Exchange, settings: HttpSettings): void {
  if (response.headersSent) return
  const { traceIdHeader, requestIdHeader } = settings
  if (traceIdHeader !== undefined) response.setHeader(traceIdHeader, exchange.traceId)
  if (requestIdHeader !== undefined && exchange.requestId !== undefined) {
    response.setHeader(requestIdHeader, exchange.requestId)
  }
}

// One listener a connection, however many requests are pipelined on it: only the first of them has a response that is told of
// the connection's end.
const open = new WeakMap<Socket, Map<Exchange, () => void>>()

function onSocketClose(socket: Socket, exchange: Exchange, end: () => void): void {
  let ends = open.get(socket)
  if (ends === undefined) {
    const all = new Map<Exchange, () => void>()
    ends = all
    open.set(socket, all)
    socket.once('close', () => {
      for (const each of all.values()) each()
    })
  }
  for (const known of ends.keys()) if (known.ended) ends.delete(known)
  ends.set(exchange, end)
}
