import type { TraceNode } from './trace-types.js'

/** A span as a line of a drawn tree. */
export interface TraceRow {
  readonly node: TraceNode
  readonly depth: number
  /** What stands before the span's name. */
  readonly branch: string
  /** What stands before the lines below it. */
  readonly stem: string
}

/** Branches of a deeper tree are not drawn further right. */
const deepest = 12

/** The spans of a tree from top to bottom, without recursion: a trace may be deeper than the stack. */
export function traceRows(roots: readonly TraceNode[]): TraceRow[] {
  const rows: TraceRow[] = []
  const open: { node: TraceNode; before: string; depth: number; last: boolean }[] = []
  const push = (nodes: readonly TraceNode[], before: string, depth: number): void => {
    for (const [index, node] of nodes.toReversed().entries())
      open.push({ node, before, depth, last: index === 0 })
  }
  push(roots, '', 0)
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { node, before, depth, last } = next
    const drawn = depth > 0 && depth <= deepest
    const branch = drawn ? before + (last ? '└─ ' : '├─ ') : before
    const below = drawn ? before + (last ? '   ' : '│  ') : before
    rows.push({ node, depth, branch, stem: below + (node.children.length > 0 ? '│  ' : '   ') })
    push(node.children, below, depth + 1)
  }
  return rows
}
