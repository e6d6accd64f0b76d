import { describeProblem } from '../testing/describe-problem.js'
import { isRecord } from '../testing/log-lines.js'
import { traceRows } from '../testing/trace-rows.js'
import type { TraceError, TraceLine, TraceNode, TraceTree } from '../testing/trace-types.js'

/** A trace as data: what `seclog trace --json` writes, and what the page reads. Times are epoch milliseconds. */
export interface TraceData {
  readonly trace_id: string
  readonly start_ms?: number
  readonly duration_ms?: number
  readonly services: readonly string[]
  readonly span_count: number
  readonly error_count: number
  /** Parents before children, as a drawn tree has them from top to bottom. */
  readonly spans: readonly SpanData[]
  /** Lines of the trace that belong to no span. */
  readonly lines: readonly LineData[]
  readonly problems: readonly ProblemData[]
}

export interface SpanData {
  readonly span_id: string
  readonly parent_span_id?: string
  readonly depth: number
  readonly name: string
  readonly seen: 'end' | 'start' | 'lines'
  readonly status: 'unset' | 'ok' | 'error'
  readonly service?: string
  readonly kind?: string
  readonly start_ms?: number
  readonly duration_ms?: number
  /** Without the time in which spans below it ran. */
  readonly self_ms?: number
  readonly status_message?: string
  readonly outcome?: string
  readonly error?: TraceError
  readonly attributes: Readonly<Record<string, unknown>>
  /** Events of the span, as its record has them. */
  readonly events?: readonly unknown[]
  readonly lines: readonly LineData[]
}

export interface LineData {
  readonly message: string
  readonly fields: Readonly<Record<string, unknown>>
  readonly level?: string
  readonly time_ms?: number
  readonly service?: string
  readonly error?: TraceError
  /** The name of the event, if the line is a security event. */
  readonly security_event?: string
}

export interface ProblemData {
  readonly kind: string
  readonly span_id: string
  readonly text: string
}

/** The tree as a list, which no depth can break. */
export function traceData(tree: TraceTree): TraceData {
  return {
    trace_id: tree.traceId,
    ...given('start_ms', tree.startMs),
    ...given('duration_ms', tree.durationMs),
    services: tree.services,
    span_count: tree.spanCount,
    error_count: tree.errorCount,
    spans: traceRows(tree.roots).map(({ node, depth }) => spanData(node, depth)),
    lines: tree.lines.map(lineData),
    problems: tree.problems.map((problem) => ({
      kind: problem.kind,
      span_id: problem.spanId,
      text: describeProblem(problem),
    })),
  }
}

function spanData(node: TraceNode, depth: number): SpanData {
  return {
    span_id: node.spanId,
    ...given('parent_span_id', node.parentSpanId),
    depth,
    name: node.name,
    seen: node.seen,
    status: node.status,
    ...given('service', node.service),
    ...given('kind', node.kind),
    ...given('start_ms', node.startMs),
    ...given('duration_ms', node.durationMs),
    ...given('self_ms', selfMs(node)),
    ...given('status_message', node.statusMessage),
    ...given('outcome', node.outcome),
    ...given('error', node.error),
    attributes: node.attributes,
    ...given('events', eventsOf(node)),
    lines: node.lines.map(lineData),
  }
}

function eventsOf({ record }: TraceNode): readonly unknown[] | undefined {
  const span = record?.['span']
  const events = isRecord(span) ? span['events'] : record?.['seclog.span.events']
  return Array.isArray(events) ? events : undefined
}

function lineData(line: TraceLine): LineData {
  return {
    message: line.message,
    fields: line.fields,
    ...given('level', line.level),
    ...given('time_ms', line.timeMs),
    ...given('service', line.service),
    ...given('error', line.error),
    ...given('security_event', line.securityEvent),
  }
}

/** Time of a span in which none of its children ran, concurrent children counted once. */
export function selfMs({ startMs, durationMs, children }: TraceNode): number | undefined {
  if (startMs === undefined || durationMs === undefined) return undefined
  let at = startMs
  let covered = 0
  const end = startMs + durationMs
  for (const child of children) {
    if (child.startMs === undefined || child.durationMs === undefined) continue
    const from = Math.max(child.startMs, at)
    const to = Math.min(child.startMs + child.durationMs, end)
    if (to <= from) continue
    covered += to - from
    at = to
  }
  return Math.max(Math.round((durationMs - covered) * 1000) / 1000, 0)
}

/** One optional property, absent when it has no value. */
function given<K extends string, V>(key: K, value: V | undefined): { [P in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { [P in K]?: V })
}
