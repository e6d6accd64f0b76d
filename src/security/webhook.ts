import { createHmac, randomUUID } from 'node:crypto'
import { withoutTracing } from '../context/otel.js'
import { warnOnce } from '../diagnostics.js'
import type { AlertHandler, SecurityAlert } from './alert-types.js'
import { readWebhookOptions, type WebhookOptions, type WebhookSettings } from './webhook-options.js'

/** How a webhook fares. */
export interface WebhookHealth {
  readonly delivered: number
  /** Alerts that were given up: refused by the receiver, or not taken after the last try. */
  readonly failed: number
  /** Tries beyond the first of each alert. */
  readonly retries: number
  /** The last failure: a status, or the name of an error; never an address or a body. */
  readonly lastError?: string
}

/** A handler of alerts that posts them. */
export interface Webhook extends AlertHandler {
  /** Delivers one alert; resolves also when it was given up. */
  (alert: SecurityAlert): Promise<void>
  health(): WebhookHealth
}

/**
 * Makes a handler for `onSecurityEvent` that posts each alert as JSON, with a time limit, retries with growing pauses, and the
 * signature of Standard Webhooks. What is posted was redacted when it was logged; the address and the secret are never logged.
 *
 * @throws SeclogError `SECLOG_OPTION_INVALID`
 * @see https://www.standardwebhooks.com
 * @example
 * onSecurityEvent({ level: 'CRITICAL' }, createWebhook({ url: process.env.ALERT_URL, secret: process.env.ALERT_SECRET }))
 */
export function createWebhook(options: WebhookOptions): Webhook {
  const settings = readWebhookOptions(options)
  let delivered = 0
  let failed = 0
  let retries = 0
  let lastError: string | undefined

  async function deliver(alert: SecurityAlert): Promise<void> {
    const id = `msg_${randomUUID()}`
    const body = bodyOf(settings, alert)
    for (let attempt = 0; ; attempt++) {
      const outcome = await post(settings, id, body)
      if (outcome === undefined) {
        delivered++
        return
      }
      lastError = outcome.error
      if (!outcome.again || attempt >= settings.retries) break
      retries++
      await pause(settings, attempt, outcome.retryAfterMs)
    }
    failed++
    warnOnce(
      'webhook',
      `A webhook for security events fails (${lastError}): alerts are given up and counted in its health().`,
    )
  }

  return Object.assign(deliver, {
    health: () => ({
      delivered,
      failed,
      retries,
      ...(lastError !== undefined && { lastError }),
    }),
  })
}

interface Failure {
  readonly error: string
  /** Trying again may help. */
  readonly again: boolean
  readonly retryAfterMs?: number | undefined
}

/** A `body` that throws costs the alert its shape, not its delivery. */
function bodyOf({ body }: WebhookSettings, alert: SecurityAlert): string {
  try {
    if (body !== undefined) return JSON.stringify(body(alert))
  } catch {
    warnOnce('webhook-body', 'The option body of a webhook throws: the plain alert is posted.')
  }
  return JSON.stringify(alert)
}

async function post(
  settings: WebhookSettings,
  id: string,
  body: string,
): Promise<Failure | undefined> {
  const { url, headers, timeoutMs, fetch } = settings
  try {
    const response = await withoutTracing(() =>
      fetch(url, {
        method: 'POST',
        body,
        redirect: 'error',
        headers: {
          'content-type': 'application/json',
          ...headers,
          ...signature(settings, id, body),
        },
        signal: AbortSignal.timeout(timeoutMs),
      }),
    )
    // What is not read keeps the connection.
    await response.body?.cancel()
    if (response.ok) return undefined
    const { status } = response
    return {
      error: `HTTP ${status}`,
      again: status === 408 || status === 429 || status >= 500,
      retryAfterMs: retryAfter(response.headers.get('retry-after')),
    }
  } catch (error) {
    return { error: error instanceof Error ? error.name : typeof error, again: true }
  }
}

/** The headers of Standard Webhooks; the time is that of the try. */
function signature(
  { secret }: WebhookSettings,
  id: string,
  body: string,
): Readonly<Record<string, string>> {
  const timestamp = String(Math.trunc(Date.now() / 1_000))
  const sent = { 'webhook-id': id, 'webhook-timestamp': timestamp }
  if (secret === undefined) return sent
  const mac = createHmac('sha256', secret).update(`${id}.${timestamp}.${body}`).digest('base64')
  return { ...sent, 'webhook-signature': `v1,${mac}` }
}

const longestPauseMs = 60_000

/** Twice as long each time, half of it by chance; the process need not stay for it. */
function pause(
  { pauseMs }: WebhookSettings,
  attempt: number,
  retryAfterMs: number | undefined,
): Promise<void> {
  const whole = Math.min(longestPauseMs, pauseMs * 2 ** attempt)
  const ms = Math.min(longestPauseMs, retryAfterMs ?? whole / 2 + (Math.random() * whole) / 2)
  return new Promise((resolve) => {
    setTimeout(resolve, ms).unref()
  })
}

function retryAfter(header: string | null): number | undefined {
  return header !== null && /^\d{1,5}$/.test(header) ? Number(header) * 1_000 : undefined
}
