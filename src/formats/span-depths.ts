/** What a line says of the span that it was written in. */
export interface SpanSighting {
  readonly traceId: string
  readonly spanId: string
  /** `line` is any other than a span's own record. */
  readonly kind: 'start' | 'end' | 'line'
  readonly parentSpanId?: string | undefined
}

/** Tells how deep in its trace a span is, as lines come. */
export interface SpanDepths {
  /** 0 for a root. */
  depthOf(sighting: SpanSighting): number
}

/** Traces and spans of one that are kept in mind; the oldest are forgotten. */
const mostTraces = 1_000
const mostSpans = 1_000

interface Trace {
  readonly depths: Map<string, number>
  /** Spans that were seen and have not ended, the latest last. */
  readonly open: Set<string>
}

/**
 * A span's record names its parent, which tells its depth; a line does not. A span that was first seen by a line is taken for
 * a child of the last one that was seen and has not ended: right for work that is done one after the other, a guess for
 * concurrent work, and set right by the span's own record.
 */
export function createSpanDepths(): SpanDepths {
  const traces = new Map<string, Trace>()

  const traceOf = (traceId: string): Trace => {
    const known = traces.get(traceId)
    if (known !== undefined && known.depths.size < mostSpans) return known
    const trace: Trace = { depths: new Map(), open: new Set() }
    traces.set(traceId, trace)
    if (traces.size > mostTraces) forgetFirst(traces)
    return trace
  }

  return {
    depthOf({ traceId, spanId, kind, parentSpanId }) {
      const trace = traceOf(traceId)
      const { depths, open } = trace
      if (kind === 'end') open.delete(spanId)
      const depth =
        kind === 'line' ? (depths.get(spanId) ?? belowLast(trace)) : below(trace, parentSpanId)
      depths.set(spanId, depth)
      if (kind !== 'end') open.add(spanId)
      else if (open.size === 0 && parentSpanId === undefined) traces.delete(traceId)
      return depth
    },
  }
}

function below(trace: Trace, parentSpanId: string | undefined): number {
  if (parentSpanId === undefined) return 0
  const known = trace.depths.get(parentSpanId)
  if (known !== undefined) return known + 1
  const guessed = belowLast(trace)
  // Its own records and lines are still to come.
  trace.depths.set(parentSpanId, guessed)
  trace.open.add(parentSpanId)
  return guessed + 1
}

function belowLast({ depths, open }: Trace): number {
  const last = [...open].at(-1)
  return last === undefined ? 0 : (depths.get(last) ?? 0) + 1
}

function forgetFirst(map: Map<string, unknown>): void {
  for (const key of map.keys()) {
    map.delete(key)
    return
  }
}
