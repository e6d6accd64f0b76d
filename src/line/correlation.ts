import { currentSpan } from '../context/active.js'
import type { ContextSpan, Scope, SpanIdentity } from '../context/scope.js'

const hex32 = /^(?!0{32})[0-9a-f]{32}$/
const hex16 = /^(?!0{16})[0-9a-f]{16}$/

/** The ids of one span as they stand in a line. */
export interface Correlation {
  readonly traceId: string
  readonly spanId: string
  readonly traceFlags: string
  /** `,"trace_id":"…","span_id":"…","trace_flags":"…"` */
  readonly json: string
}

let lastSpan: ContextSpan | undefined
let lastFlags = -1
let last: Correlation | undefined

/**
 * The ids of the active span, serialised once per span and not per line (see bench/). A span that answers with anything but
 * valid W3C ids counts as none.
 */
export function activeCorrelation(scope: Scope | undefined): Correlation | undefined {
  const span = currentSpan(scope)
  return span === undefined ? undefined : correlationOf(span)
}

export function correlationOf(span: ContextSpan): Correlation | undefined {
  try {
    const identity = span.spanContext()
    if (
      span === lastSpan &&
      identity.traceFlags === lastFlags &&
      identity.spanId === last?.spanId
    ) {
      return last
    }
    last = render(identity)
    lastSpan = span
    lastFlags = identity.traceFlags
    return last
  } catch {
    return undefined
  }
}

/** The ids of a span that has ended or is not at hand: mostly those that the lines before were written under. */
export function correlationOfTrace(trace: SpanIdentity): Correlation | undefined {
  return last !== undefined &&
    last.spanId === trace.spanId &&
    last.traceId === trace.traceId &&
    lastFlags === trace.traceFlags
    ? last
    : render(trace)
}

function render(identity: SpanIdentity): Correlation | undefined {
  const { traceId, spanId } = identity
  if (!hex32.test(traceId) || !hex16.test(spanId)) return undefined
  const traceFlags = (identity.traceFlags & 0xff).toString(16).padStart(2, '0')
  return {
    traceId,
    spanId,
    traceFlags,
    json: `,"trace_id":"${traceId}","span_id":"${spanId}","trace_flags":"${traceFlags}"`,
  }
}

/** Which id stands under which name in a line of json. */
export const idNames: Readonly<Record<string, 'traceId' | 'spanId' | 'traceFlags'>> = Object.assign(
  Object.create(null) as object,
  { trace_id: 'traceId', span_id: 'spanId', trace_flags: 'traceFlags' } as const,
)

/** Whether a field only repeats an id of its line. */
export function isTrueId(ids: Correlation | undefined, name: string, value: unknown): boolean {
  const id = idNames[name]
  return id !== undefined && ids?.[id] === value
}
