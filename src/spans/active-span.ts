import { currentSpan, readTrace } from '../context/active.js'
import { currentScope } from '../context/scope.js'
import { BaseSpan, isOwnSpan } from './base-span.js'
import { NativeSpan, type OtelSpan } from './native-span.js'
import type { Span, SpanAttributes, SpanContext, TimeInput } from './types.js'

/**
 * The active span, whoever began it; outside every span one that does nothing and has OpenTelemetry's invalid ids.
 *
 * What is put into it passes the redactor, also when another library began it.
 *
 * @example
 * activeSpan().updateName(`GET ${route}`)
 */
export function activeSpan(): Span {
  const span = currentSpan()
  if (span === undefined) return noSpan
  if (isOwnSpan(span)) return span
  const own = currentScope()?.span
  if (own instanceof NativeSpan && own.native === span) return own
  return readTrace(span) === undefined ? noSpan : new NativeSpan(span as OtelSpan, undefined)
}

/** Sets attributes of the active span; does nothing outside one. */
export function addSpanAttributes(attributes: SpanAttributes): void {
  activeSpan().setAttributes(attributes)
}

/**
 * Adds an event to the active span; does nothing outside one.
 *
 * @param time - Epoch milliseconds, a `Date` or `[seconds, nanoseconds]`. Now, if it is left out.
 */
export function addSpanEvent(name: string, attributes?: SpanAttributes, time?: TimeInput): void {
  activeSpan().addEvent(name, attributes, time)
}

class NoSpan extends BaseSpan {
  constructor() {
    super(undefined, undefined)
    this.ended = true
  }

  spanContext(): SpanContext {
    return { traceId: '0'.repeat(32), spanId: '0'.repeat(16), traceFlags: 0 }
  }
}

const noSpan = new NoSpan()
