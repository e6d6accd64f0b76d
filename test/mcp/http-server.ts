import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import { SSEServerTransport } from '@modelcontextprotocol/sdk/server/sse.js'
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js'
import type { ExecutionContext } from 'ava'
import { type HttpOptions, type RequestHandler, traceHttpHandler } from '../../src/http/index.js'
import type { SecurityLogger } from '../../src/index.js'
import type { McpTracingOptions } from '../../src/mcp/index.js'
import { createScanner } from './server.js'

export interface HttpServerOptions extends Omit<McpTracingOptions, 'log'> {
  /** One session for all, or none. */
  readonly stateless?: boolean
  /** A span of the HTTP request around it. */
  readonly span?: boolean
  /** The HTTP adapter around it, with these options. */
  readonly adapter?: Omit<HttpOptions, 'log'>
  /** Gives each server more tools. */
  readonly prepare?: (server: McpServer) => void
}

/** A server of Streamable HTTP on a free port. */
export async function serveHttp(
  t: ExecutionContext,
  log: SecurityLogger,
  { stateless, span, adapter, prepare, ...options }: HttpServerOptions = {},
): Promise<URL> {
  const session = async (): Promise<StreamableHTTPServerTransport> => {
    const transport = new StreamableHTTPServerTransport({
      sessionIdGenerator: stateless === true ? undefined : randomUUID,
    } as never)
    const server = createScanner(log, options)
    prepare?.(server)
    await server.connect(transport as never)
    return transport
  }
  const shared = stateless === true ? undefined : await session()
  const handle: RequestHandler = async (request, response) => {
    const transport = shared ?? (await session())
    await transport.handleRequest(request, response)
  }
  const plain: RequestHandler = (request, response) =>
    span === true
      ? log.withSpan('POST /mcp', { kind: 'server' }, () => handle(request, response))
      : handle(request, response)
  const http = createServer(
    adapter === undefined ? plain : traceHttpHandler(handle, { log, ...adapter }),
  )
  return new URL('/mcp', await listen(t, http))
}

/** A server of the older HTTP with SSE on a free port. */
export async function serveSse(t: ExecutionContext, log: SecurityLogger): Promise<URL> {
  let transport: SSEServerTransport | undefined
  const http = createServer(async (request, response) => {
    if (request.method === 'POST') {
      await transport?.handlePostMessage(request, response)
      return
    }
    transport = new SSEServerTransport('/messages', response)
    await createScanner(log).connect(transport)
  })
  return new URL('/sse', await listen(t, http))
}

async function listen(t: ExecutionContext, http: Server): Promise<URL> {
  http.listen(0, '127.0.0.1')
  await once(http, 'listening')
  t.teardown(() => {
    http.close()
    http.closeAllConnections()
  })
  return new URL(`http://127.0.0.1:${(http.address() as AddressInfo).port}`)
}
