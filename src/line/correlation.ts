import { currentSpan } from '../context/active.js'
import { isUnder } from '../context/lineage.js'
import type { ContextSpan, Scope, SpanIdentity } from '../context/scope.js'

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

/** The ids of a logger that is bound to a span: those of the active span where it was begun under that one, else its own. */
export function boundCorrelation(
  bound: ContextSpan,
  scope: Scope | undefined,
): Correlation | undefined {
  const active = isUnder(scope?.span, bound) ? activeCorrelation(scope) : undefined
  return active ?? correlationOf(bound)
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
    last = checked(identity)
    lastSpan = span
    lastFlags = identity.traceFlags
    return last
  } catch {
    return undefined
  }
}

/**
 * The ids that one of our own spans writes its record under. They were checked, or made, when it began; mostly they are those
 * that the lines before were written under.
 */
export function correlationOfTrace(trace: SpanIdentity): Correlation {
  return last !== undefined &&
    last.spanId === trace.spanId &&
    last.traceId === trace.traceId &&
    lastFlags === trace.traceFlags
    ? last
    : render(trace)
}

function checked(identity: SpanIdentity): Correlation | undefined {
  return isId(identity.traceId, 32) && isId(identity.spanId, 16) ? render(identity) : undefined
}

function render(identity: SpanIdentity): Correlation {
  const { traceId, spanId } = identity
  const traceFlags = flagTexts[identity.traceFlags & 0xff] as string
  return {
    traceId,
    spanId,
    traceFlags,
    json: `,"trace_id":"${traceId}","span_id":"${spanId}","trace_flags":"${traceFlags}"`,
  }
}

const flagTexts = Array.from({ length: 256 }, (_, flags) => flags.toString(16).padStart(2, '0'))

/** Whether a text is so many lower-case hex digits, not all zero. A loop, for it costs a third of an expression (see bench/). */
function isId(text: unknown, length: number): text is string {
  if (typeof text !== 'string' || text.length !== length) return false
  let bits = 0
  for (let index = 0; index < length; index++) {
    const unit = text.charCodeAt(index)
    if (unit < 48 || unit > 102 || (unit > 57 && unit < 97)) return false
    bits |= unit ^ 48
  }
  return bits !== 0
}

/** Whether a value is an id of the form that the field of this name has: what a mixin gives is held to it. */
export function isIdText(name: string, value: unknown): boolean {
  switch (idNames[name]) {
    case 'traceId':
      return isId(value, 32)
    case 'spanId':
      return isId(value, 16)
    default:
      return typeof value === 'string' && /^[0-9a-f]{2}$/.test(value)
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
