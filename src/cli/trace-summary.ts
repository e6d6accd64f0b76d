import { isRecord, type LogRecord } from '../testing/log-lines.js'

/** What a list says of one trace. */
export interface TraceSummary {
  readonly traceId: string
  /** Epoch milliseconds of the earliest that is known of it. */
  startMs: number
  endMs: number
  spans: number
  errors: number
  lines: number
  readonly services: Set<string>
  /** Name of its root span, or else of its earliest one. */
  name: string
  /** When that span began; -Infinity for a root. */
  namedBy: number
}

/** Of one trace; further ones are not told apart. */
const mostServices = 16

export function newSummary(traceId: string): TraceSummary {
  return {
    traceId,
    startMs: Number.POSITIVE_INFINITY,
    endMs: Number.NEGATIVE_INFINITY,
    spans: 0,
    errors: 0,
    lines: 0,
    services: new Set(),
    name: '',
    namedBy: Number.POSITIVE_INFINITY,
  }
}

/** Adds one record to what is known of its trace. */
export function addToSummary(
  summary: TraceSummary,
  record: LogRecord,
  timeMs: number | undefined,
): void {
  summary.lines += 1
  const service = record['service'] ?? record['service.name']
  if (typeof service === 'string' && summary.services.size < mostServices)
    summary.services.add(service)
  if (timeMs !== undefined) {
    summary.startMs = Math.min(summary.startMs, timeMs)
    summary.endMs = Math.max(summary.endMs, timeMs)
  }
  const span = spanOf(record)
  if (span === undefined) return
  const { startMs, durationMs } = span
  if (startMs !== undefined) {
    summary.startMs = Math.min(summary.startMs, startMs)
    summary.endMs = Math.max(summary.endMs, startMs + (durationMs ?? 0))
  }
  const rank = span.root ? Number.NEGATIVE_INFINITY : (startMs ?? timeMs ?? 0)
  if (rank < summary.namedBy) {
    summary.namedBy = rank
    summary.name = span.name
  }
  if (!span.ended) return
  summary.spans += 1
  if (span.failed) summary.errors += 1
}

/** Puts together what was counted of one trace apart. */
export function mergeSummaries(into: TraceSummary, other: TraceSummary): void {
  into.startMs = Math.min(into.startMs, other.startMs)
  into.endMs = Math.max(into.endMs, other.endMs)
  into.spans += other.spans
  into.errors += other.errors
  into.lines += other.lines
  for (const service of other.services) into.services.add(service)
  if (other.namedBy >= into.namedBy) return
  into.name = other.name
  into.namedBy = other.namedBy
}

/** Milliseconds from the first to the last that is known; `undefined` when no time is. */
export function durationOf({ startMs, endMs }: TraceSummary): number | undefined {
  return endMs >= startMs ? Math.round((endMs - startMs) * 1000) / 1000 : undefined
}

interface SpanGlance {
  readonly name: string
  readonly root: boolean
  readonly ended: boolean
  readonly failed: boolean
  readonly startMs: number | undefined
  readonly durationMs: number | undefined
}

/** What a list needs of a span's record, in either format: a whole reading costs several times as much. */
function spanOf(record: LogRecord): SpanGlance | undefined {
  const { span } = record
  const kind = record['event.kind']
  if (isRecord(span) && (kind === 'span' || kind === 'span_start')) {
    return {
      name: String(span['name'] ?? ''),
      root: span['parent_span_id'] === undefined,
      ended: kind === 'span',
      failed: span['status'] === 'error',
      startMs: moment(span['start']),
      durationMs: amount(span['duration_ms']),
    }
  }
  const name = record['seclog.span.name']
  if (typeof name !== 'string') return undefined
  const duration = amount(record['event.duration'])
  return {
    name,
    root: record['seclog.span.parent_id'] === undefined,
    ended: record['event.action'] === 'span-end',
    failed: record['seclog.span.status'] === 'error',
    startMs: moment(record['event.start']),
    durationMs: duration === undefined ? undefined : duration / 1e6,
  }
}

function moment(value: unknown): number | undefined {
  const time = typeof value === 'string' ? Date.parse(value) : value
  return typeof time === 'number' && Number.isFinite(time) ? time : undefined
}

function amount(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined
}
