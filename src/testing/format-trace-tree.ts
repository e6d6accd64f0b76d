import { colourOf } from '../formats/colour-of.js'
import { describeProblem } from './describe-problem.js'
import { cutToWidth as cut, displayWidth, padToWidth as pad } from './display-width.js'
import { printable, printableValue } from './printable.js'
import { coloured, levelColour, type Paint, plain } from './styled.js'
import { type TraceRow as Row, traceRows } from './trace-rows.js'
import type { TraceLine, TraceNode, TraceTree } from './trace-types.js'

export interface FormatTraceTreeOptions {
  /** Which log lines to show under their spans; `notable` is warn and above, and security events. @defaultValue 'notable' */
  readonly lines?: 'none' | 'notable' | 'all'
  /** How many of them to show for one span; the rest is counted. @defaultValue 5 */
  readonly linesPerSpan?: number
  /** Columns to fill. @defaultValue 110 */
  readonly width?: number
  /** Write colours: of services, levels and failures. @defaultValue false */
  readonly colorize?: boolean
}

/**
 * Writes a trace as text for people: who called whom, when, for how long, and what went wrong.
 *
 * Control characters, terminal escapes and text-direction marks in logged values are shown as escapes.
 *
 * @returns Lines joined by `\n`, without one at the end.
 */
export function formatTraceTree(tree: TraceTree, options: FormatTraceTreeOptions = {}): string {
  const settings: Settings = {
    lines: 'notable',
    linesPerSpan: 5,
    width: 110,
    colorize: false,
    ...options,
  }
  const paint = settings.colorize ? coloured : plain
  const rows = traceRows(tree.roots)
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
    headline(tree, paint),
    paint(
      'dim',
      `${pad('span', label)}  ${pad('service', service)}  ${'start ms'.padStart(9)}  ${'took ms'.padStart(9)}`,
    ),
    ...rows.flatMap((row) => [
      spanRow(row, tree, columns, paint),
      ...detailRows(row, settings, paint),
    ]),
    ...tree.lines.map((line) => lineRow(line, settings.width, paint)),
    ...tree.problems.map((problem) => paint('yellow', `! ${describeProblem(problem)}`)),
  ].join('\n')
}

type Settings = Required<FormatTraceTreeOptions>

interface Columns {
  readonly label: number
  readonly service: number
  readonly bar: number
}

const notable: ReadonlySet<string> = new Set(['warn', 'error', 'fatal'])

function headline(tree: TraceTree, paint: Paint): string {
  const { traceId, services, spanCount, errorCount, durationMs } = tree
  const names = services.map((name) => paint(colourOf(name), printable(name))).join(', ')
  const parts = [
    `${counted(services.length, 'service')} (${names})`,
    counted(spanCount, 'span'),
    errorCount === 0 ? 'no errors' : paint('red', `${errorCount} failed`),
    ...(durationMs === undefined ? [] : [`${durationMs.toFixed(1)} ms`]),
  ]
  return `trace ${paint('bold', traceId)}: ${parts.join(', ')}`
}

function spanRow({ node, branch }: Row, tree: TraceTree, columns: Columns, paint: Paint): string {
  const offsetMs =
    node.startMs === undefined || tree.startMs === undefined
      ? undefined
      : node.startMs - tree.startMs
  const failed = node.status === 'error'
  const label = pad(branch + nameOf(node), columns.label)
  const service = pad(printable(node.service ?? ''), columns.service)
  const drawn = bar(node, tree, columns.bar)
  const colour = colourOf(node.service ?? '')
  const row = [
    paint('dim', label.slice(0, branch.length)) +
      paint(failed ? ['bold', 'red'] : 'bold', label.slice(branch.length)),
    paint(colour, service),
    (offsetMs?.toFixed(1) ?? '?').padStart(9),
    (node.durationMs?.toFixed(1) ?? '?').padStart(9),
    ...(drawn === '' ? [] : [paint(failed ? 'red' : colour, drawn)]),
  ].join('  ')
  return row.trimEnd()
}

function bar(node: TraceNode, tree: TraceTree, width: number): string {
  const whole = tree.durationMs ?? 0
  if (node.startMs === undefined || tree.startMs === undefined || whole <= 0) return ''
  const from = Math.min(Math.floor(((node.startMs - tree.startMs) / whole) * width), width - 1)
  const to = Math.ceil(((node.startMs - tree.startMs + (node.durationMs ?? 0)) / whole) * width)
  const cells = Math.max(Math.min(to, width) - from, 1)
  return ' '.repeat(from) + (node.status === 'error' ? '▒' : '█').repeat(cells)
}

function detailRows({ node, stem }: Row, settings: Settings, paint: Paint): string[] {
  const shown = node.lines.filter(
    (line) => settings.lines === 'all' || (settings.lines === 'notable' && isNotable(line)),
  )
  const kept = shown.slice(0, settings.linesPerSpan)
  const rest = shown.length - kept.length
  const room = Math.max(settings.width - stem.length, 40)
  return [
    ...(node.status === 'error' ? [paint('red', cut(`✗ ${errorText(node)}`, room))] : []),
    ...kept.map((line) => lineRow(line, room, paint)),
    ...(rest > 0 ? [`… ${counted(rest, 'more line')}`] : []),
  ].map((text) => paint('dim', stem) + text)
}

function isNotable({ level = '', securityEvent }: TraceLine): boolean {
  return notable.has(level) || securityEvent !== undefined
}

/** A span whose error a span below has recorded tells only its type and message. */
function errorText({ error, attributes, statusMessage }: TraceNode): string {
  const type = error?.type ?? attributes['error.type']
  const message = error?.message ?? statusMessage
  const parts = [type, message].filter((part) => typeof part === 'string' && part !== '')
  return printable(parts.join(': ')) || 'failed'
}

function lineRow(line: TraceLine, room: number, paint: Paint): string {
  const { securityEvent } = line
  const level = printable(line.level ?? '-')
  const event = securityEvent === undefined ? '' : `  ⚑ ${printable(securityEvent)}`
  const fields = Object.entries(line.fields)
    .filter(([name]) => securityEvent === undefined || !name.startsWith('event.'))
    .map(([name, value]) => `${printable(name)}=${printableValue(value)}`)
  const error = line.error?.message === undefined ? [] : [`err=${printable(line.error.message)}`]
  const row = cut([level + event, printable(line.message), ...fields, ...error].join('  '), room)
  const marked = level.length + event.length
  return (
    paint(levelColour(line.level), row.slice(0, level.length)) +
    paint(['bold', 'magenta'], row.slice(level.length, marked)) +
    row.slice(marked)
  )
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
  const longest = texts.reduce((length, text) => Math.max(length, displayWidth(text)), least)
  return Math.max(Math.min(longest, most), least)
}
