import { readTrace } from '../context/active.js'
import type { ContextSpan } from '../context/scope.js'
import { eachAttribute, setOwn } from './attributes.js'
import { BaseSpan } from './base-span.js'
import { errorMessage, errorStack, errorType } from './errors.js'
import type { SpanJournal } from './journal.js'
import { exportedKey, exportedName, exportedText, exportedValue } from './redaction.js'
import { exportedTime } from './times.js'
import type {
  SpanAttributes,
  SpanAttributeValue,
  SpanContext,
  SpanLink,
  SpanStatus,
  TimeInput,
} from './types.js'
import type { PlainValue } from './values.js'

/** A span of OpenTelemetry as its API 1.x has it; `addLink` came with 1.9. */
export interface OtelSpan extends ContextSpan {
  spanContext(): SpanContext
  setAttribute(key: string, value: SpanAttributeValue): unknown
  addEvent(name: string, attributes?: object, time?: TimeInput): unknown
  addLink?(link: object): unknown
  setStatus(status: SpanStatus): unknown
  updateName(name: string): unknown
  end(endTime?: TimeInput): void
  recordException(exception: object, time?: TimeInput): void
}

/** A span of OpenTelemetry's provider behind the redactor: whatever it is given has passed. */
export class NativeSpan extends BaseSpan {
  /** What OpenTelemetry knows as the span. */
  readonly native: OtelSpan

  constructor(native: OtelSpan, parentSpanId: string | undefined, journal?: SpanJournal) {
    super(parentSpanId, journal)
    this.native = native
  }

  spanContext(): SpanContext {
    return this.native.spanContext()
  }

  override isRecording(): boolean {
    return !this.ended && (this.journal !== undefined || this.exports())
  }

  protected override exports(): boolean {
    try {
      return this.native.isRecording()
    } catch {
      return false
    }
  }

  protected override putAttribute(key: string, value: PlainValue): void {
    const safe = exportedValue(key, value)
    if (safe !== undefined) this.native.setAttribute(exportedKey(key), safe)
  }

  protected override putEvent(name: string, attributes?: SpanAttributes, time?: TimeInput): void {
    this.native.addEvent(exportedName(name), exportedAttributes(attributes), exportedTime(time))
  }

  protected override putException(error: unknown, first: boolean, time?: TimeInput): void {
    const message = errorMessage(error)
    const stack = first ? errorStack(error) : undefined
    const exception = {
      name: exportedText(errorType(error)),
      ...(message !== undefined && { message: exportedText(message) }),
      ...(stack !== undefined && { stack: exportedText(stack) }),
    }
    this.native.recordException(exception, exportedTime(time))
  }

  protected override putLink(link: SpanLink): void {
    const safe = exportedLink(link)
    if (safe !== undefined) this.native.addLink?.(safe)
  }

  protected override putStatus({ code, message }: SpanStatus): void {
    this.native.setStatus(
      message === undefined ? { code } : { code, message: exportedText(message) },
    )
  }

  protected override putName(name: string): void {
    this.native.updateName(exportedName(name))
  }

  protected override putEnd(endTime?: TimeInput): void {
    this.native.end(exportedTime(endTime))
  }
}

export function exportedAttributes(
  attributes: SpanAttributes | undefined,
): Record<string, SpanAttributeValue> | undefined {
  if (attributes === undefined) return undefined
  const safe: Record<string, SpanAttributeValue> = {}
  eachAttribute(attributes, (key, value) => {
    const exported = exportedValue(key, value)
    if (exported !== undefined) setOwn(safe, exportedKey(key), exported)
  })
  return safe
}

/** A link as it may leave the process; `undefined` if it leads to no valid span. */
export function exportedLink(link: SpanLink): object | undefined {
  const trace = readTrace({ spanContext: () => link.context })
  if (trace === undefined) return undefined
  const attributes = exportedAttributes(link.attributes)
  return attributes === undefined
    ? { context: link.context }
    : { context: link.context, attributes }
}
