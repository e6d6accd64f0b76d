import type { SpanJournal } from './journal.js'
import { isoTime } from './times.js'
import type { TimeInput } from './types.js'
import type { PlainValue } from './values.js'

/** How a span ended that did not end by its work being done. */
export type SpanOutcome = 'abandoned' | 'never_started' | 'unfinished'

/** What a record says about a span. Ids of the span itself are those of the record. */
export interface RecordedSpan {
  readonly name: string
  readonly kind: string
  /** ISO 8601, UTC. */
  readonly start: string
  /** Milliseconds, three decimals. */
  readonly duration_ms?: number
  readonly status?: 'ok' | 'error' | 'unset'
  readonly status_message?: string
  /** Absent for a root span. */
  readonly parent_span_id?: string
  readonly outcome?: SpanOutcome
  readonly attributes?: Readonly<Record<string, PlainValue>>
  readonly events?: readonly object[]
  readonly links?: readonly object[]
  /** Attributes, events and links beyond the limits. */
  readonly dropped?: number
}

export interface SpanRecord {
  readonly fields: {
    readonly 'event.kind': 'span' | 'span_start'
    readonly span: RecordedSpan
    readonly err?: unknown
  }
  readonly message: string
}

const statusNames = ['unset', 'ok', 'error'] as const

type Draft<T> = { -readonly [K in keyof T]: T[K] }

/** The record of a span's start. */
export function spanStartRecord(
  journal: SpanJournal,
  parentSpanId: string | undefined,
): SpanRecord {
  const span = draft(journal, parentSpanId)
  addContents(span, journal)
  return {
    fields: { 'event.kind': 'span_start', span },
    message: `span ${journal.name} started`,
  }
}

/** The record of a span's end: with the records of a trace's spans alone, its tree can be rebuilt. */
export function spanEndRecord(
  journal: SpanJournal,
  parentSpanId: string | undefined,
  outcome?: SpanOutcome,
  endTime?: TimeInput,
): SpanRecord {
  const { status, exception } = journal
  const span = draft(journal, parentSpanId)
  span.duration_ms = journal.duration(endTime)
  span.status = statusNames[status?.code ?? 0]
  if (status?.message !== undefined) span.status_message = status.message
  if (outcome !== undefined) span.outcome = outcome
  addContents(span, journal)
  return {
    fields:
      exception === undefined
        ? { 'event.kind': 'span', span }
        : { 'event.kind': 'span', span, err: exception.error },
    message: `span ${journal.name} ${howItEnded(journal, outcome)}`,
  }
}

function howItEnded(journal: SpanJournal, outcome: SpanOutcome | undefined): string {
  if (outcome === 'abandoned') return 'abandoned'
  if (outcome === 'never_started') return 'never started'
  if (outcome === 'unfinished') return 'unfinished'
  return journal.status?.code === 2 ? 'failed' : 'ended'
}

// Built by assignment: a record is written for every span, and spreading what may be absent costs several times as much.
function draft(journal: SpanJournal, parentSpanId: string | undefined): Draft<RecordedSpan> {
  const span: Draft<RecordedSpan> = {
    name: journal.name,
    kind: journal.kind,
    start: isoTime(journal.startedAt),
  }
  if (parentSpanId !== undefined) span.parent_span_id = parentSpanId
  return span
}

function addContents(span: Draft<RecordedSpan>, journal: SpanJournal): void {
  const { attributes, events, links, dropped } = journal
  if (attributes !== undefined) span.attributes = Object.fromEntries(attributes)
  if (events !== undefined) {
    span.events = events.map((event) => ({ ...event, time: isoTime(event.time) }))
  }
  if (links !== undefined) {
    span.links = links.map(({ traceId, spanId, attributes }) => ({
      trace_id: traceId,
      span_id: spanId,
      ...(attributes !== undefined && { attributes }),
    }))
  }
  if (dropped > 0) span.dropped = dropped
}
