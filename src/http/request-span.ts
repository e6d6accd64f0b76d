import { activeOtelContext } from '../context/otel.js'
import { type ContextSpan, currentScope, type Scope, spanScope } from '../context/scope.js'
import type { DetachedSpan, SecurityLogger } from '../logger/types.js'
import { parseTraceparent } from '../propagation/traceparent.js'
import { withRemoteTrace } from '../propagation/with-remote-trace.js'
import { adopting } from '../spans/adopted-span.js'
import { otelSpanOf } from '../spans/begin.js'
import type { SpanOptions } from '../spans/types.js'
import { firstHeader, type HeaderReader } from './headers.js'
import type { HttpSettings } from './options.js'

/** What an adapter knows of a request when it begins. */
export interface RequestStart {
  readonly method: string
  /** The request target as it came. */
  readonly target: string
  readonly scheme: 'http' | 'https'
  /** `1.1`, `2` */
  readonly version: string | undefined
  readonly peerAddress: string | undefined
  readonly peerPort: number | undefined
  readonly header: HeaderReader
  /** The headers in a shape that `extractTrace` reads. */
  readonly carrier: object
}

/** A span and the scope in which it is the active one. */
export interface Opened {
  readonly span: DetachedSpan
  readonly scope: Scope
}

/** A span that continues the client's trace, if it has one and may be believed. */
export function openContinued(
  start: RequestStart,
  name: string,
  bound: Readonly<Record<string, unknown>>,
  options: SpanOptions,
  { log, extract }: HttpSettings,
): Opened {
  // Most requests from outside have neither, and looking through all of their headers is dear.
  if (start.header('traceparent') === undefined && start.header('baggage') === undefined) {
    return open(log, name, bound, { ...options, root: true })
  }
  return withRemoteTrace(
    start.carrier,
    { ...extract, peer: start.peerAddress },
    ({ parent, links }) =>
      // Whatever was active where the server began to listen is not what this request belongs to.
      open(log, name, bound, {
        ...options,
        ...(parent === undefined ? { root: true, links } : { parent }),
      }),
  )
}

/** The span that an instrumentation has begun for the request, in place of one of ours. */
export function openAdopted(
  native: ContextSpan,
  start: RequestStart,
  name: string,
  bound: Readonly<Record<string, unknown>>,
  options: SpanOptions,
  log: SecurityLogger,
): Opened {
  const continued = continuedBy(native, start.header)
  return open(log, name, bound, adopting(native, { ...options, ...continued }))
}

/** The client's span, where the instrumentation has continued its trace. */
function continuedBy(span: ContextSpan, header: HeaderReader): Pick<SpanOptions, 'parent'> {
  const context = parseTraceparent(firstHeader(header('traceparent')) ?? '')
  if (context === undefined || context.traceId !== span.spanContext().traceId) return {}
  return { parent: { spanContext: () => context } }
}

function open(
  log: SecurityLogger,
  name: string,
  bound: Readonly<Record<string, unknown>>,
  options: SpanOptions,
): Opened {
  const span = log.startSpan(name, options)
  const inner = spanScope(span, otelSpanOf(span), currentScope(), activeOtelContext())
  const scope =
    Object.keys(bound).length === 0
      ? inner
      : { ...inner, ambient: { fields: bound, outer: inner.ambient } }
  return { span, scope }
}
