import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { decodeOtlpTraces } from '../testing/otlp-protobuf.js'
import { readOtlpTraces } from '../testing/otlp-traces.js'
import { CliError } from './cli-error.js'
import { foreignReason } from './local-request.js'
import type { LiveState } from './page-data.js'
import { createPage } from './page-html.js'
import { readBody } from './request-body.js'
import type { TraceStore } from './trace-store.js'

export interface ViewServer {
  readonly port: number
  /** Lets pages that are open know that there is something new. */
  changed(): void
  close(): Promise<void>
}

export interface ViewServerOptions {
  readonly port: number
  readonly store: TraceStore
  readonly sources: readonly string[]
  remarks(): readonly string[]
  /** Says something once at the terminal. */
  say(text: string): void
}

/** Bytes of one export, packed and unpacked. */
const mostBytes = 16 * 1024 * 1024
const mostConnections = 64
/** Pages are told of changes this often at most, in milliseconds. */
const tellEvery = 200

/**
 * Serves the page of traces, and takes spans at `/v1/traces`, on this machine's loopback addresses only.
 *
 * @throws CliError when the port cannot be had.
 */
export async function startViewServer(options: ViewServerOptions): Promise<ViewServer> {
  const { store, sources, remarks, say } = options
  const made = new Date().toISOString()
  const data = { made, sources, traces: [], live: true, remarks: [] }
  const { html, policy } = createPage(data, 'traces · seclog')
  const listeners = new Set<ServerResponse>()
  const secure = {
    'Content-Security-Policy': `${policy}; frame-ancestors 'none'`,
    'X-Content-Type-Options': 'nosniff',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Referrer-Policy': 'no-referrer',
    'Cache-Control': 'no-store',
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    for (const [name, value] of Object.entries(secure)) response.setHeader(name, value)
    const reason = foreignReason(request)
    if (reason !== undefined) return send(response, 403, 'text/plain', `${reason}\n`)
    const { pathname } = new URL(request.url ?? '/', 'http://localhost')
    if (pathname === '/v1/traces') return takeSpans(request, response)
    if (request.method !== 'GET') return send(response, 405, 'text/plain', 'Only GET is known.\n')
    if (pathname === '/') return send(response, 200, 'text/html', html)
    if (pathname === '/api/traces') return sendJson(response, 200, stateNow())
    if (pathname === '/api/events') return listen(response)
    const id = /^\/api\/traces\/([0-9a-f]{32})$/.exec(pathname)?.[1]
    const trace = id === undefined ? undefined : store.trace(id)
    if (trace !== undefined) return sendJson(response, 200, trace)
    send(response, 404, 'text/plain', 'There is nothing here.\n')
  }

  function stateNow(): LiveState {
    return { version: store.version, traces: store.list(), remarks: remarks() }
  }

  async function takeSpans(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const refuse = (status: number, message: string): void =>
      sendJson(response, status, { code: 3, message })
    if (request.method !== 'POST') return refuse(405, 'Spans are taken by POST.')
    const type = request.headers['content-type']?.split(';')[0]?.trim().toLowerCase()
    if (type !== 'application/json' && type !== 'application/x-protobuf') {
      request.resume()
      return refuse(415, `${type ?? 'No type'} is not read here, only OTLP as JSON or protobuf.`)
    }
    const body = await readBody(request, mostBytes)
    if (typeof body === 'number') {
      response.setHeader('Connection', 'close')
      return refuse(body, 'The body is too large, or not packed as it says.')
    }
    const isJson = type === 'application/json'
    const traces = readOtlpTraces(isJson ? parse(body.toString('utf8')) : decodeOtlpTraces(body))
    if (traces === undefined) return refuse(400, 'The body is no ExportTraceServiceRequest.')
    for (const record of traces.records) store.add(record, JSON.stringify(record).length, 'otlp')
    changed()
    const { rejected } = traces
    // Nothing is the protobuf of an answer that has nothing to say.
    if (!isJson) return send(response, 200, 'application/x-protobuf', '')
    const errorMessage = 'Spans without valid ids or times are left out.'
    const partialSuccess = { rejectedSpans: String(rejected), errorMessage }
    sendJson(response, 200, rejected === 0 ? {} : { partialSuccess })
  }

  function listen(response: ServerResponse): void {
    response.writeHead(200, { 'Content-Type': 'text/event-stream' })
    response.write('retry: 1000\n\n')
    listeners.add(response)
    response.on('close', () => listeners.delete(response))
  }

  let waiting: NodeJS.Timeout | undefined
  function changed(): void {
    waiting ??= setTimeout(() => {
      waiting = undefined
      for (const listener of listeners) {
        // Who does not read is not told more: one event that waits is enough.
        if (listener.writableLength === 0) listener.write('event: changed\ndata: 1\n\n')
      }
    }, tellEvery)
  }

  const handle = (request: IncomingMessage, response: ServerResponse): void => {
    answer(request, response).catch((error: unknown) => {
      say(`A request could not be answered: ${error instanceof Error ? error.message : error}`)
      if (!response.headersSent) send(response, 500, 'text/plain', 'That went wrong.\n')
      else response.destroy()
    })
  }
  const servers = [await listenOn('127.0.0.1', options.port, handle)]
  const { port } = (servers[0] as Server).address() as AddressInfo
  // `localhost` may lead there first. A machine without IPv6 does without.
  const second = await listenOn('::1', port, handle).catch(() => undefined)
  if (second !== undefined) servers.push(second)
  return {
    port,
    changed,
    async close() {
      clearTimeout(waiting)
      await Promise.all(servers.map(closeServer))
    },
  }
}

async function listenOn(
  host: string,
  port: number,
  handle: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<Server> {
  const server = createServer({ requestTimeout: 30_000, headersTimeout: 10_000 }, handle)
  server.maxConnections = mostConnections
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(refused(error, port)))
    server.listen({ host, port, ipv6Only: host === '::1' }, resolve)
  })
  return server
}

function refused(error: NodeJS.ErrnoException, port: number): CliError {
  return error.code === 'EADDRINUSE'
    ? new CliError(
        `Port ${port} is in use, by a collector perhaps; take another with --port, or any free one with --port 0.`,
      )
    : new CliError(`Port ${port} cannot be listened on (${error.message}).`)
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}

function send(response: ServerResponse, status: number, type: string, text: string): void {
  const charset = type.startsWith('text/') ? '; charset=utf-8' : ''
  response.writeHead(status, { 'Content-Type': type + charset }).end(text)
}

function sendJson(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(value))
}
