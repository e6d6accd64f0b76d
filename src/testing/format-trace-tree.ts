import { printable, printableValue } from './printable.js'
import type { TraceLine, TraceNode, TraceProblem, TraceTree } from './trace-types.js'

export interface FormatTraceTreeOptions {
  /** Which log lines to show under their spans; `notable` is warn and above. @defaultValue 'notable' */
  readonly lines?: 'none' | 'notable' | 'all'
  /** How many of them to show for one span; the rest is counted. @defaultValue 5 */
  readonly linesPerSpan?: number
  /** Columns to fill. @defaultValue 110 */
  readonly width?: number
}

/**
 * Writes a trace as text for people: who called whom, when, for how long, and what went wrong.
 *
 * Control characters, terminal escapes and text-direction marks in logged values are shown as escapes.
 *
 * @returns Lines joined by `\n`, without one at the end.
 */
export function formatTraceTree(tree: TraceTree, options: FormatTraceTreeOptions = {}): string {
  const settings: Settings = { lines: 'notable', linesPerSpan: 5, width: 110, ...options }
  const rows = rowsOf(tree.roots)
  const label = widest(
    rows.map((row) => row.branch + nameOf(row.node)),
    20,
    settings.width - 60,
  )
  const service = widest(tree.services.map(printable), 7, 20)
  const columns: Columns = {
    label,
    service,
    bar: Math.max(settings.width - label - service - 26, 8),
  }
  return [
    headline(tree),
    `${pad('span', label)}  ${pad('service', service)}  ${'start ms'.padStart(9)}  ${'took ms'.padStart(9)}`,
    ...rows.flatMap((row) => [spanRow(row, tree, columns), ...detailRows(row, settings)]),
    ...tree.lines.map((line) => lineRow(line, settings.width)),
    ...tree.problems.map((problem) => `! ${describe(problem)}`),
  ].join('\n')
}

type Settings = Required<FormatTraceTreeOptions>

interface Columns {
  readonly label: number
  readonly service: number
  readonly bar: number
}

interface Row {
  readonly node: TraceNode
  /** What stands before the span's name. */
  readonly branch: string
  /** What stands before the lines below it. */
  readonly stem: string
}

/** Branches of a deeper tree are not drawn further right. */
const deepest = 12

const notable: ReadonlySet<string> = new Set(['warn', 'error', 'fatal'])

function rowsOf(roots: readonly TraceNode[]): Row[] {
  const rows: Row[] = []
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
    rows.push({ node, branch, stem: below + (node.children.length > 0 ? '│  ' : '   ') })
    push(node.children, below, depth + 1)
  }
  return rows
}

function headline({ traceId, services, spanCount, errorCount, durationMs }: TraceTree): string {
  const parts = [
    `${counted(services.length, 'service')} (${services.map(printable).join(', ')})`,
    counted(spanCount, 'span'),
    errorCount === 0 ? 'no errors' : `${errorCount} failed`,
    ...(durationMs === undefined ? [] : [`${durationMs.toFixed(1)} ms`]),
  ]
  return `trace ${traceId}: ${parts.join(', ')}`
}

function spanRow({ node, branch }: Row, tree: TraceTree, columns: Columns): string {
  const offsetMs =
    node.startMs === undefined || tree.startMs === undefined
      ? undefined
      : node.startMs - tree.startMs
  return [
    pad(branch + nameOf(node), columns.label),
    pad(printable(node.service ?? ''), columns.service),
    (offsetMs?.toFixed(1) ?? '?').padStart(9),
    (node.durationMs?.toFixed(1) ?? '?').padStart(9),
    bar(node, tree, columns.bar),
  ]
    .join('  ')
    .trimEnd()
}

function bar(node: TraceNode, tree: TraceTree, width: number): string {
  const whole = tree.durationMs ?? 0
  if (node.startMs === undefined || tree.startMs === undefined || whole <= 0) return ''
  const from = Math.min(Math.floor(((node.startMs - tree.startMs) / whole) * width), width - 1)
  const to = Math.ceil(((node.startMs - tree.startMs + (node.durationMs ?? 0)) / whole) * width)
  const cells = Math.max(Math.min(to, width) - from, 1)
  return ' '.repeat(from) + (node.status === 'error' ? '▒' : '█').repeat(cells)
}

function detailRows({ node, stem }: Row, settings: Settings): string[] {
  const shown = node.lines.filter(
    (line) =>
      settings.lines === 'all' || (settings.lines === 'notable' && notable.has(line.level ?? '')),
  )
  const kept = shown.slice(0, settings.linesPerSpan)
  const rest = shown.length - kept.length
  const room = Math.max(settings.width - stem.length, 40)
  return [
    ...(node.status === 'error' ? [cut(`✗ ${errorText(node)}`, room)] : []),
    ...kept.map((line) => lineRow(line, room)),
    ...(rest > 0 ? [`… ${counted(rest, 'more line')}`] : []),
  ].map((text) => stem + text)
}

/** A span whose error a span below has recorded tells only its type and message. */
function errorText({ error, attributes, statusMessage }: TraceNode): string {
  const type = error?.type ?? attributes['error.type']
  const message = error?.message ?? statusMessage
  const parts = [type, message].filter((part) => typeof part === 'string' && part !== '')
  return printable(parts.join(': ')) || 'failed'
}

function lineRow(line: TraceLine, room: number): string {
  const fields = Object.entries(line.fields).map(
    ([name, value]) => `${printable(name)}=${printableValue(value)}`,
  )
  const error = line.error?.message === undefined ? [] : [`err=${printable(line.error.message)}`]
  const level = printable(line.level ?? '-')
  return cut([level, printable(line.message), ...fields, ...error].join('  '), room)
}

function describe(problem: TraceProblem): string {
  switch (problem.kind) {
    case 'orphan':
      return `span ${problem.spanId}: its parent ${problem.parentSpanId} was never seen`
    case 'unended':
      return `span ${problem.spanId}: started, never ended`
    case 'unrecorded':
      return `span ${problem.spanId}: only lines written in it were seen, no record of the span`
    case 'repeated':
      return `span ${problem.spanId}: ended ${problem.times} times, the first is shown`
    case 'cycle':
      return `span ${problem.spanId}: is its own ancestor, shown as a root`
    case 'skew':
      return `span ${problem.spanId}: began ${problem.byMs.toFixed(1)} ms before its parent, by another service's clock`
  }
}

function nameOf({ name, seen, outcome }: TraceNode): string {
  if (seen === 'lines') return '(no record)'
  const remark = seen === 'start' ? 'never ended' : outcome?.replaceAll('_', ' ')
  return printable(remark === undefined ? name : `${name} (${remark})`)
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}

function widest(texts: readonly string[], least: number, most: number): number {
  const longest = texts.reduce((length, text) => Math.max(length, text.length), least)
  return Math.max(Math.min(longest, most), least)
}

function pad(text: string, width: number): string {
  return cut(text, width).padEnd(width)
}

function cut(text: string, width: number): string {
  return text.length > width ? `${text.slice(0, width - 1)}…` : text
}
