import { isSpanId, isTraceId } from './ids.js'
import { activeOtelContext, type OtelContext, otelSpanKey } from './otel.js'
import { type ContextSpan, currentScope, type Scope, type SpanIdentity } from './scope.js'

/** The ids of the active span. */
export interface ActiveTrace extends SpanIdentity {
  /** 16 lower-case hex digits; absent for a root span, and where the span does not tell. */
  readonly parentSpanId?: string
}

/**
 * The active span: the innermost scope wins, whoever opened it.
 *
 * A scope of ours that was opened under a context manager has made an OpenTelemetry context active too, so while that very
 * context is active, ours is the innermost; when another one is, somebody opened it inside of ours.
 *
 * @param scope - The current scope, if the caller has asked for it already.
 */
export function currentSpan(scope: Scope | undefined = currentScope()): ContextSpan | undefined {
  return spanIn(scope, activeOtelContext())
}

/** The active span of a scope of ours and an OpenTelemetry context that are active together. */
export function spanIn(
  scope: Scope | undefined,
  context: OtelContext | undefined,
): ContextSpan | undefined {
  if (context === undefined) return scope?.span
  if (scope !== undefined && scope.otelContext === context) return scope.span
  const span = context.getValue(otelSpanKey) as ContextSpan | undefined
  return scope !== undefined && scope.otelContext === undefined ? (span ?? scope.span) : span
}

/**
 * The ids of the active span, whoever began it; `undefined` outside every span.
 *
 * A span without valid W3C ids, and one whose methods throw, counts as none.
 *
 * @see https://www.w3.org/TR/trace-context/#traceparent-header-field-values
 * @example
 * const trace = activeTrace()
 * if (trace) response.setHeader('x-trace-id', trace.traceId)
 */
export function activeTrace(): ActiveTrace | undefined {
  const span = currentSpan()
  return span === undefined ? undefined : readTrace(span)
}

/** The ids of a span that anybody made, checked and in lower case; `undefined` if they are not valid. */
export function readTrace(span: { spanContext(): SpanIdentity }): ActiveTrace | undefined {
  try {
    const { traceId, spanId, traceFlags } = span.spanContext()
    if (!isTraceId(traceId) || !isSpanId(spanId)) return undefined
    const ids = {
      traceId: traceId.toLowerCase(),
      spanId: spanId.toLowerCase(),
      traceFlags: Number.isInteger(traceFlags) ? traceFlags & 0xff : 0,
    }
    const parentSpanId = parentOf(span as ParentTelling)
    return isSpanId(parentSpanId) ? { ...ids, parentSpanId: parentSpanId.toLowerCase() } : ids
  } catch {
    return undefined
  }
}

/** Our spans and those of SDK 1.x have `parentSpanId`, those of SDK 2.x and 3.x `parentSpanContext`. */
interface ParentTelling {
  readonly parentSpanId?: unknown
  readonly parentSpanContext?: { readonly spanId?: unknown }
}

function parentOf(span: ParentTelling): unknown {
  return span.parentSpanId ?? span.parentSpanContext?.spanId
}
