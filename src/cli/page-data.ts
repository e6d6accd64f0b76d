import type { TraceData } from './trace-data.js'

/** What a page is given to show. */
export interface PageData {
  /** When it was made; ISO 8601. */
  readonly made: string
  /** Where the lines came from. */
  readonly sources: readonly string[]
  /** The traces, newest first. Empty on a page that asks its server. */
  readonly traces: readonly TraceData[]
  /** The page asks its server for traces, and goes on doing so. */
  readonly live: boolean
  /** What is to be said of the reading: lines that are broken, lines left out. */
  readonly remarks: readonly string[]
}

/** A trace in the list of a live page. */
export interface TraceListItem {
  readonly trace_id: string
  readonly name: string
  readonly start_ms?: number
  readonly duration_ms?: number
  readonly span_count: number
  readonly error_count: number
  readonly services: readonly string[]
}

/** What a live page gets when it asks what there is. */
export interface LiveState {
  /** Goes up with each change. */
  readonly version: number
  readonly traces: readonly TraceListItem[]
  readonly remarks: readonly string[]
}
