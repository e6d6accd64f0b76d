import type { LineData, SpanData, TraceData } from '../src/cli/trace-data.js'
import { duration, element, hueOf, shown, textElement } from './dom.js'
import type { Row } from './rows.js'

/** Height of a row in pixels, as the style sheet has it. */
const rowHeight = 24
/** Rows made above and below those that are in sight. */
const overscan = 12

/** The part of a trace that the bars show; milliseconds since the epoch. */
export interface TimeWindow {
  readonly from: number
  readonly to: number
}

export interface Grid {
  readonly node: HTMLElement
  /** Shows these rows of a trace, and keeps the selection where it still is. */
  show(
    trace: TraceData,
    rows: readonly Row[],
    collapsed: ReadonlySet<string>,
    window: TimeWindow,
  ): void
  select(index: number): void
  readonly selected: number
  /** Rows that are in sight at the same time. */
  readonly page: number
}

/** The waterfall: only rows in sight are elements, however many there are. */
export function createGrid(onSelect: (index: number) => void, onToggle: (row: Row) => void): Grid {
  const canvas = element('div', { class: 'canvas', role: 'presentation' })
  const ticks = element('div', { class: 'ticks' })
  const head = element(
    'div',
    { class: 'head', role: 'row' },
    element('div', { role: 'columnheader', class: 'name' }, 'span'),
    element('div', { role: 'columnheader', class: 'service' }, 'service'),
    element('div', { role: 'columnheader', class: 'number' }, 'start'),
    element('div', { role: 'columnheader', class: 'number' }, 'took'),
    element('div', { role: 'columnheader', class: 'track' }, ticks),
  )
  const node = element(
    'div',
    { class: 'grid', role: 'treegrid', tabindex: 0, 'aria-label': 'Spans of the trace' },
    head,
    canvas,
  )
  let trace: TraceData | undefined
  let rows: readonly Row[] = []
  let collapsed: ReadonlySet<string> = new Set()
  let shownWindow: TimeWindow = { from: 0, to: 1 }
  let selected = 0

  function draw(): void {
    const first = Math.max(Math.floor(node.scrollTop / rowHeight) - overscan, 0)
    const last = Math.min(first + pageSize() + overscan * 2, rows.length)
    const made: HTMLElement[] = []
    for (let index = first; index < last; index += 1) {
      const row = rows[index]
      if (row !== undefined && trace !== undefined) made.push(rowElement(trace, row, index))
    }
    canvas.replaceChildren(...made)
    node.setAttribute('aria-activedescendant', rows.length > 0 ? `row-${selected}` : '')
  }

  function rowElement(of: TraceData, row: Row, index: number): HTMLElement {
    const span = of.spans[row.span]
    const open = row.parent && span !== undefined ? !collapsed.has(span.span_id) : undefined
    const made = element('div', {
      class: `row${row.line === undefined ? '' : ' line'}${row.dimmed ? ' dimmed' : ''}${span?.status === 'error' && row.line === undefined ? ' failed' : ''}`,
      role: 'row',
      id: `row-${index}`,
      'aria-rowindex': index + 2,
      'aria-level': row.depth + 1,
      'aria-selected': index === selected ? 'true' : 'false',
      'aria-expanded': open === undefined ? undefined : String(open),
      'data-index': index,
    })
    made.style.top = `${index * rowHeight}px`
    if (row.line !== undefined) made.append(...lineCells(row, row.line, of, shownWindow))
    else if (span !== undefined) made.append(...spanCells(row, span, of, open, shownWindow))
    return made
  }

  function pageSize(): number {
    return Math.max(Math.ceil((node.clientHeight - rowHeight) / rowHeight), 1)
  }

  function select(index: number): void {
    selected = Math.min(Math.max(index, 0), Math.max(rows.length - 1, 0))
    const top = selected * rowHeight
    const height = node.clientHeight - rowHeight * 2
    if (top < node.scrollTop) node.scrollTop = top
    else if (top > node.scrollTop + height) node.scrollTop = top - height
    draw()
    onSelect(selected)
  }

  node.addEventListener('scroll', draw, { passive: true })
  new ResizeObserver(draw).observe(node)
  canvas.addEventListener('click', (event) => {
    const target = event.target as Element
    const index = Number(target.closest('[data-index]')?.getAttribute('data-index'))
    const row = rows[index]
    if (row === undefined) return
    if (target.closest('.toggle') !== null) onToggle(row)
    else select(index)
    node.focus()
  })

  return {
    node,
    get selected() {
      return selected
    },
    get page() {
      return pageSize()
    },
    select,
    show(next, nextRows, nextCollapsed, window) {
      const key = trace?.trace_id === next.trace_id ? rows[selected]?.key : undefined
      trace = next
      rows = nextRows
      collapsed = nextCollapsed
      shownWindow = window
      const again = key === undefined ? -1 : rows.findIndex((row) => row.key === key)
      selected = again === -1 ? Math.min(selected, Math.max(rows.length - 1, 0)) : again
      if (key === undefined) selected = 0
      canvas.style.height = `${rows.length * rowHeight}px`
      node.setAttribute('aria-rowcount', String(rows.length + 1))
      drawTicks(ticks, next, window)
      draw()
      onSelect(selected)
    },
  }
}

/** Guides are drawn for so many levels; deeper spans stand where these end. */
const deepest = 24

function nameCell(row: Row, ...children: readonly (Node | string | undefined)[]): HTMLElement {
  const cell = element('div', { class: 'name', role: 'gridcell' }, ...children)
  cell.style.paddingLeft = `${Math.min(row.depth, deepest) * 14 + 4}px`
  return cell
}

function spanCells(
  row: Row,
  span: SpanData,
  trace: TraceData,
  open: boolean | undefined,
  window: TimeWindow,
): HTMLElement[] {
  const toggle = element(
    'span',
    { class: open === undefined ? 'toggle none' : 'toggle', 'aria-hidden': 'true' },
    open === undefined ? '' : open ? '▾' : '▸',
  )
  const name = span.name === '' ? '(no record)' : span.name
  const remark = span.seen === 'start' ? ' (never ended)' : ''
  const offset =
    span.start_ms === undefined || trace.start_ms === undefined
      ? '?'
      : duration(span.start_ms - trace.start_ms)
  return [
    nameCell(row, toggle, textElement('span', 'text', name + remark)),
    serviceCell(span.service ?? ''),
    element('div', { class: 'number', role: 'gridcell' }, offset),
    element('div', { class: 'number', role: 'gridcell' }, duration(span.duration_ms)),
    element('div', { class: 'track', role: 'gridcell' }, bar(span, window)),
  ]
}

function lineCells(row: Row, line: LineData, trace: TraceData, window: TimeWindow): HTMLElement[] {
  const level = line.level ?? '-'
  const event = line.security_event
  const fields = Object.entries(line.fields)
    .filter(([name]) => event === undefined || !name.startsWith('event.'))
    .slice(0, 20)
    .map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
  const offset =
    line.time_ms === undefined || trace.start_ms === undefined
      ? '?'
      : duration(line.time_ms - trace.start_ms)
  const known = /^(?:trace|debug|info|warn|error|fatal)$/.test(level) ? level : 'other'
  return [
    nameCell(
      row,
      element('span', { class: `level ${known}` }, shown(level).slice(0, 12)),
      event === undefined ? undefined : textElement('span', 'event', `⚑ ${event}`),
      textElement('span', 'text', [line.message, ...fields].join('  ')),
    ),
    element('div', { class: 'number', role: 'gridcell' }, offset),
    element('div', { class: 'number', role: 'gridcell' }),
    element('div', { class: 'track', role: 'gridcell' }, dot(line, known, window)),
  ]
}

function serviceCell(service: string): HTMLElement {
  const cell = element(
    'div',
    { class: 'service', role: 'gridcell' },
    textElement('span', 'text', service),
  )
  cell.style.setProperty('--hue', String(hueOf(service)))
  return cell
}

function bar(span: SpanData, { from, to }: TimeWindow): HTMLElement | undefined {
  if (span.start_ms === undefined) return undefined
  const start = share(span.start_ms, from, to)
  const end = share(span.start_ms + (span.duration_ms ?? 0), from, to)
  if (end < 0 || start > 1) return undefined
  const left = Math.max(start, 0)
  const made = element('div', { class: 'bar' })
  made.style.left = `${left * 100}%`
  made.style.width = `${Math.max(Math.min(end, 1) - left, 0) * 100}%`
  made.style.setProperty('--hue', String(hueOf(span.service ?? '')))
  return made
}

function dot(line: LineData, level: string, { from, to }: TimeWindow): HTMLElement | undefined {
  if (line.time_ms === undefined) return undefined
  const at = share(line.time_ms, from, to)
  if (at < 0 || at > 1) return undefined
  const made = element('div', { class: `dot ${level}` })
  made.style.left = `${at * 100}%`
  return made
}

function share(time: number, from: number, to: number): number {
  return to > from ? (time - from) / (to - from) : 0
}

function drawTicks(ticks: HTMLElement, trace: TraceData, { from, to }: TimeWindow): void {
  const start = trace.start_ms ?? from
  ticks.replaceChildren(
    ...[0, 0.25, 0.5, 0.75].map((at) => {
      const tick = element('span', {}, duration(from + (to - from) * at - start))
      tick.style.left = `${at * 100}%`
      return tick
    }),
  )
}
