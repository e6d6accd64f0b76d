import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type RequestListener } from 'node:http'
import {
  type AddressInfo,
  createServer as createTcpServer,
  type Server,
  type Socket,
} from 'node:net'
import { gunzipSync } from 'node:zlib'

export interface JsonSpan {
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string
  readonly name: string
  readonly attributes: readonly { key: string; value: Record<string, unknown> }[]
}

export interface ReceivedRequest {
  readonly path: string | undefined
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
  readonly spans: readonly JsonSpan[]
  readonly resource: Readonly<Record<string, unknown>>
}

export interface Receiver {
  readonly url: string
  readonly requests: ReceivedRequest[]
  /** Resolves with the first request, come or to come. */
  readonly first: Promise<ReceivedRequest>
  close(): Promise<void>
}

/** A receiver of OTLP/HTTP that answers as told; JSON bodies are read. */
export async function startReceiver(
  answer: RequestListener = answerOk,
  port = 0,
): Promise<Receiver> {
  const requests: ReceivedRequest[] = []
  let came: (request: ReceivedRequest) => void
  const first = new Promise<ReceivedRequest>((resolve) => {
    came = resolve
  })
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('error', () => {})
    request.on('end', () => {
      const raw = Buffer.concat(chunks)
      const body = request.headers['content-encoding'] === 'gzip' ? gunzipSync(raw) : raw
      const received = { path: request.url, headers: request.headers, body, ...readJson(body) }
      requests.push(received)
      came(received)
      answer(request, response)
    })
  })
  const { url, close } = await listen(server, port)
  return { url, requests, first, close }
}

/** A TCP server for those who break HTTP. */
export async function startTcp(
  onSocket: (socket: Socket) => void,
): Promise<{ url: string; close: () => Promise<void> }> {
  return listen(createTcpServer(onSocket))
}

/** A URL at which nobody listens. */
export async function refusedUrl(): Promise<string> {
  const { url, close } = await startTcp(() => {})
  await close()
  return url
}

export function answerStatus(
  status: number,
  headers: Record<string, string> = {},
): RequestListener {
  return (_request, response) => {
    response.writeHead(status, headers).end('no')
  }
}

export const answerOk: RequestListener = (request, response) => {
  const type = request.headers['content-type'] ?? 'application/json'
  response.writeHead(200, { 'content-type': type }).end(type.endsWith('json') ? '{}' : '')
}

async function listen(
  server: Server,
  wanted = 0,
): Promise<{ url: string; close: () => Promise<void> }> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => sockets.delete(socket))
  })
  server.listen(wanted, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    async close() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

function readJson(body: Buffer): Pick<ReceivedRequest, 'spans' | 'resource'> {
  if (body[0] !== 0x7b) return { spans: [], resource: {} }
  const { resourceSpans } = JSON.parse(body.toString())
  const spans: JsonSpan[] = []
  const resource: Record<string, unknown> = {}
  for (const group of resourceSpans) {
    for (const { key, value } of group.resource.attributes) {
      resource[key] = Object.values(value)[0]
    }
    for (const scope of group.scopeSpans) spans.push(...scope.spans)
  }
  return { spans, resource }
}
