import type { LogRecord } from '../testing/log-lines.js'
import { traceTree } from '../testing/trace-tree.js'
import type { TraceListItem } from './page-data.js'
import { type TraceData, traceData } from './trace-data.js'
import { timeOf, traceIdOf } from './trace-id.js'
import { addToSummary, durationOf, newSummary, type TraceSummary } from './trace-summary.js'

/** The traces of what came in last, in bounded memory. */
export interface TraceStore {
  /** Takes a record of a trace; others are counted. @param length - Of its line. */
  add(record: LogRecord, length: number, from: 'line' | 'otlp'): void
  /** Newest first. */
  list(): readonly TraceListItem[]
  trace(id: string): TraceData | undefined
  /** Goes up with each change. */
  readonly version: number
  /** Traces that were dropped for newer ones. */
  readonly dropped: number
  /** Lines of traces that are larger than what one trace may hold. */
  readonly cut: number
  /** Lines outside of any trace. */
  readonly untraced: number
}

interface StoredTrace {
  readonly summary: TraceSummary
  records: LogRecord[]
  length: number
  /** Where the record of a span's end stands that came over OTLP: the log's own record replaces it. */
  readonly exported: Map<string, number>
  readonly logged: Set<string>
}

/** Of the whole, that one trace may hold. */
const shareOfOne = 0.5
/** Beyond the characters of a line: what a parsed record and its place take. */
const overhead = 200
const mostListed = 500

/** Makes a store that holds about `limit` characters of lines; the trace that was quiet longest makes room. */
export function createTraceStore(limit: number): TraceStore {
  const traces = new Map<string, StoredTrace>()
  let held = 0
  let version = 0
  let dropped = 0
  let cut = 0
  let untraced = 0

  const makeRoom = (): void => {
    for (const [id, trace] of traces) {
      if (held <= limit || traces.size === 1) return
      traces.delete(id)
      held -= trace.length
      dropped += 1
    }
  }

  const touch = (id: string): StoredTrace => {
    const trace = traces.get(id) ?? newTrace(id)
    traces.delete(id)
    traces.set(id, trace)
    return trace
  }

  return {
    get version() {
      return version
    },
    get dropped() {
      return dropped
    },
    get cut() {
      return cut
    },
    get untraced() {
      return untraced
    },
    add(record, length, from) {
      const id = traceIdOf(record)
      if (id === undefined) {
        untraced += 1
        return
      }
      const trace = touch(id)
      const taken = length + overhead
      if (trace.length + taken > limit * shareOfOne) {
        cut += 1
        return
      }
      if (!keep(trace, record, from)) return
      version += 1
      trace.length += taken
      held += taken
      makeRoom()
    },
    list() {
      const items = [...traces.values()].map(({ summary }) => listItem(summary))
      return items.sort((a, b) => (b.start_ms ?? 0) - (a.start_ms ?? 0)).slice(0, mostListed)
    },
    trace(id) {
      const trace = traces.get(id)
      const [tree] = trace === undefined ? [] : traceTree(trace.records)
      return tree === undefined ? undefined : traceData(tree)
    },
  }
}

function newTrace(id: string): StoredTrace {
  return {
    summary: newSummary(id),
    records: [],
    length: 0,
    exported: new Map(),
    logged: new Set(),
  }
}

/** A span that is both logged and exported is one span; its log record tells more. @returns whether the record was kept. */
function keep(trace: StoredTrace, record: LogRecord, from: 'line' | 'otlp'): boolean {
  const spanId = endedSpan(record)
  if (spanId !== undefined && from === 'otlp') {
    if (trace.logged.has(spanId) || trace.exported.has(spanId)) return false
    trace.exported.set(spanId, trace.records.length)
  }
  if (spanId !== undefined && from === 'line') {
    trace.logged.add(spanId)
    const replaced = trace.exported.get(spanId)
    if (replaced !== undefined) {
      trace.exported.delete(spanId)
      trace.records[replaced] = record
      return true
    }
  }
  trace.records.push(record)
  addToSummary(trace.summary, record, timeOf(record))
  return true
}

function endedSpan(record: LogRecord): string | undefined {
  const ended = record['event.kind'] === 'span' || record['event.action'] === 'span-end'
  const id = record['span_id'] ?? record['span.id']
  return ended && typeof id === 'string' ? id : undefined
}

function listItem(summary: TraceSummary): TraceListItem {
  const { traceId, name, spans, errors, services, startMs } = summary
  const durationMs = durationOf(summary)
  return {
    trace_id: traceId,
    name,
    ...(durationMs !== undefined && { start_ms: startMs, duration_ms: durationMs }),
    span_count: spans,
    error_count: errors,
    services: [...services],
  }
}
