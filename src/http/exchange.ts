import { isIP } from 'node:net'
import { currentScope, runInSpanScope, type Scope } from '../context/scope.js'
import { warnOnce } from '../diagnostics.js'
import type { DetachedSpan, SecurityLogger } from '../logger/types.js'
import { readRequestId } from '../propagation/request-id.js'
import type { BaseSpan } from '../spans/base-span.js'
import { errorType } from '../spans/errors.js'
import type { SpanAttributes, SpanOptions } from '../spans/types.js'
import { clientAddress } from './client-address.js'
import { logKeys, type MethodNames, methodNames, spanKeys } from './conventions.js'
import { captureHeaders, firstHeader, type HeaderReader, joinedHeader } from './headers.js'
import { type InstrumentedSpan, instrumentedSpan } from './instrumented-span.js'
import type { HttpSettings } from './options.js'
import { boundLogger } from './request-log.js'
import { openAdopted, openContinued, type RequestStart } from './request-span.js'
import {
  defaultLevel,
  describeRequest,
  errorTypeOf,
  type RequestEnding,
  type RequestSummary,
} from './summary.js'
import { parseTarget, type RequestTarget, splitAuthority } from './target.js'

/** What an adapter knows of a request when it is over. */
export interface RequestEnd {
  readonly ending: RequestEnding
  /** Only if a head of a response was sent. */
  readonly status: number | undefined
  readonly requestBytes: number | undefined
  readonly responseBytes: number | undefined
  readonly header: HeaderReader
}

/**
 * One request and its response, whatever framework has it: its span, its scope, its logger, and the one line that says how it
 * went. Nothing here throws, and everything after the end is ignored.
 */
export class Exchange {
  readonly span: DetachedSpan
  readonly traceId: string
  readonly requestId: string | undefined
  readonly #settings: HttpSettings
  readonly #bound: Readonly<Record<string, unknown>>
  #log: SecurityLogger | undefined
  readonly #scope: Scope
  readonly #method: MethodNames
  readonly #target: RequestTarget
  readonly #instrumented: InstrumentedSpan | undefined
  readonly #fields: Record<string, unknown>
  readonly #started = performance.now()
  #route: string | undefined
  #error: { readonly error: unknown } | undefined
  #ended = false

  /** @internal Use {@link beginExchange}. */
  constructor(start: RequestStart, target: RequestTarget, settings: HttpSettings) {
    this.#settings = settings
    this.#method = methodNames(start.method)
    this.#target = target
    this.#instrumented = instrumentedSpan()
    const { log } = settings
    const client = clientAddress(
      start.peerAddress,
      joinedHeader(start.header('x-forwarded-for')),
      settings.isProxy,
    )
    const agent = firstHeader(start.header('user-agent'))
    const attributes = startAttributes(start, this.#method, target, client, agent, settings)
    const id = settings.requestIdHeader === undefined ? undefined : readRequestId(start.carrier)
    this.requestId = id?.id
    const bound = id === undefined ? {} : { [logKeys.requestId]: id.id }
    const options: SpanOptions = { kind: 'server', attributes }
    const native = this.#instrumented?.span
    const opened =
      native === undefined
        ? openContinued(start, this.#method.name, bound, options, settings)
        : openAdopted(native, start, this.#method.name, bound, options, log)
    this.span = opened.span
    this.#scope = opened.scope
    this.traceId = opened.span.spanContext().traceId
    this.#bound = bound
    this.#fields = {
      [spanKeys.method]: this.#method.original ?? start.method,
      [spanKeys.urlPath]: target.path,
      [spanKeys.urlQuery]: target.query,
      [spanKeys.clientAddress]: client,
      ...(client !== undefined && isIP(client) !== 0 && { [logKeys.clientIp]: client }),
      [spanKeys.userAgent]: agent,
      [logKeys.version]: start.version,
      ...(id?.origin === 'replaced' && { [logKeys.requestIdReplaced]: true }),
    }
  }

  /** Bound to the request. */
  get log(): SecurityLogger {
    this.#log ??= boundLogger(this.span, this.#bound)
    return this.#log
  }

  get ended(): boolean {
    return this.#ended
  }

  /** Runs `fn` with the request's span as the active one. */
  run<A extends unknown[], T>(fn: (...args: A) => T, ...args: A): T {
    return runInSpanScope(this.#scope, fn, ...args)
  }

  /** Whether the request's scope is the current one. */
  isCurrent(): boolean {
    return currentScope() === this.#scope
  }

  /** The pattern that the request was routed by: `/orders/:id`. It names the span. */
  setRoute(route: string): void {
    if (this.#ended || route === '' || route === this.#route) return
    this.#route = route
    this.span.updateName(`${this.#method.name} ${route}`)
    this.span.setAttribute(spanKeys.route, route)
    this.#instrumented?.setRoute(route)
  }

  /** What the handler threw; the first one counts. It fails the span unless the response turns out to be no failure. */
  setError(error: unknown): void {
    if (this.#ended) return
    this.#error ??= { error }
  }

  /** Ends the span and writes the request log; once. */
  end(end: RequestEnd): void {
    if (this.#ended) return
    const route = this.#route ?? this.#instrumented?.route()
    if (route !== undefined) this.setRoute(route)
    this.#ended = true
    const summary: RequestSummary = {
      method: this.#method.original ?? this.#method.name,
      path: this.#target.path ?? this.#target.authority,
      route,
      status: end.status,
      ending: end.ending,
      durationMs: Math.round((performance.now() - this.#started) * 1000) / 1000,
      error: this.#error?.error,
    }
    this.run(() => {
      try {
        this.#writeLog(summary, end, this.#endSpan(summary, end))
      } catch (error) {
        reportFault('end', error)
      }
    })
  }

  #endSpan(summary: RequestSummary, end: RequestEnd): string | undefined {
    const span = this.span as DetachedSpan & BaseSpan
    if (end.status !== undefined) span.setAttribute(spanKeys.status, end.status)
    span.setAttributes(
      captureHeaders(spanKeys.responseHeader, this.#settings.responseHeaders, end.header),
    )
    const type = errorTypeOf(summary)
    const failure = this.#error
    if (type === undefined || failure === undefined || end.ending === 'aborted') {
      if (failure !== undefined) span.recordException(failure.error)
      if (type !== undefined) span.setAttribute(spanKeys.errorType, type).setStatus({ code: 2 })
      span.end()
      return type
    }
    span.fail(failure.error)
    span.end()
    return errorType(failure.error)
  }

  #writeLog(summary: RequestSummary, end: RequestEnd, failure: string | undefined): void {
    const level = levelOf(this.#settings, summary)
    if (level === 'silent') return
    // In the scope of the request, so that its own logger need not be made for this.
    const { log } = this.#settings
    const write: unknown = (log as unknown as Record<string, unknown>)[level]
    if (typeof write !== 'function') return
    const fields = {
      [logKeys.category]: ['web'],
      [logKeys.type]: ['access'],
      [logKeys.outcome]: failure === undefined ? 'success' : 'failure',
      ...this.#fields,
      [spanKeys.route]: summary.route,
      [spanKeys.status]: summary.status,
      [logKeys.duration]: summary.durationMs,
      [logKeys.requestBytes]: end.requestBytes,
      [logKeys.responseBytes]: end.responseBytes,
      [spanKeys.errorType]: failure,
    }
    Reflect.apply(write, log, [fields, describeRequest(summary)])
  }
}

/** @returns `undefined` for a request that the filters leave out, and for one that cannot be read. */
export function beginExchange(
  read: () => RequestStart,
  settings: HttpSettings,
): Exchange | undefined {
  try {
    const start = read()
    const target = parseTarget(start.method, start.target, settings.redactions())
    return settings.traces(target.path ?? '') ? new Exchange(start, target, settings) : undefined
  } catch (error) {
    reportFault('begin', error)
    return undefined
  }
}

function reportFault(when: string, error: unknown): void {
  warnOnce(
    `http:${when}`,
    `The tracing of a request failed at its ${when} (${errorType(error)}); the request did not.`,
  )
}

function startAttributes(
  start: RequestStart,
  method: MethodNames,
  target: RequestTarget,
  client: string | undefined,
  agent: string | undefined,
  settings: HttpSettings,
): SpanAttributes {
  const authority = target.authority ?? firstHeader(start.header('host'))
  const server = authority === undefined ? undefined : splitAuthority(authority)
  return {
    [spanKeys.method]: method.attribute,
    [spanKeys.methodOriginal]: method.original,
    [spanKeys.urlPath]: target.path,
    [spanKeys.urlQuery]: target.query,
    [spanKeys.urlScheme]: start.scheme,
    [spanKeys.serverAddress]: server?.host,
    [spanKeys.serverPort]: server?.port,
    [spanKeys.clientAddress]: client,
    [spanKeys.peerAddress]: start.peerAddress,
    [spanKeys.peerPort]: start.peerPort,
    [spanKeys.protocolVersion]: start.version,
    [spanKeys.userAgent]: agent,
    ...captureHeaders(spanKeys.requestHeader, settings.requestHeaders, start.header),
  }
}

function levelOf({ level = defaultLevel }: HttpSettings, summary: RequestSummary): string {
  try {
    return level(summary) ?? defaultLevel(summary)
  } catch {
    return defaultLevel(summary)
  }
}
