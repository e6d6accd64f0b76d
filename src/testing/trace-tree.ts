import { isRecord } from './log-lines.js'
import { readTraceRecord, type TraceRecord, type TraceSpanData } from './trace-record.js'
import type { TraceLine, TraceNode, TraceProblem, TraceTree } from './trace-types.js'

/**
 * Rebuilds span trees from log lines alone, of any number of services, in any order.
 *
 * Lines without a valid trace id are left out; whatever is missing or contradictory is said in `problems`. Never throws.
 *
 * @param records - Parsed lines in the `json`, `pino` or `ecs` format, as from {@link parseLogLines} or a memory destination.
 * @returns One tree per trace id, in the order they began.
 */
export function traceTree(records: Iterable<unknown>): TraceTree[] {
  const traces = new Map<string, TraceDraft>()
  for (const value of records) {
    const record = isRecord(value) ? readTraceRecord(value) : undefined
    if (record === undefined) continue
    const trace = entry(traces, record.line.traceId, newTrace)
    trace.records.push(record)
  }
  return [...traces].map(([traceId, { records }]) => assemble(traceId, records)).sort(byStart)
}

interface TraceDraft {
  readonly records: TraceRecord[]
}

interface NodeDraft {
  readonly spanId: string
  readonly lines: TraceLine[]
  readonly children: NodeDraft[]
  ends: number
  end?: TraceRecord & { readonly span: TraceSpanData }
  start?: TraceRecord & { readonly span: TraceSpanData }
  built?: TraceNode
}

function assemble(traceId: string, records: readonly TraceRecord[]): TraceTree {
  const loose: TraceLine[] = []
  const drafts = collect(records, loose)
  const problems = gaps(drafts)
  const roots = link(drafts, problems)
  const order = walk(roots)
  for (const draft of order.toReversed()) draft.built = build(draft)
  const nodes = order.flatMap((draft) => draft.built ?? [])
  problems.push(...skews(nodes))
  return {
    traceId,
    roots: roots.flatMap((draft) => draft.built ?? []).sort(byStart),
    services: [...new Set(records.flatMap((record) => record.line.service ?? []))],
    spanCount: nodes.length,
    errorCount: nodes.filter((node) => node.status === 'error').length,
    lines: loose,
    problems,
    ...extent(nodes, records),
  }
}

function collect(records: readonly TraceRecord[], loose: TraceLine[]): Map<string, NodeDraft> {
  const drafts = new Map<string, NodeDraft>()
  for (const { line, event, span } of records) {
    if (line.spanId === undefined) {
      loose.push(line)
      continue
    }
    const draft = entry(drafts, line.spanId, newNode)
    if (span === undefined) draft.lines.push(line)
    else if (event === 'start') draft.start ??= { line, event, span }
    else {
      draft.ends += 1
      draft.end ??= { line, event: 'end', span }
    }
  }
  return drafts
}

function gaps(drafts: ReadonlyMap<string, NodeDraft>): TraceProblem[] {
  const problems: TraceProblem[] = []
  for (const { spanId, ends, start } of drafts.values()) {
    if (ends > 1) problems.push({ kind: 'repeated', spanId, times: ends })
    else if (ends === 0) problems.push({ kind: start ? 'unended' : 'unrecorded', spanId })
  }
  return problems
}

/** Hangs every draft under its parent and returns the roots; a circle is cut once, wherever it is met first. */
function link(drafts: ReadonlyMap<string, NodeDraft>, problems: TraceProblem[]): NodeDraft[] {
  const roots: NodeDraft[] = []
  const settled = new Set<NodeDraft>()
  for (const first of drafts.values()) {
    const path = new Set<NodeDraft>()
    for (let draft = first; !settled.has(draft); ) {
      settled.add(draft)
      path.add(draft)
      const parentSpanId = parentOf(draft)
      const parent = parentSpanId === undefined ? undefined : drafts.get(parentSpanId)
      if (parent === undefined || path.has(parent)) {
        roots.push(draft)
        if (parent !== undefined) problems.push({ kind: 'cycle', spanId: draft.spanId })
        else if (parentSpanId !== undefined)
          problems.push({ kind: 'orphan', spanId: draft.spanId, parentSpanId })
        break
      }
      parent.children.push(draft)
      draft = parent
    }
  }
  return roots
}

/** Parents before children, without recursion: a trace may be deeper than the stack. */
function walk(roots: readonly NodeDraft[]): NodeDraft[] {
  const order = [...roots]
  for (let at = 0; at < order.length; at += 1) {
    for (const child of order[at]?.children ?? []) order.push(child)
  }
  return order
}

const unknownSpan: TraceSpanData = { name: '', status: 'unset', attributes: {} }

function build(draft: NodeDraft): TraceNode {
  const record = draft.end ?? draft.start
  const service = record?.line.service ?? draft.lines[0]?.service
  const error = draft.end?.line.error
  const span = record?.span ?? unknownSpan
  const startMs = draft.start?.span.startMs ?? span.startMs ?? draft.lines[0]?.timeMs
  return {
    ...span,
    spanId: draft.spanId,
    seen: draft.end ? 'end' : draft.start ? 'start' : 'lines',
    ...(service === undefined ? {} : { service }),
    ...(startMs === undefined ? {} : { startMs }),
    ...(error === undefined ? {} : { error }),
    ...(record === undefined ? {} : { record: record.line.record }),
    lines: draft.lines,
    children: draft.children.flatMap((child) => child.built ?? []).sort(byStart),
  }
}

/** Clocks are read in whole milliseconds, so a difference below two says nothing. */
function skews(nodes: readonly TraceNode[]): TraceProblem[] {
  const problems: TraceProblem[] = []
  for (const parent of nodes) {
    for (const child of parent.children) {
      if (parent.startMs === undefined || child.startMs === undefined) continue
      const byMs = parent.startMs - child.startMs
      if (byMs >= 2 && child.service !== parent.service && parent.seen !== 'lines')
        problems.push({ kind: 'skew', spanId: child.spanId, byMs })
    }
  }
  return problems
}

function extent(
  nodes: readonly TraceNode[],
  records: readonly TraceRecord[],
): { startMs?: number; durationMs?: number } {
  let startMs = Number.POSITIVE_INFINITY
  let endMs = Number.NEGATIVE_INFINITY
  for (const { startMs: start, durationMs = 0 } of nodes) {
    if (start === undefined) continue
    startMs = Math.min(startMs, start)
    endMs = Math.max(endMs, start + durationMs)
  }
  for (const { line, event } of records) {
    if (line.timeMs === undefined || event !== undefined) continue
    startMs = Math.min(startMs, line.timeMs)
    endMs = Math.max(endMs, line.timeMs)
  }
  return startMs <= endMs ? { startMs, durationMs: endMs - startMs } : {}
}

function parentOf(draft: NodeDraft): string | undefined {
  return (draft.end ?? draft.start)?.span.parentSpanId
}

function newTrace(): TraceDraft {
  return { records: [] }
}

function newNode(spanId: string): NodeDraft {
  return { spanId, lines: [], children: [], ends: 0 }
}

function entry<V>(map: Map<string, V>, key: string, make: (key: string) => V): V {
  const known = map.get(key)
  if (known !== undefined) return known
  const made = make(key)
  map.set(key, made)
  return made
}

function byStart(a: { readonly startMs?: number }, b: { readonly startMs?: number }): number {
  return (a.startMs ?? Number.POSITIVE_INFINITY) - (b.startMs ?? Number.POSITIVE_INFINITY) || 0
}
