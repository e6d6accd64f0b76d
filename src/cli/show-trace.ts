import { formatTraceTree } from '../testing/format-trace-tree.js'
import { printable } from '../testing/printable.js'
import { traceRows } from '../testing/trace-rows.js'
import { traceTree } from '../testing/trace-tree.js'
import type { TraceNode, TraceTree } from '../testing/trace-types.js'
import { CliError, exitCodes } from './cli-error.js'
import { createTraceCollector, type TraceCollector } from './collect-traces.js'
import type { Io } from './command.js'
import type { LineSource } from './line-source.js'
import { pruneTree } from './prune-tree.js'
import { readRecords, sayBroken } from './read-records.js'
import { safeJson } from './safe-json.js'
import { formatTable } from './table.js'
import { selfMs, traceData } from './trace-data.js'
import { timeOf, traceIdOf } from './trace-id.js'
import type { TraceOptions } from './trace-options.js'
import { writePage } from './write-page.js'

/** Shows one trace. @returns the status of the process. @throws CliError */
export async function showTrace(
  id: { readonly start: string },
  sources: readonly LineSource[],
  options: TraceOptions,
  io: Io,
): Promise<number> {
  const traces = createTraceCollector()
  const counts = await readRecords(
    sources,
    { needle: id.start, signal: io.signal },
    (record, line) => {
      const timeMs = timeOf(record)
      const traceId = traceIdOf(record)
      const wanted = traceId?.startsWith(id.start) === true && (timeMs ?? Infinity) >= options.since
      if (wanted && traceId !== undefined) traces.add(traceId, record, line.length)
      return timeMs
    },
  )
  const broken = sayBroken(counts)
  if (broken !== undefined) await io.err.write(`Of the lines with this id, ${broken}\n`)
  const tree = onlyTree(id.start, traces)
  if (tree === undefined) {
    const where = sources.map(({ name }) => name).join(', ')
    await io.err.write(
      `No line of trace ${id.start} is in ${where}. Without an id, seclog trace lists the traces that there are.\n`,
    )
    return exitCodes.found
  }
  const left = traces.left(tree.traceId)
  const cut = `The trace is larger than what is held in memory: ${left} lines of it are left out.`
  if (left > 0) await io.err.write(`${cut}\n`)
  const pruned = pruneTree(tree, wantedSpan(options))
  if (options.html !== undefined) {
    const remarks = left > 0 ? [cut] : []
    const names = sources.map(({ name }) => name)
    return writePage(options.html, { trees: [pruned], sources: names, remarks }, io)
  }
  await io.out.write(
    `${options.json ? safeJson(traceData(pruned)) : asText(tree, pruned, options, io)}\n`,
  )
  return exitCodes.ok
}

function onlyTree(start: string, traces: TraceCollector): TraceTree | undefined {
  const [first, ...others] = traces.traceIds
  if (first === undefined) return undefined
  if (others.length > 0) {
    const all = [first, ...others]
    const shown = all.slice(0, 10).join('\n  ')
    const more = all.length > 10 ? `\n  and ${all.length - 10} more` : ''
    throw new CliError(
      `${all.length} traces begin with ${start}; give more of the id:\n  ${shown}${more}`,
      exitCodes.found,
    )
  }
  return traceTree(traces.records(first))[0]
}

function wantedSpan({ services, errors }: TraceOptions): (node: TraceNode) => boolean {
  return (node) =>
    (!errors || node.status === 'error') &&
    (services.length === 0 || services.includes(node.service ?? ''))
}

function asText(whole: TraceTree, pruned: TraceTree, options: TraceOptions, io: Io): string {
  if (options.slowest) return slowestSpans(pruned, options.limit, io)
  const shown = traceRows(pruned.roots).length
  const text = formatTraceTree(pruned, {
    lines: options.lines,
    linesPerSpan: options.lines === 'all' ? 1_000 : 5,
    width: options.width ?? Math.max(io.out.columns ?? 110, 60),
    colorize: io.out.colours,
  })
  if (shown === whole.spanCount) return text
  return `${text}\n${shown} of ${whole.spanCount} spans are shown.`
}

/** The spans in which the time went: those above them only waited. */
function slowestSpans(tree: TraceTree, limit: number, io: Io): string {
  const nodes = traceRows(tree.roots)
    .map(({ node }) => ({ node, self: selfMs(node) ?? 0 }))
    .sort((a, b) => b.self - a.self)
    .slice(0, limit)
  const columns = [
    { title: 'own ms', align: 'right' },
    { title: 'took ms', align: 'right' },
    { title: 'service' },
    { title: 'span id' },
    { title: 'span' },
  ] as const
  const rows = nodes.map(({ node, self }) => [
    self.toFixed(1),
    node.durationMs?.toFixed(1) ?? '?',
    printable(node.service ?? ''),
    node.spanId,
    printable(node.name) || '(no record)',
  ])
  return formatTable(columns, rows, (cell, column, row) => {
    if (row < 0) return io.out.style('dim', cell)
    return column === 4 && nodes[row]?.node.status === 'error' ? io.out.style('red', cell) : cell
  })
}
