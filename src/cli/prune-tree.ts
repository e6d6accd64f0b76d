import { traceRows } from '../testing/trace-rows.js'
import type { TraceNode, TraceTree } from '../testing/trace-types.js'

/** The tree with only the spans that are wanted, and those above them; its counts stay those of the whole. */
export function pruneTree(tree: TraceTree, wanted: (node: TraceNode) => boolean): TraceTree {
  const kept = new Map<TraceNode, TraceNode>()
  // From the bottom up, without recursion: children come before their parents.
  for (const { node } of traceRows(tree.roots).toReversed()) {
    const children = node.children.flatMap((child) => kept.get(child) ?? [])
    if (children.length > 0 || wanted(node)) kept.set(node, { ...node, children })
  }
  return { ...tree, roots: tree.roots.flatMap((root) => kept.get(root) ?? []) }
}
