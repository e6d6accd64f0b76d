import { createRedaction } from '../redaction/engine.js'
import type { RedactOptions } from '../redaction/options.js'
import type { Redaction } from '../redaction/types.js'
import { type ReadableSpan, redactSpan } from './redact-span.js'
import type { SpanProcessor } from './types.js'

/**
 * Puts the redactor before a span processor, for apps that register a provider of their own: what `next` gets at the end
 * of a span, and hands to its exporter, is a redacted copy. Works with OpenTelemetry 2.x and 3.x.
 *
 * @param options - As the option `redact` of a logger.
 * @throws SeclogError `SECLOG_REDACT_INVALID`
 * @example
 * ```ts
 * const processor = createRedactingSpanProcessor(new BatchSpanProcessor({ exporter }))
 * const provider = new TracerProvider({ spanProcessors: [processor] })
 * ```
 */
export function createRedactingSpanProcessor(
  next: SpanProcessor,
  options: readonly string[] | RedactOptions = {},
): SpanProcessor {
  return redactBefore(next, createRedaction(options))
}

/** The same, with rules that are compiled already. */
export function redactBefore(next: SpanProcessor, redaction: Redaction): SpanProcessor {
  return {
    onStart: (span, parentContext) => next.onStart(span, parentContext),
    onEnd(span) {
      const safe = redactOrDrop(span as ReadableSpan, redaction)
      if (safe !== undefined) next.onEnd(safe)
    },
    forceFlush: () => next.forceFlush(),
    shutdown: () => next.shutdown(),
  }
}

/** A span that cannot be read is not exported: better none than one that no rule has seen. */
export function redactOrDrop(span: ReadableSpan, redaction: Redaction): ReadableSpan | undefined {
  try {
    return redactSpan(span, redaction)
  } catch {
    return undefined
  }
}
