import type { LogRecord } from '../testing/log-lines.js'
import {
  addToSummary,
  durationOf,
  mergeSummaries,
  newSummary,
  type TraceSummary,
} from './trace-summary.js'

export interface TraceListOptions {
  /** How many traces are wanted. */
  readonly limit: number
  /** Slowest first instead of newest first. */
  readonly slowest?: boolean
  readonly wanted?: (summary: TraceSummary) => boolean
}

/** The traces of a stream of records, in memory that depends on the limit alone. */
export interface TraceList {
  add(traceId: string, record: LogRecord, timeMs: number | undefined): void
  /** The traces that were asked for, best first. */
  result(): readonly TraceSummary[]
  /** How many different traces passed the filter. */
  readonly found: number
}

/** Traces that may be going on at the same time; the one that was quiet longest is taken for done beyond that. */
const mostOpen = 20_000

export function createTraceList(options: TraceListOptions): TraceList {
  const { limit, slowest = false, wanted = () => true } = options
  const open = new Map<string, TraceSummary>()
  let best: TraceSummary[] = []
  let found = 0

  const order = (a: TraceSummary, b: TraceSummary): number =>
    slowest ? (durationOf(b) ?? -1) - (durationOf(a) ?? -1) : b.startMs - a.startMs || 0

  const settle = (summary: TraceSummary): void => {
    const known = best.find(({ traceId }) => traceId === summary.traceId)
    if (known !== undefined) mergeSummaries(known, summary)
    if (known !== undefined || !wanted(summary)) return
    found += 1
    best.push(summary)
    if (best.length < limit * 2 + 64) return
    best = best.sort(order).slice(0, limit)
  }

  return {
    get found() {
      return found + [...open.values()].filter(wanted).length
    },
    add(traceId, record, timeMs) {
      let summary = open.get(traceId)
      // Put in again as the last one: what stands first was quiet longest.
      if (summary === undefined) summary = newSummary(traceId)
      else open.delete(traceId)
      open.set(traceId, summary)
      addToSummary(summary, record, timeMs)
      if (open.size <= mostOpen) return
      for (const [quietest, done] of open) {
        open.delete(quietest)
        settle(done)
        break
      }
    },
    result() {
      for (const summary of open.values()) settle(summary)
      open.clear()
      return best.sort(order).slice(0, limit)
    },
  }
}
