import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http'
import { type AgentOptions, Agent as HttpsAgent, request as httpsRequest } from 'node:https'

/** The answer to a POST. */
export interface HttpAnswer {
  readonly status: number
  readonly statusText: string
  readonly retryAfter: string | undefined
  /** Without parameters, in lower case. */
  readonly contentType: string | undefined
  /** Empty when it did not end in time or was too long. */
  readonly body: Buffer
}

const longestBody = 65_536
/** How long the body of an answer may take once its head is there: the head alone says whether the batch was taken. */
const longestBodyMs = 1_000

/** POSTs to one URL, on connections of its own that never keep the process alive. */
export class HttpPoster {
  readonly #url: URL
  readonly #agent: HttpAgent | HttpsAgent
  readonly #request: typeof httpRequest

  constructor(url: string, tls: AgentOptions) {
    this.#url = new URL(url)
    const secure = this.#url.protocol === 'https:'
    const limits = { keepAlive: true, maxSockets: 1 }
    this.#agent = secure ? new HttpsAgent({ ...tls, ...limits }) : new HttpAgent(limits)
    this.#request = secure ? httpsRequest : httpRequest
  }

  /** Rejects when no head of an answer has come within `timeoutMs`, or when `signal` fires first. */
  post(
    headers: Readonly<Record<string, string>>,
    body: Uint8Array,
    timeoutMs: number,
    signal: AbortSignal,
  ): Promise<HttpAnswer> {
    return new Promise((resolve, reject) => {
      const request = this.#request(this.#url, {
        method: 'POST',
        agent: this.#agent,
        signal,
        headers: { ...headers, 'content-length': body.byteLength },
      })
      const timer = setTimeout(() => {
        request.destroy(new Error(`no answer within ${timeoutMs} ms`))
      }, timeoutMs).unref()
      // A socket taken over from an earlier request is ref'd again by the agent, hence at each request.
      request.once('socket', (socket) => socket.unref())
      request.on('error', (error) => {
        clearTimeout(timer)
        reject(error)
      })
      request.once('response', (response) => {
        clearTimeout(timer)
        readBody(response).then((answerBody) => {
          resolve({
            status: response.statusCode ?? 0,
            statusText: response.statusMessage ?? '',
            retryAfter: response.headers['retry-after'],
            contentType: response.headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase(),
            body: answerBody,
          })
        }, reject)
      })
      request.end(body)
    })
  }

  close(): void {
    this.#agent.destroy()
  }
}

function readBody(response: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = []
    let length = 0
    const give = (body: Buffer): void => {
      clearTimeout(timer)
      resolve(body)
    }
    const timer = setTimeout(() => response.destroy(), longestBodyMs).unref()
    response.on('data', (chunk: Buffer) => {
      length += chunk.length
      if (length > longestBody) response.destroy()
      else chunks.push(chunk)
    })
    response.once('end', () => give(Buffer.concat(chunks)))
    response.on('error', () => give(Buffer.alloc(0)))
    response.once('close', () => give(Buffer.alloc(0)))
  })
}
