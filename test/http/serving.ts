import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import type { ExecutionContext } from 'ava'
import {
  createSecurityLogger,
  type SecurityLogger,
  type SecurityLoggerOptions,
} from '../../src/index.js'
import {
  type LogRecord,
  type MemoryDestination,
  memoryDestination,
} from '../../src/testing/index.js'

export interface SpanRecordLine extends LogRecord {
  readonly span: LogRecord & { readonly attributes: LogRecord }
}

export interface Logged {
  readonly log: SecurityLogger
  readonly destination: MemoryDestination
  /** The request logs, in order. */
  requests(): readonly LogRecord[]
  /** The records of spans' ends, in order. */
  spans(): readonly SpanRecordLine[]
  /** Resolves when so many requests are over. */
  ended(requests: number): Promise<void>
}

/** A logger whose request logs can be waited for. */
export function logged(options: SecurityLoggerOptions = {}): Logged {
  const destination = memoryDestination()
  let wake = (): void => {}
  const log = createSecurityLogger(
    { level: 'trace', ...options },
    {
      write(line: string) {
        destination.write(line)
        wake()
      },
    },
  )
  const requests = () => destination.records.filter((record) => 'event.category' in record)
  return {
    log,
    destination,
    requests,
    spans: () =>
      destination.records.filter(
        (record): record is SpanRecordLine => record['event.kind'] === 'span',
      ),
    async ended(count) {
      while (requests().length < count) {
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
    },
  }
}

export interface Served {
  readonly server: Server
  readonly port: number
  readonly url: string
}

/** A server on a free port of the loopback interface, for one test. */
export async function listening(t: ExecutionContext, server: Server): Promise<Served> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return { server, port, url: `http://127.0.0.1:${port}` }
}

export function served(t: ExecutionContext, handler: RequestListener): Promise<Served> {
  return listening(t, createServer(handler))
}

/** A connection that says what no client would. */
export async function rawConnection(t: ExecutionContext, port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1')
  socket.setEncoding('latin1')
  socket.on('error', () => {})
  t.teardown(() => socket.destroy())
  await once(socket, 'connect')
  return socket
}

/** What a connection answers until it is closed. */
export async function exchanged(t: ExecutionContext, port: number, text: string): Promise<string> {
  const socket = await rawConnection(t, port)
  let answer = ''
  socket.on('data', (chunk: string) => {
    answer += chunk
  })
  socket.write(text, 'latin1')
  await once(socket, 'close')
  return answer
}
