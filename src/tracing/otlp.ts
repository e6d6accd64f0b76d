import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { maskUrl, type OtlpConfig } from '../config/otlp.js'
import { pause } from './deadline.js'
import { type HttpAnswer, HttpPoster } from './http.js'
import type { TraceSerializer } from './packages.js'
import { errorText, type Sender, type SendResult } from './sender.js'

const compress = promisify(gzip)
const firstBackoffMs = 1_000
const backoffFactor = 1.5
const longestBackoffMs = 5_000
const retryable = new Set([429, 502, 503, 504])

interface Attempt {
  readonly result?: SendResult
  readonly error?: string
  /** How long the receiver wants to be left alone. */
  readonly retryMs?: number | undefined
}

/**
 * Sends spans over OTLP/HTTP: network errors and 429, 502, 503, 504 are tried again with growing pauses until the timeout.
 *
 * @see https://opentelemetry.io/docs/specs/otlp/#otlphttp
 */
export class OtlpSender implements Sender {
  readonly target: string
  readonly #config: OtlpConfig
  readonly #serializer: TraceSerializer
  readonly #poster: HttpPoster
  readonly #contentType: string
  readonly #headers: Readonly<Record<string, string>>
  readonly #hurry = new AbortController()

  /** Throws when a PEM file of the configuration cannot be read. */
  constructor(config: OtlpConfig, serializer: TraceSerializer) {
    this.target = maskUrl(config.url)
    this.#config = config
    this.#serializer = serializer
    this.#poster = new HttpPoster(config.url, readTls(config.tls))
    this.#contentType =
      config.protocol === 'http/json' ? 'application/json' : 'application/x-protobuf'
    this.#headers = {
      'user-agent': 'seclog',
      ...config.headers,
      'content-type': this.#contentType,
      ...(config.compression === 'gzip' ? { 'content-encoding': 'gzip' } : {}),
    }
  }

  async send(spans: readonly unknown[], signal: AbortSignal): Promise<SendResult> {
    const lost = (error: string): SendResult => ({ exported: 0, dropped: spans.length, error })
    try {
      const plain = this.#serializer.serializeRequest(spans)
      if (plain === undefined) return lost('the spans could not be serialised')
      const body = this.#config.compression === 'gzip' ? await compress(plain) : plain
      return await this.#sendBody(body, spans.length, signal)
    } catch (error) {
      return lost(errorText(error))
    }
  }

  hurry(): void {
    this.#hurry.abort()
  }

  async close(): Promise<void> {
    this.#poster.close()
  }

  async #sendBody(body: Uint8Array, count: number, signal: AbortSignal): Promise<SendResult> {
    const deadline = Date.now() + this.#config.timeoutMs
    const wake = AbortSignal.any([signal, this.#hurry.signal])
    let backoffMs = firstBackoffMs
    for (;;) {
      const hurried = this.#hurry.signal.aborted
      const attempt = await this.#attempt(body, count, deadline - Date.now(), signal)
      if (attempt.result !== undefined) return attempt.result
      const retryMs = attempt.retryMs ?? Math.min(backoffMs, longestBackoffMs) * jitter()
      backoffMs *= backoffFactor
      // Once the end is near, one more try is made at once, and none after it.
      const stop = signal.aborted || hurried || Date.now() + retryMs >= deadline
      if (stop) return { exported: 0, dropped: count, error: attempt.error ?? 'unknown error' }
      await pause(retryMs, wake)
    }
  }

  async #attempt(
    body: Uint8Array,
    count: number,
    timeoutMs: number,
    signal: AbortSignal,
  ): Promise<Attempt> {
    try {
      const answer = await this.#poster.post(this.#headers, body, Math.max(1, timeoutMs), signal)
      return this.#judge(answer, count)
    } catch (error) {
      return { error: errorText(error) }
    }
  }

  #judge(answer: HttpAnswer, count: number): Attempt {
    if (answer.status >= 200 && answer.status < 300)
      return { result: this.#accepted(answer, count) }
    const error = `HTTP ${answer.status} ${answer.statusText}`.trim()
    if (retryable.has(answer.status)) return { error, retryMs: parseRetryAfter(answer.retryAfter) }
    return { result: { exported: 0, dropped: count, error } }
  }

  /** A receiver may take a request and refuse some of its spans. */
  #accepted(answer: HttpAnswer, count: number): SendResult {
    const partial = this.#partialSuccess(answer)
    const rejected = Math.min(count, Math.max(0, Number(partial?.rejectedSpans ?? 0) || 0))
    if (rejected === 0) return { exported: count, dropped: 0 }
    const error = `refused by the receiver: ${errorText(partial?.errorMessage ?? '')}`
    return { exported: count - rejected, dropped: rejected, error }
  }

  #partialSuccess({ body, contentType }: HttpAnswer): PartialSuccess | undefined {
    // Not every receiver answers in OTLP; the status has said that it took the spans.
    if (body.length === 0 || contentType !== this.#contentType) return undefined
    try {
      return this.#serializer.deserializeResponse(body).partialSuccess ?? undefined
    } catch {
      return undefined
    }
  }
}

interface PartialSuccess {
  readonly rejectedSpans?: unknown
  readonly errorMessage?: string
}

function jitter(): number {
  return 0.8 + Math.random() * 0.4
}

/** Seconds or an HTTP date, in milliseconds from now. */
function parseRetryAfter(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const seconds = Number(text)
  if (seconds >= 0) return seconds * 1_000
  const date = Date.parse(text)
  return Number.isNaN(date) ? undefined : Math.max(0, date - Date.now())
}

function readTls(paths: OtlpConfig['tls']): { ca?: Buffer; cert?: Buffer; key?: Buffer } {
  return Object.fromEntries(Object.entries(paths).map(([key, path]) => [key, readFileSync(path)]))
}
