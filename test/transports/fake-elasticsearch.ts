import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gunzipSync } from 'node:zlib'

/**
 * What the server does with a request:
 * - `accept`: makes the documents
 * - `hang`: never answers
 * - `reset`: makes the documents and breaks the connection before it answers
 * - `torn`: makes the documents and breaks the connection in the middle of its answer
 * - `html`: answers 200 with a page, as a proxy's log-in does
 * - a delay in milliseconds before it accepts
 * - a status for the request, or one for each document
 */
export type Behaviour =
  | 'accept'
  | 'hang'
  | 'reset'
  | 'torn'
  | 'html'
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>> }
  | { readonly delayMs: number }
  | { readonly item: (document: Document) => number }

export interface Document {
  readonly [name: string]: unknown
}

export interface BulkRequest {
  readonly url: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

/** As much of Elasticsearch as `_bulk` with `create` needs, and as little reliability as a test asks for. */
export class FakeElasticsearch implements AsyncDisposable {
  behaviour: Behaviour = 'accept'
  readonly requests: BulkRequest[] = []
  /** By their ids. */
  readonly documents = new Map<string, Document>()
  readonly #server: Server
  #changed: (() => void)[] = []

  private constructor() {
    this.#server = createServer((request, response) => void this.#take(request, response))
  }

  static async start(port = 0): Promise<FakeElasticsearch> {
    const fake = new FakeElasticsearch()
    fake.#server.listen(port, '127.0.0.1')
    await once(fake.#server, 'listening')
    return fake
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`
  }

  /** Values of a field, sorted. */
  values(name: string): unknown[] {
    return [...this.documents.values()]
      .map((document) => document[name])
      .sort((a, b) => Number(a) - Number(b))
  }

  /** Resolves when a condition holds after a request. */
  async until(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise<void>((resolve) => this.#changed.push(resolve))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#server, 'close')
    this.#server.close()
    this.#server.closeAllConnections()
    await closed
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = []
    try {
      for await (const chunk of request) chunks.push(chunk as Buffer)
    } catch {
      return
    }
    const packed = Buffer.concat(chunks)
    const body = (
      request.headers['content-encoding'] === 'gzip' ? gunzipSync(packed) : packed
    ).toString()
    this.requests.push({ url: request.url ?? '', headers: request.headers, body })
    this.#answer(body, response)
    for (const changed of this.#changed.splice(0)) changed()
  }

  #answer(body: string, response: ServerResponse): void {
    const { behaviour } = this
    if (behaviour === 'hang') return
    if (behaviour === 'html') return void response.end('<html>log in</html>')
    if (typeof behaviour === 'object' && 'status' in behaviour) {
      return void response
        .writeHead(behaviour.status, behaviour.headers)
        .end('{"error":{"type":"made_up"}}')
    }
    const statusOf =
      typeof behaviour === 'object' && 'item' in behaviour ? behaviour.item : () => 201
    const answer = JSON.stringify(this.#create(body, statusOf))
    if (behaviour === 'reset') response.socket?.destroy()
    else if (behaviour === 'torn') {
      response.writeHead(200, { 'content-length': answer.length })
      response.write(answer.slice(0, answer.length / 2), () => response.socket?.destroy())
    } else if (typeof behaviour === 'object' && 'delayMs' in behaviour) {
      setTimeout(() => response.end(answer), behaviour.delayMs)
    } else response.end(answer)
  }

  #create(body: string, statusOf: (document: Document) => number): object {
    const lines = body.split('\n')
    const items: object[] = []
    for (let index = 0; index + 1 < lines.length; index += 2) {
      const { _id } = JSON.parse(lines[index] as string).create as { _id: string }
      const document = JSON.parse(lines[index + 1] as string) as Document
      const status = this.documents.has(_id) ? 409 : statusOf(document)
      if (status === 201) this.documents.set(_id, document)
      const error = status > 299 && { error: { type: 'made_up', reason: `no ${status}` } }
      items.push({ create: { status, ...error } })
    }
    return { errors: false, items }
  }
}
