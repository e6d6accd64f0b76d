import { AssertionError } from 'node:assert'
import { describeProblem } from './describe-problem.js'
import { formatTraceTree } from './format-trace-tree.js'
import { isRecord } from './log-lines.js'
import { printable } from './printable.js'
import { readTraceRecord } from './trace-record.js'
import { traceTree } from './trace-tree.js'
import type { TraceProblem, TraceTree } from './trace-types.js'

export interface CorrelatedOptions {
  /** The trace that it must be: of an incoming request, say. */
  readonly traceId?: string
  /** Names of spans that must be in it. */
  readonly spans?: readonly string[]
  /** Services that must have written to it. */
  readonly services?: readonly string[]
  /** What may be missing or contradictory. @defaultValue nothing */
  readonly allow?: readonly TraceProblem['kind'][]
}

/**
 * Fails unless all records are of one trace, with valid ids, and make one whole tree: every line is of a span that is recorded,
 * every span has its parent. The failure says which line is not, and shows the tree.
 *
 * @param records - Parsed lines, as of a memory destination, of any number of services.
 * @returns The tree.
 * @throws AssertionError
 * @example
 * const { traceId } = expectCorrelated(destination.records, { spans: ['scan'] })
 */
export function expectCorrelated(
  records: Iterable<unknown>,
  options: CorrelatedOptions = {},
): TraceTree {
  const all = [...records]
  const faults = faultsOfLines(all)
  const trees = traceTree(all)
  const [tree] = trees
  if (all.length === 0) faults.push('there are no records')
  if (trees.length > 1)
    faults.push(
      `there are ${trees.length} traces: ${trees.map(({ traceId }) => traceId).join(', ')}`,
    )
  if (tree !== undefined) faults.push(...faultsOfTree(tree, options))
  if (tree !== undefined && faults.length === 0) return tree
  const shown = trees.slice(0, 3).map((one) => formatTraceTree(one, { lines: 'all' }))
  throw new AssertionError({
    message: [`not correlated:`, ...faults.map((fault) => `  ${fault}`), ...shown].join('\n'),
    stackStartFn: expectCorrelated,
  })
}

function faultsOfLines(records: readonly unknown[]): string[] {
  return records.flatMap((record, at) => {
    const read = isRecord(record) ? readTraceRecord(record) : undefined
    if (read?.line.spanId !== undefined) return []
    const what = isRecord(record) ? (record['msg'] ?? record['message']) : record
    const missing = read === undefined ? 'trace id' : 'span id'
    return [`record ${at + 1} has no valid ${missing}: ${printable(String(what)).slice(0, 100)}`]
  })
}

function faultsOfTree(tree: TraceTree, options: CorrelatedOptions): string[] {
  const { traceId, spans = [], services = [], allow = [] } = options
  const names = new Set(tree.roots.flatMap(namesBelow))
  return [
    ...(traceId === undefined || traceId === tree.traceId
      ? []
      : [`the trace is ${tree.traceId}, not ${traceId}`]),
    ...spans
      .filter((name) => !names.has(name))
      .map((name) => `there is no span ${JSON.stringify(name)}`),
    ...services
      .filter((name) => !tree.services.includes(name))
      .map((name) => `the service ${JSON.stringify(name)} wrote nothing to it`),
    ...tree.problems.filter(({ kind }) => !allow.includes(kind)).map(describeProblem),
  ]
}

function namesBelow(root: TraceTree['roots'][number]): string[] {
  const names: string[] = []
  const open = [root]
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    names.push(node.name)
    open.push(...node.children)
  }
  return names
}
