import type { SpanContext } from 'seclog'

/** Writes a span's identity as a W3C `traceparent` header. */
export function formatTraceparent({ traceId, spanId, traceFlags }: SpanContext): string {
  return `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`
}

/** Reads a `traceparent` header as the span to be a child of; what is malformed begins a new trace instead. */
export function parseTraceparent(
  header: string | readonly string[] | undefined,
): { spanContext(): SpanContext } | undefined {
  const [, traceId, spanId, flags] = form.exec(String(header)) ?? []
  if (traceId === undefined || spanId === undefined || flags === undefined) return undefined
  const traceFlags = Number.parseInt(flags, 16)
  return { spanContext: () => ({ traceId, spanId, traceFlags, isRemote: true }) }
}

/** Version 00: https://www.w3.org/TR/trace-context/#traceparent-header; ids of zeros are invalid. */
const form = /^00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})$/
