import { SeclogError } from '../errors.js'
import { type Instance, stateOf } from '../line/instance.js'
import type { SecurityLogger } from '../logger/types.js'
import type { ExtractOptions } from '../propagation/extract.js'
import { processRedaction } from '../redaction/process-wide.js'
import type { Redaction } from '../redaction/types.js'
import type { Span, SpanOptions } from '../spans/types.js'
import { createProxyTest, type TrustedProxies } from './client-address.js'
import { createPathFilter, type PathFilter, type PathPattern } from './paths.js'
import type { RequestLevel, RequestSummary } from './summary.js'

/** A logger that `createSecurityLogger` made, whatever levels of its own it has. */
export interface HttpLogger {
  startSpan(name: string, options?: SpanOptions): Span
  withSpan<T>(name: string, options: SpanOptions, fn: (span: Span) => T): T
}

/** Options of all servers' tracing. Trust in the trace context of clients is that of `extractTrace`. */
export interface HttpOptions extends Omit<ExtractOptions, 'peer'> {
  /** Writes the request logs and the spans' records, and is the parent of each request's own logger. */
  readonly log: HttpLogger
  /** Only requests to these paths are traced, see `mcpPaths`. @defaultValue all */
  readonly include?: readonly PathPattern[]
  /** Requests to these paths are not traced: no span, no request log, no `request.log`. @defaultValue none */
  readonly ignore?: readonly PathPattern[]
  /** Proxies whose `X-Forwarded-For` is believed. @defaultValue none */
  readonly trustedProxies?: TrustedProxies
  /** Request headers that the span records, in any case; values pass the redactor. @defaultValue none */
  readonly requestHeaders?: readonly string[]
  /** Response headers that the span records, in any case; values pass the redactor. @defaultValue none */
  readonly responseHeaders?: readonly string[]
  /** Answers with the trace id: `true` in `X-Trace-Id`, or in a header of that name. @defaultValue false */
  readonly traceIdHeader?: boolean | string
  /**
   * Gives each request an id on all its lines, the client's (`X-Request-ID`, `X-Correlation-ID`) if it is harmless, and answers
   * with it: `true` in `X-Request-Id`, or in a header of that name. @defaultValue false
   */
  readonly requestIdHeader?: boolean | string
  /**
   * Level of the request log. @defaultValue error for 5xx and timeouts, warn for 4xx and requests that were broken off, else info
   */
  readonly level?: (summary: RequestSummary) => RequestLevel
}

/** What the options come down to. */
export interface HttpSettings {
  readonly log: SecurityLogger
  readonly extract: ExtractOptions
  readonly traces: PathFilter
  readonly isProxy: ((address: string) => boolean) | undefined
  readonly requestHeaders: readonly string[]
  readonly responseHeaders: readonly string[]
  readonly traceIdHeader: string | undefined
  readonly requestIdHeader: string | undefined
  readonly level: ((summary: RequestSummary) => RequestLevel) | undefined
  /** Rules for what stands in a URL. */
  redactions(): readonly Redaction[]
}

const token = /^[!#$%&'*+\-.^_`|~\dA-Za-z]{1,64}$/

/** @throws SeclogError `SECLOG_OPTION_INVALID` */
export function resolveHttpOptions(options: HttpOptions): HttpSettings {
  const { include, ignore, trustedProxies, level } = options ?? {}
  const log = options?.log as SecurityLogger | undefined
  if (typeof log?.startSpan !== 'function') {
    throw invalid('The option log must be a logger that createSecurityLogger made.')
  }
  if (level !== undefined && typeof level !== 'function') {
    throw invalid('The option level must be a function.')
  }
  for (const [name, patterns] of Object.entries({ include, ignore })) {
    if (patterns !== undefined && !isPatterns(patterns)) {
      throw invalid(`The option ${name} must be a list of paths and regular expressions.`)
    }
  }
  const own = ownRedaction(log)
  return Object.freeze({
    log,
    extract: extractOptions(options),
    traces: createPathFilter(include, ignore),
    isProxy: createProxyTest(trustedProxies, (entry) => {
      throw invalid(
        `The option trustedProxies has ${JSON.stringify(entry.slice(0, 64))}, which is neither an IP address nor a CIDR network.`,
      )
    }),
    requestHeaders: headerNames('requestHeaders', options.requestHeaders),
    responseHeaders: headerNames('responseHeaders', options.responseHeaders),
    traceIdHeader: headerName('traceIdHeader', options.traceIdHeader, 'x-trace-id'),
    requestIdHeader: headerName('requestIdHeader', options.requestIdHeader, 'x-request-id'),
    level,
    redactions: () => (own === undefined ? [processRedaction()] : [processRedaction(), own]),
  })
}

function extractOptions(options: HttpOptions): ExtractOptions {
  const { trust, sampledPerSecond, sampledBurst, baggageFields } = options
  return {
    ...(trust !== undefined && { trust }),
    ...(sampledPerSecond !== undefined && { sampledPerSecond }),
    ...(sampledBurst !== undefined && { sampledBurst }),
    ...(baggageFields !== undefined && { baggageFields }),
  }
}

/** Names in lower case. */
export function headerNames(option: string, names: readonly string[] = []): readonly string[] {
  if (!Array.isArray(names) || !names.every((name) => typeof name === 'string' && token.test(name)))
    throw invalid(`The option ${option} must be a list of names of headers.`)
  return names.map((name: string) => name.toLowerCase())
}

function headerName(
  option: string,
  value: boolean | string | undefined,
  usual: string,
): string | undefined {
  if (value === undefined || value === false) return undefined
  if (value === true) return usual
  if (typeof value === 'string' && token.test(value)) return value.toLowerCase()
  throw invalid(`The option ${option} must be a boolean or the name of a header.`)
}

function isPatterns(patterns: unknown): boolean {
  return (
    Array.isArray(patterns) &&
    patterns.every((pattern) => typeof pattern === 'string' || pattern instanceof RegExp)
  )
}

/** The rules that a logger has of its own; a logger of another copy of this library keeps them to itself. */
function ownRedaction(log: SecurityLogger): Redaction | undefined {
  const state = stateOf(log as unknown as Instance) as ReturnType<typeof stateOf> | undefined
  return state?.writer.settings.redaction
}

export function invalid(message: string): SeclogError {
  return new SeclogError('SECLOG_OPTION_INVALID', message)
}
