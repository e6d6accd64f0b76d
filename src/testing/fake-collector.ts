import { once } from 'node:events'
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { gunzipSync } from 'node:zlib'
import type { LogRecord } from './log-lines.js'
import { decodeOtlpTraces } from './otlp-protobuf.js'
import { readOtlpTraces } from './otlp-traces.js'
import { traceTree } from './trace-tree.js'
import type { TraceTree } from './trace-types.js'

/**
 * What a collector does with a request:
 * - `accept`: takes the spans; 404 for any path but `/v1/traces`
 * - `refuse`: does not listen
 * - `hang`: reads the request and never answers
 * - `reset`: breaks the connection
 * - `trickle`: answers 200, byte by byte, without end
 * - `html`: answers 200 with a page, as a proxy's log-in does
 * - `partial`: answers that it has rejected every span
 * - a status, with headers and a body if need be: `{ status: 503, headers: { 'retry-after': '1' } }`
 */
export type CollectorBehaviour =
  | 'accept'
  | 'refuse'
  | 'hang'
  | 'reset'
  | 'trickle'
  | 'html'
  | 'partial'
  | {
      readonly status: number
      readonly headers?: Readonly<Record<string, string>>
      readonly body?: string
    }

/** A request that has come, whatever was answered. */
export interface CollectedRequest {
  readonly path: string
  readonly headers: IncomingHttpHeaders
  /** Unpacked. */
  readonly body: Buffer
  /** What was done with it. */
  readonly behaviour: CollectorBehaviour
  /** Its spans, as records. */
  readonly records: readonly LogRecord[]
}

/** A receiver of spans that misbehaves on command. */
export interface FakeCollector extends AsyncDisposable {
  /** For `OTEL_EXPORTER_OTLP_ENDPOINT`, or the option `endpoint`. */
  readonly endpoint: string
  readonly requests: readonly CollectedRequest[]
  /** The spans that it has taken, one record each, as a logger would have written them. */
  readonly records: readonly LogRecord[]
  /** The traces that they make. */
  trees(): TraceTree[]
  /** Changes what is done with requests that come from now on. Resolves when it holds. */
  behave(behaviour: CollectorBehaviour): Promise<void>
  /** Resolves when this many spans have been taken, since the start. */
  received(spans: number): Promise<void>
  /** Resolves when this many requests have come, since the start. */
  asked(requests: number): Promise<void>
  close(): Promise<void>
}

const asyncDispose: typeof Symbol.asyncDispose =
  Symbol.asyncDispose ?? Symbol.for('nodejs.asyncDispose')

/**
 * Starts a receiver of OTLP over HTTP, as protobuf and as JSON, on a free port of this machine.
 *
 * @example
 * const collector = await fakeCollector()
 * const tracing = await startTracing({ endpoint: collector.endpoint })
 * await collector.behave({ status: 503 })
 * // … what does the application do now?
 * await collector.close()
 */
export async function fakeCollector(
  behaviour: CollectorBehaviour = 'accept',
): Promise<FakeCollector> {
  const requests: CollectedRequest[] = []
  const records: LogRecord[] = []
  const waiting = new Set<() => void>()
  const sockets = new Set<Socket>()
  const timers = new Set<NodeJS.Timeout>()
  let present: CollectorBehaviour = 'accept'
  const server = createServer((request, response) => {
    take(request, response).catch(() => response.destroy())
  })
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  server.keepAliveTimeout = 0
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo

  async function take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const isThere = request.url === '/v1/traces'
    const done = present === 'accept' && !isThere ? { status: 404 } : present
    const body = await bodyOf(request)
    const found = readOtlpTraces(decoded(request, body))?.records ?? []
    requests.push({
      path: request.url ?? '',
      headers: request.headers,
      body,
      behaviour: done,
      records: found,
    })
    if (done === 'accept') records.push(...found)
    answer(request, response, done, found.length)
    for (const check of waiting) check()
  }

  function answer(
    request: IncomingMessage,
    response: ServerResponse,
    done: CollectorBehaviour,
    spans: number,
  ): void {
    if (typeof done === 'object') {
      response.writeHead(done.status, done.headers).end(done.body)
      return
    }
    if (done === 'hang') return
    if (done === 'reset' || done === 'refuse') {
      request.socket.resetAndDestroy()
      return
    }
    if (done === 'html') {
      response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><h1>Log in</h1>')
      return
    }
    const isJson = request.headers['content-type']?.includes('json') === true
    response.writeHead(200, {
      'content-type': isJson ? 'application/json' : 'application/x-protobuf',
    })
    if (done === 'trickle') {
      const timer = setInterval(() => response.write(' '), 50)
      timers.add(timer)
      response.on('close', () => clearInterval(timer))
    } else if (done === 'partial') response.end(isJson ? partialJson(spans) : partialBytes(spans))
    else response.end(isJson ? '{}' : '')
  }

  function until(reached: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const check = (): void => {
        if (!reached()) return
        waiting.delete(check)
        resolve()
      }
      waiting.add(check)
      check()
    })
  }

  async function stopListening(): Promise<void> {
    const closed = new Promise((resolve) => server.close(resolve))
    for (const socket of sockets) socket.destroy()
    await closed
  }

  async function close(): Promise<void> {
    for (const timer of timers) clearInterval(timer)
    if (server.listening) await stopListening()
  }

  const collector: FakeCollector = {
    endpoint: `http://127.0.0.1:${port}`,
    requests,
    records,
    trees: () => traceTree(records),
    async behave(next) {
      present = next
      if (next === 'refuse' && server.listening) await stopListening()
      if (next === 'refuse' || server.listening) return
      server.listen(port, '127.0.0.1')
      await once(server, 'listening')
    },
    received: (spans) => until(() => records.length >= spans),
    asked: (count) => until(() => requests.length >= count),
    close,
    [asyncDispose]: close,
  }
  await collector.behave(behaviour)
  return collector
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const body = Buffer.concat(chunks)
  return request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body
}

function decoded({ headers }: IncomingMessage, body: Buffer): unknown {
  if (headers['content-type']?.includes('json') !== true) return decodeOtlpTraces(body)
  try {
    return JSON.parse(body.toString('utf8'))
  } catch {
    return undefined
  }
}

const why = 'rejected by the fake collector'

function partialJson(spans: number): string {
  return JSON.stringify({ partialSuccess: { rejectedSpans: String(spans), errorMessage: why } })
}

/** `ExportTraceServiceResponse` with `partial_success { rejected_spans, error_message }`; up to 127 spans, as tests have. */
function partialBytes(spans: number): Buffer {
  const message = Buffer.from(why)
  const inner = Buffer.concat([Buffer.of(8, Math.min(spans, 127), 18, message.length), message])
  return Buffer.concat([Buffer.of(10, inner.length), inner])
}
