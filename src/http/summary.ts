import type { RecordLevel } from '../diagnostics.js'

export type RequestLevel = RecordLevel | 'silent'

/**
 * How a request ended. `aborted`: the client went away before the response was complete. `broken`: the server broke it off.
 * `timeout`: a timeout of the server did. `failed`: the handler threw before it could be answered.
 */
export type RequestEnding = 'completed' | 'aborted' | 'broken' | 'timeout' | 'failed'

/** What the log of a request says about it. */
export interface RequestSummary {
  readonly method: string
  /** As it came, without the query. */
  readonly path: string | undefined
  readonly route: string | undefined
  /** Absent where no head of a response was sent. */
  readonly status: number | undefined
  readonly ending: RequestEnding
  readonly durationMs: number
  /** What the handler threw, if it did. */
  readonly error: unknown
}

export function defaultLevel({ ending, status }: RequestSummary): RequestLevel {
  if (ending === 'timeout' || ending === 'failed' || ending === 'broken') return 'error'
  if (status !== undefined && status >= 500) return 'error'
  return ending === 'aborted' || (status !== undefined && status >= 400) ? 'warn' : 'info'
}

const words: Readonly<Record<Exclude<RequestEnding, 'completed'>, string>> = {
  aborted: 'aborted by the client',
  broken: 'broken off by the server',
  timeout: 'timed out',
  failed: 'failed',
}

/** `GET /orders/:id 200` */
export function describeRequest({ method, route, path, status, ending }: RequestSummary): string {
  const what = `${method} ${route ?? path?.slice(0, 256) ?? ''}`.trimEnd()
  const answered = status === undefined ? what : `${what} ${status}`
  return ending === 'completed' ? answered : `${answered} ${words[ending]}`
}

/** OpenTelemetry's `error.type` of a request that did not end well, if its handler threw nothing. */
export function errorTypeOf({ ending, status }: RequestSummary): string | undefined {
  switch (ending) {
    case 'completed':
      return status !== undefined && status >= 500 ? String(status) : undefined
    case 'aborted':
      return 'client_aborted'
    case 'broken':
      return 'server_aborted'
    case 'timeout':
      return 'timeout'
    case 'failed':
      return '_OTHER'
  }
}
