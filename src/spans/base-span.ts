import { endTrace, holdsTraces, promoteTrace } from '../context/promotion.js'
import type { Lineage } from '../context/types.js'
import { type RecordLevel, type RecordSink, warnOnce } from '../diagnostics.js'
import { endOnAbort } from './aborting.js'
import { eachAttribute } from './attributes.js'
import { errorMessage, errorType, isWritten, writesFirst } from './errors.js'
import type { SpanJournal } from './journal.js'
import { type AskedFor, forgetOpen, stateAtExit } from './open-spans.js'
import { type SpanOutcome, type SpanRecord, spanEndRecord, spanStartRecord } from './record.js'
import { measureSpan } from './span-metrics.js'
import type { Span, SpanAttributes, SpanContext, SpanLink, SpanStatus, TimeInput } from './types.js'
import { type PlainValue, plainValue, textOf } from './values.js'

// Registered, so that an ESM and a CommonJS copy of this library know each other's spans.
const own: unique symbol = Symbol.for('seclog.span.1') as never

/** Whether a span is one of this library, of whichever copy of it. */
export function isOwnSpan(span: object): span is Span {
  return own in span
}

/** Attributes from the result of the work that a span stands for. */
export type DescribeResult = (result: unknown) => SpanAttributes | undefined

/**
 * What all spans of ours have in common: they end once, ignore what comes after, never throw, and keep a journal if they
 * have a recorder. The `put` methods hand on what is safe to hold to wherever else a kind of span puts it.
 */
export abstract class BaseSpan implements Span {
  readonly parentSpanId: string | undefined
  protected readonly journal: SpanJournal | undefined
  ended = false
  describe: DescribeResult | undefined = undefined
  lineage: Lineage | undefined = undefined
  private statusCode: SpanStatus['code'] = 0
  private hasErrorType = false
  private release: (() => void) | undefined = undefined

  constructor(parentSpanId: string | undefined, journal: SpanJournal | undefined) {
    this.parentSpanId = parentSpanId
    this.journal = journal
  }

  abstract spanContext(): SpanContext

  /** Whether what is put into the span goes anywhere but into its records. */
  protected exports(): boolean {
    return false
  }

  protected putAttribute(_key: string, _value: PlainValue): void {}
  protected putEvent(_name: string, _attributes?: SpanAttributes, _time?: TimeInput): void {}
  protected putException(_error: unknown, _first: boolean, _time?: TimeInput): void {}
  protected putLink(_link: SpanLink): void {}
  protected putStatus(_status: SpanStatus): void {}
  protected putName(_name: string): void {}
  protected putEnd(_endTime?: TimeInput): void {}

  /** @internal */
  get [own](): true {
    return true
  }

  isRecording(): boolean {
    return !this.ended
  }

  setAttribute(key: string, value: unknown): this {
    if (this.ended || !this.keeps()) return this
    const name = textOf(key)
    const plain = plainValue(value)
    if (name !== '' && plain !== undefined) this.addAttribute(name, plain)
    return this
  }

  setAttributes(attributes: SpanAttributes): this {
    if (this.ended || !this.keeps()) return this
    eachAttribute(attributes, (key, value) => this.addAttribute(key, value))
    return this
  }

  addEvent(
    name: string,
    attributesOrStartTime?: SpanAttributes | TimeInput,
    startTime?: TimeInput,
  ): this {
    if (this.ended || !this.keeps()) return this
    const timed = isTime(attributesOrStartTime)
    const attributes = timed ? undefined : attributesOrStartTime
    const time = timed ? attributesOrStartTime : startTime
    const text = textOf(name)
    this.journal?.addEvent(text, attributes, time)
    this.contain(() => this.putEvent(text, attributes, time))
    return this
  }

  addLink(link: SpanLink): this {
    if (this.ended || !this.keeps()) return this
    this.contain(() => {
      this.journal?.addLink(link)
      this.putLink(link)
    })
    return this
  }

  addLinks(links: SpanLink[]): this {
    if (Array.isArray(links)) for (const link of links) this.addLink(link)
    return this
  }

  setStatus(status: SpanStatus): this {
    if (this.ended) return this
    this.contain(() => {
      const { code, message } = status
      if (code !== 0 && code !== 1 && code !== 2) return
      this.statusCode = code
      // As in OpenTelemetry's specification, only an error has a description.
      const kept =
        code === 2 && message !== undefined ? { code, message: textOf(message) } : { code }
      if (this.journal !== undefined) this.journal.status = kept
      this.putStatus(kept)
    })
    return this
  }

  updateName(name: string): this {
    if (this.ended) return this
    const text = textOf(name)
    if (this.journal !== undefined) this.journal.name = text
    this.contain(() => this.putName(text))
    return this
  }

  recordException(exception: unknown, time?: TimeInput): void {
    if (this.ended || !this.keeps()) return
    const { journal } = this
    if (journal !== undefined && !this.keepException(journal, exception)) {
      journal.addEvent('exception', describeException(exception), time)
    }
    if (!this.exports()) return
    this.contain(() => {
      const first = writesFirst('export', exception, this.spanContext().traceId)
      this.putException(exception, first, time)
    })
  }

  /**
   * States that the work failed with `error`. Its stack is recorded unless a span of the same trace has done so; a status
   * of error and an `error.type` that the caller has set stay.
   */
  fail(error: unknown, type: string = errorType(error)): void {
    if (this.ended) return
    if (this.journal !== undefined) this.keepException(this.journal, error)
    if (this.exports()) {
      this.contain(() => {
        if (writesFirst('export', error, this.spanContext().traceId)) this.putException(error, true)
      })
    }
    if (!this.hasErrorType) this.setAttribute('error.type', type)
    if (this.statusCode === 2) return
    const message = errorMessage(error)
    this.setStatus(message === undefined ? { code: 2 } : { code: 2, message })
  }

  /** Ends the span with the result of its work. */
  succeed(result: unknown): void {
    const attributes = this.describe?.(result)
    if (attributes !== undefined) this.setAttributes(attributes)
    this.end()
  }

  end(endTime?: TimeInput): void {
    this.finish(undefined, endTime)
  }

  /** Ends the span with a statement that its work was not done. */
  endAs(outcome: SpanOutcome): void {
    if (this.ended) return
    this.contain(() => this.putAttribute('seclog.outcome', outcome))
    this.finish(outcome)
  }

  /** Ends the span as failed when `signal` fires; lets go of the signal when the span ends. */
  endOn(signal: AbortSignal): void {
    this.contain(() => {
      this.release = endOnAbort(this, signal)
    })
  }

  /** Has it stated, by its record, that the process has exited before the work was done. */
  watchUntilExit(watch?: AskedFor): void {
    if (this.ended || this.journal === undefined || this.journal.recorder.level === 'silent') return
    this.journal.open = stateAtExit(this, watch)
  }

  /** Writes the record of the start, if the span has a recorder that wants one. */
  recordStart(): void {
    const { journal } = this
    if (journal === undefined || journal.recorder.startLevel === 'silent') return
    const { sink, startLevel } = journal.recorder
    if (isEnabled(sink, startLevel)) {
      this.write(startLevel, spanStartRecord(journal, this.parentSpanId))
    }
  }

  private keeps(): boolean {
    return this.journal !== undefined || this.exports()
  }

  /** Whether the record of the end will have the error, if it is written and no other one has it by then. */
  private keepException(journal: SpanJournal, error: unknown): boolean {
    if (journal.exception !== undefined) return false
    if (isWritten('log', error, this.spanContext().traceId)) return false
    journal.exception = { error }
    return true
  }

  private addAttribute(key: string, value: PlainValue): void {
    if (key === 'error.type') this.hasErrorType = true
    this.journal?.setAttribute(key, value)
    try {
      this.putAttribute(key, value)
    } catch (error) {
      reportFault(error)
    }
  }

  private finish(outcome: SpanOutcome | undefined, endTime?: TimeInput): void {
    if (this.ended) return
    this.ended = true
    if (this.release !== undefined) this.contain(this.release)
    try {
      this.putEnd(endTime)
    } catch (error) {
      reportFault(error)
    }
    if (holdsTraces()) this.tellKeepers()
    const { journal } = this
    if (journal === undefined) return
    measureSpan(journal, this.statusCode === 2 ? 'error' : 'ok', endTime)
    if (journal.recorder.level === 'silent') return
    if (journal.open !== undefined) forgetOpen(journal.open)
    const level = this.statusCode === 2 ? 'error' : journal.recorder.level
    if (!isEnabled(journal.recorder.sink, level)) return
    // Claimed only now: the record of an outer span has the error, where that of the inner one is not written.
    const { exception } = journal
    if (
      exception !== undefined &&
      !writesFirst('log', exception.error, this.spanContext().traceId)
    ) {
      journal.exception = undefined
    }
    this.write(level, spanEndRecord(journal, this.parentSpanId, outcome, endTime))
  }

  /** A failed span makes its trace worth keeping; a root that has ended may end what is held of it. */
  private tellKeepers(): void {
    this.contain(() => {
      const { traceId } = this.spanContext()
      if (this.statusCode === 2) promoteTrace(traceId, 'error')
      if (this.parentSpanId === undefined) endTrace(traceId)
    })
  }

  private write(level: RecordLevel, record: SpanRecord): void {
    this.contain(() => {
      const { traceId, spanId, traceFlags } = this.spanContext()
      this.journal?.recorder.sink.write(level, record.fields, record.message, {
        traceId,
        spanId,
        traceFlags,
      })
    })
  }

  private contain(action: () => void): void {
    try {
      action()
    } catch (error) {
      reportFault(error)
    }
  }
}

/** Whether a record of this level will be written; a sink that fails to say so is asked to write. */
function isEnabled(sink: RecordSink, level: RecordLevel): boolean {
  if (sink.enabled === undefined) return true
  try {
    return sink.enabled(level)
  } catch {
    return true
  }
}

function reportFault(error: unknown): void {
  warnOnce('spans:fault', `A span was not recorded in full (${errorType(error)}).`)
}

function isTime(value: SpanAttributes | TimeInput | undefined): value is TimeInput {
  try {
    return typeof value === 'number' || value instanceof Date || Array.isArray(value)
  } catch {
    return false
  }
}

function describeException(error: unknown): SpanAttributes {
  return { 'exception.type': errorType(error), 'exception.message': errorMessage(error) }
}
