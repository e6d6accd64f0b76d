import { Buffer } from 'node:buffer'
import { isLoopbackHost } from '../config/loopback.js'
import { SeclogError } from '../errors.js'
import type { SecurityAlert } from './alert-types.js'

export interface WebhookOptions {
  /** `https:`, or `http:` to this machine. May hold a secret of its own; it is never logged. */
  readonly url: string | URL
  /**
   * Signs what is posted: `whsec_` and base64, as Standard Webhooks has it, or any other text of at least 16 characters.
   *
   * @defaultValue not signed
   */
  readonly secret?: string
  /** More headers. */
  readonly headers?: Readonly<Record<string, string>>
  /** Makes what is posted; an alert is told of no more than it holds. @defaultValue the alert */
  readonly body?: (alert: SecurityAlert) => unknown
  /** Milliseconds that one try may take. @defaultValue 5000 */
  readonly timeoutMs?: number
  /** Tries after the first one, when the receiver is away, slow or overloaded. @defaultValue 5 */
  readonly retries?: number
  /** Milliseconds before the second try; twice as long before each one after it. @defaultValue 500 */
  readonly pauseMs?: number
  /** @defaultValue the global `fetch` */
  readonly fetch?: typeof globalThis.fetch
}

/** Options as they hold. */
export interface WebhookSettings {
  readonly url: URL
  readonly secret: Buffer | undefined
  readonly headers: Readonly<Record<string, string>>
  readonly body: ((alert: SecurityAlert) => unknown) | undefined
  readonly timeoutMs: number
  readonly retries: number
  readonly pauseMs: number
  readonly fetch: typeof globalThis.fetch
}

/** @throws SeclogError `SECLOG_OPTION_INVALID` */
export function readWebhookOptions(options: WebhookOptions): WebhookSettings {
  if (typeof options !== 'object' || options === null)
    refuse('The options of a webhook must be an object.')
  const { headers = {}, body, fetch = globalThis.fetch } = options
  if (body !== undefined && typeof body !== 'function') refuse('body must be a function.')
  if (typeof fetch !== 'function') refuse('fetch must be a function.')
  return Object.freeze({
    url: readUrl(options.url),
    secret: readSecret(options.secret),
    headers: readHeaders(headers),
    body,
    timeoutMs: whole('timeoutMs', options.timeoutMs ?? 5_000, 1, 600_000),
    retries: whole('retries', options.retries ?? 5, 0, 100),
    pauseMs: whole('pauseMs', options.pauseMs ?? 500, 0, 600_000),
    fetch,
  })
}

function readUrl(given: unknown): URL {
  let url: URL | undefined
  try {
    url = new URL(String(given))
  } catch {
    // Not shown, since a part of it may be a secret.
  }
  if (url === undefined) return refuse('url must be the address that alerts are posted to.')
  const { protocol, hostname } = url
  const isOwn = isLoopbackHost(hostname)
  if (protocol === 'https:' || (protocol === 'http:' && isOwn)) return url
  return refuse('url must begin with https:, or with http: and name this machine.')
}

const standardPrefix = 'whsec_'

function readSecret(given: unknown): Buffer | undefined {
  if (given === undefined) return undefined
  if (typeof given !== 'string' || given.length < 16)
    return refuse('secret must have at least 16 characters.')
  return given.startsWith(standardPrefix)
    ? Buffer.from(given.slice(standardPrefix.length), 'base64')
    : Buffer.from(given)
}

function readHeaders(given: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  try {
    return Object.freeze(Object.fromEntries(new Headers(given)))
  } catch {
    return refuse('headers must be an object of header names and values.')
  }
}

function whole(name: string, value: number, least: number, most: number): number {
  if (Number.isSafeInteger(value) && value >= least && value <= most) return value
  return refuse(`${name} must be a whole number from ${least} to ${most}.`)
}

function refuse(message: string): never {
  throw new SeclogError('SECLOG_OPTION_INVALID', message)
}
