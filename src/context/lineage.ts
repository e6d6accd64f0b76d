import type { ContextSpan, Lineage } from './types.js'

/** Beyond it a lineage begins anew: work that for ever begins more work under itself must not remember all of it. */
const deepest = 32

/** The lineage of what is begun under a span that has a logger of its own, which itself has `outer`. */
export function createLineage(outer: Lineage | undefined): Lineage {
  if (outer === undefined || outer.depth >= deepest) return { outer: undefined, depth: 1 }
  return { outer, depth: outer.depth + 1 }
}

/** Whether a span is `bound`, a span with a logger of its own, or was begun under it. */
export function isUnder(span: ContextSpan | undefined, bound: ContextSpan): boolean {
  const wanted = bound.lineage
  let at = wanted === undefined ? undefined : span?.lineage
  while (at !== undefined && at !== wanted) at = at.outer
  return at !== undefined
}
