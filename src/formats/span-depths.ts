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
 * concurrent work, and set right by the span's own record. Where no record of an end was seen at all, it is taken for a child
 * of the first one: the level may leave those records out, and every span would seem to go on.
 */
export function createSpanDepths(): SpanDepths {
  const traces = new Map<string, Trace>()
  let endsAreSeen = false

  const traceOf = (traceId: string): Trace => {
    const known = traces.get(traceId)
    if (known !== undefined && known.depths.size < mostSpans) return known
    const trace: Trace = { depths: new Map(), open: new Set() }
    traces.set(traceId, trace)
    if (traces.size > mostTraces) forgetFirst(traces)
    return trace
  }

  const guess = ({ depths, open }: Trace): number => {
    const last = [...open].at(-1)
    if (last === undefined) return 0
    return endsAreSeen ? (depths.get(last) ?? 0) + 1 : 1
  }

  return {
    depthOf({ traceId, spanId, kind, parentSpanId }) {
      const trace = traceOf(traceId)
      const { depths, open } = trace
      if (kind === 'end') {
        endsAreSeen = true
        open.delete(spanId)
      }
      const depth =
        kind === 'line' ? (depths.get(spanId) ?? guess(trace)) : below(trace, parentSpanId, guess)
      depths.set(spanId, depth)
      if (kind !== 'end') open.add(spanId)
      else if (open.size === 0 && parentSpanId === undefined) traces.delete(traceId)
      return depth
    },
  }
}

function below(
  trace: Trace,
  parentSpanId: string | undefined,
  guess: (trace: Trace) => number,
): number {
  if (parentSpanId === undefined) return 0
  const known = trace.depths.get(parentSpanId)
  if (known !== undefined) return known + 1
  const guessed = guess(trace)
  // Its own records and lines are still to come.
  trace.depths.set(parentSpanId, guessed)
  trace.open.add(parentSpanId)
  return guessed + 1
}

function forgetFirst(map: Map<string, unknown>): void {
  for (const key of map.keys()) {
    map.delete(key)
    return
  }
}
