import { Buffer } from 'node:buffer'
import * as http from 'node:http'
import * as https from 'node:https'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { type BulkOutcome, readAnswer } from './bulk-answer.js'
import type { DeliverySettings } from './options.js'
import { pinnedAgent } from './pinned-agent.js'

const pack = promisify(gzip)
const fastest = 1
/** An answer that tells of 100,000 lines is shorter. */
const longestAnswer = 64 * 1024 * 1024
/** What is asked to be told: an answer that repeats what was sent is as long as the request. */
const answerPath =
  'filter_path=errors,items.*.status,items.*.error.type,items.*.error.reason,items.*.error.caused_by.reason'

/** Sends lines to `_bulk`, over one connection, and follows no redirect. */
export class BulkClient {
  readonly #settings: DeliverySettings
  readonly #url: URL
  readonly #agent: http.Agent

  constructor(settings: DeliverySettings) {
    this.#settings = settings
    this.#url = new URL(`${settings.endpoint}?${answerPath}`)
    this.#agent = agentOf(this.#url, settings)
  }

  /** Never rejects. */
  async send(body: Buffer, lines: number): Promise<BulkOutcome> {
    try {
      const { status, retryAfter, text } = await this.#post(
        this.#settings.gzip ? await pack(body, { level: fastest }) : body,
      )
      return readAnswer(status, retryAfter, text, lines)
    } catch (error) {
      return { kind: 'retry', reason: describe(error) }
    }
  }

  close(): void {
    this.#agent.destroy()
  }

  #post(body: Buffer): Promise<{ status: number; retryAfter: string | undefined; text: string }> {
    const { authorization, gzip: isPacked, requestTimeout } = this.#settings
    return new Promise((resolve, reject) => {
      const { request } = this.#url.protocol === 'https:' ? https : http
      const sent = request(this.#url, {
        method: 'POST',
        agent: this.#agent,
        headers: {
          'content-type': 'application/x-ndjson',
          'content-length': body.length,
          accept: 'application/json',
          ...(isPacked && { 'content-encoding': 'gzip' }),
          ...(authorization !== undefined && { authorization }),
        },
      })
      // For all of it: a server that answers byte by byte would keep a timer of the socket from firing.
      const timer = setTimeout(() => {
        sent.destroy(new Error('the server does not answer in time'))
      }, requestTimeout)
      sent.on('close', () => clearTimeout(timer))
      sent.on('error', reject)
      sent.on('response', (response) => {
        const chunks: Buffer[] = []
        let length = 0
        response.on('data', (chunk: Buffer) => {
          chunks.push(chunk)
          length += chunk.length
          if (length > longestAnswer) response.destroy(new Error('the answer is too long'))
        })
        response.on('error', reject)
        response.on('close', () => {
          if (!response.complete) return reject(new Error('the answer is cut short'))
          resolve({
            status: response.statusCode ?? 0,
            retryAfter: response.headers['retry-after'],
            text: Buffer.concat(chunks).toString('utf8'),
          })
        })
      })
      sent.end(body)
    })
  }
}

function agentOf(url: URL, { ca, fingerprint }: DeliverySettings): http.Agent {
  if (url.protocol === 'http:') return new http.Agent({ keepAlive: true, maxSockets: 1 })
  if (fingerprint !== undefined) return pinnedAgent(fingerprint)
  return new https.Agent({ keepAlive: true, maxSockets: 1, ...(ca !== undefined && { ca }) })
}

/** What went wrong with a connection; of several addresses, what went wrong with the last one. */
function describe(error: unknown): string {
  const last = error instanceof AggregateError ? error.errors.at(-1) : error
  return last instanceof Error ? last.message.slice(0, 300) : 'the request failed'
}
