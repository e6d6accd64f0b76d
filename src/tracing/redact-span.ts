import { type PathState, type Redaction, removed } from '../redaction/types.js'

/** OpenTelemetry's `ReadableSpan`, structurally, in both generations. */
export interface ReadableSpan {
  readonly name: string
  readonly kind: number
  spanContext(): { readonly traceId: string; readonly spanId: string; readonly traceFlags: number }
  readonly parentSpanContext?: object
  readonly startTime: [number, number]
  readonly endTime: [number, number]
  readonly duration: [number, number]
  readonly ended: boolean
  readonly status: { readonly code: number; readonly message?: string }
  readonly attributes: Attributes
  readonly links: readonly { readonly attributes?: Attributes }[]
  readonly events: readonly { readonly name: string; readonly attributes?: Attributes }[]
  readonly resource: unknown
  readonly instrumentationScope: unknown
  readonly droppedAttributesCount: number
  readonly droppedEventsCount: number
  readonly droppedLinksCount: number
}

type Attributes = Readonly<Record<string, unknown>>

const unreadable = '[unreadable]'
const deepest = 8
/** The first integer that OTLP cannot carry, 2^63. */
const firstTooLarge = 2 ** 63

/**
 * The span as it may leave the process: names, attributes, events, links and status redacted, and no number in it for which
 * a receiver would refuse the whole batch. Never throws: what cannot be read is left out.
 *
 * A copy, as the app goes on holding the span and other processors see it too.
 */
export function redactSpan(span: ReadableSpan, redaction: Redaction): ReadableSpan {
  const context = span.spanContext()
  return {
    name: redaction.text(span.name),
    kind: span.kind,
    spanContext: () => context,
    ...(span.parentSpanContext === undefined ? {} : { parentSpanContext: span.parentSpanContext }),
    startTime: span.startTime,
    endTime: span.endTime,
    duration: span.duration,
    ended: span.ended,
    status: redactStatus(span.status, redaction),
    attributes: redactAttributes(span.attributes, redaction),
    links: span.links.map((link) => withAttributes(link, redaction)),
    events: span.events.map((event) => ({
      ...withAttributes(event, redaction),
      name: redaction.text(event.name),
    })),
    resource: span.resource,
    instrumentationScope: span.instrumentationScope,
    droppedAttributesCount: span.droppedAttributesCount,
    droppedEventsCount: span.droppedEventsCount,
    droppedLinksCount: span.droppedLinksCount,
  }
}

/** Attributes as they may leave the process. Never throws. */
export function redactAttributes(attributes: Attributes, redaction: Redaction): Attributes {
  try {
    return redactObject(attributes, redaction, redaction.paths, [])
  } catch {
    return {}
  }
}

function redactStatus(
  status: ReadableSpan['status'],
  redaction: Redaction,
): ReadableSpan['status'] {
  const { code, message } = status
  return message === undefined ? { code } : { code, message: redaction.text(message) }
}

function withAttributes<T extends { readonly attributes?: Attributes }>(
  holder: T,
  redaction: Redaction,
): T {
  if (holder.attributes === undefined) return holder
  return { ...holder, attributes: redactAttributes(holder.attributes, redaction) }
}

function redactObject(
  object: Attributes,
  redaction: Redaction,
  paths: PathState | undefined,
  at: readonly string[],
): Attributes {
  const safe: [string, unknown][] = []
  for (const [key, value] of Object.entries(object)) {
    const path = paths?.next(key)
    const written = redactMember(key, value, redaction, path, [...at, key])
    if (written !== removed) safe.push([redaction.text(key), written])
  }
  return Object.fromEntries(safe)
}

function redactMember(
  key: string,
  value: unknown,
  redaction: Redaction,
  path: PathState | undefined,
  at: readonly string[],
): unknown {
  if (path?.ends === true) return redaction.censor(value, 'path', at)
  // Keys of attributes are dotted: `http.request.header.authorization` is about an `authorization`.
  const verdict = redaction.key(key) ?? redaction.key(key.slice(key.lastIndexOf('.') + 1))
  const scalar = typeof value === 'string' || typeof value === 'number'
  if (verdict !== undefined && (verdict.scope === 'branch' || scalar || isScalars(value))) {
    return redaction.censor(value, verdict.rule, at)
  }
  return redactValue(value, redaction, path, at)
}

function redactValue(
  value: unknown,
  redaction: Redaction,
  path: PathState | undefined,
  at: readonly string[],
): unknown {
  if (typeof value === 'string') return redaction.text(value)
  if (typeof value === 'number') {
    const rule = redaction.number(value)
    return rule === undefined ? safeNumber(value) : redaction.censor(value, rule, at)
  }
  if (typeof value !== 'object' || value === null) return value
  if (at.length > deepest) return unreadable
  // No rule reads bytes.
  if (ArrayBuffer.isView(value)) return redaction.eager ? unreadable : value
  if (!Array.isArray(value)) return redactObject(value as Attributes, redaction, path, at)
  // An array must stay of one type: in 2.x a mixed one is dropped by the receiver's rules.
  const numbers = value.some((item) => typeof item === 'number' && safeNumber(item) !== item)
  const items = numbers ? value.map((item) => (item === null ? item : String(item))) : value
  return items.flatMap((item, index) => {
    const name = String(index)
    const written = redactItem(item, redaction, path?.next(name), [...at, name])
    return written === removed ? [] : [written]
  })
}

function redactItem(
  item: unknown,
  redaction: Redaction,
  path: PathState | undefined,
  at: readonly string[],
): unknown {
  if (path?.ends === true) return redaction.censor(item, 'path', at)
  return redactValue(item, redaction, path, at)
}

/** A header's attribute is an array of texts (`http.request.header.<key>`), which its name masks as it masks one text. */
function isScalars(value: unknown): boolean {
  return Array.isArray(value) && value.every((item) => typeof item !== 'object' || item === null)
}

/** OTLP as JSON has no NaN, no Infinity, and no integer beyond 64 bits: a receiver refuses the whole batch for one. */
function safeNumber(value: number): number | string {
  if (!Number.isFinite(value)) return String(value)
  return Number.isInteger(value) && Math.abs(value) >= firstTooLarge ? String(value) : value
}
