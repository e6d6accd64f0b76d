import type { SpanJournal } from './journal.js'
import type { TimeInput } from './types.js'
import type { PlainValue } from './values.js'

/** How a span ended that did not end by its work being done. */
export type SpanOutcome = 'abandoned' | 'never_started'

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

/** The record of a span's start. */
export function spanStartRecord(
  journal: SpanJournal,
  parentSpanId: string | undefined,
): SpanRecord {
  const span = { ...identity(journal, parentSpanId), ...contents(journal) }
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
  const message = status?.message
  const span = {
    ...identity(journal, parentSpanId),
    duration_ms: journal.duration(endTime),
    status: statusNames[status?.code ?? 0],
    ...(message !== undefined && { status_message: message }),
    ...(outcome !== undefined && { outcome }),
    ...contents(journal),
  }
  return {
    fields: {
      'event.kind': 'span',
      span,
      ...(exception !== undefined && { err: exception.error }),
    },
    message: `span ${journal.name} ${howItEnded(journal, outcome)}`,
  }
}

function howItEnded(journal: SpanJournal, outcome: SpanOutcome | undefined): string {
  if (outcome === 'abandoned') return 'abandoned'
  if (outcome === 'never_started') return 'never started'
  return journal.status?.code === 2 ? 'failed' : 'ended'
}

function identity(
  journal: SpanJournal,
  parentSpanId: string | undefined,
): Pick<RecordedSpan, 'name' | 'kind' | 'start' | 'parent_span_id'> {
  return {
    name: journal.name,
    kind: journal.kind,
    start: isoTime(journal.startedAt),
    ...(parentSpanId !== undefined && { parent_span_id: parentSpanId }),
  }
}

function contents(
  journal: SpanJournal,
): Pick<RecordedSpan, 'attributes' | 'events' | 'links' | 'dropped'> {
  const { attributes, events, links, dropped } = journal
  return {
    ...(attributes !== undefined && { attributes: Object.fromEntries(attributes) }),
    ...(events !== undefined && {
      events: events.map((event) => ({ ...event, time: isoTime(event.time) })),
    }),
    ...(links !== undefined && {
      links: links.map(({ traceId, spanId, attributes }) => ({
        trace_id: traceId,
        span_id: spanId,
        ...(attributes !== undefined && { attributes }),
      })),
    }),
    ...(dropped > 0 && { dropped }),
  }
}

/** A time that no `Date` can hold is written as the nearest one. */
function isoTime(epoch: number): string {
  return new Date(Math.min(Math.max(epoch, -8.64e15), 8.64e15)).toISOString()
}
