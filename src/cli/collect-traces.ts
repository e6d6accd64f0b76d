import type { LogRecord } from '../testing/log-lines.js'

/** The records of the traces that were asked for, in bounded memory. */
export interface TraceCollector {
  /** Takes a record of a trace. @param length - Of its line. */
  add(traceId: string, record: LogRecord, length: number): void
  readonly traceIds: readonly string[]
  records(traceId: string): readonly LogRecord[]
  /** Records that did not fit, by trace. */
  left(traceId: string): number
}

/** In characters of lines, of all traces together. */
const defaultLimit = 64 * 1024 * 1024

/** A quarter of the room is for the records of spans alone: without them there is no tree. */
const shareOfLines = 0.75

/** Makes a collector that holds `limit` characters of lines at most; what comes beyond is counted. */
export function createTraceCollector(limit: number = defaultLimit): TraceCollector {
  const traces = new Map<string, { readonly records: LogRecord[]; left: number }>()
  let held = 0
  return {
    add(traceId, record, length) {
      let trace = traces.get(traceId)
      if (trace === undefined) {
        trace = { records: [], left: 0 }
        traces.set(traceId, trace)
      }
      const room = isSpanRecord(record) ? limit : limit * shareOfLines
      if (held + length > room) {
        trace.left += 1
        return
      }
      held += length
      trace.records.push(record)
    },
    get traceIds() {
      return [...traces.keys()]
    },
    records: (traceId) => traces.get(traceId)?.records ?? [],
    left: (traceId) => traces.get(traceId)?.left ?? 0,
  }
}

function isSpanRecord(record: LogRecord): boolean {
  const kind = record['event.kind']
  return kind === 'span' || kind === 'span_start' || 'seclog.span.name' in record
}
