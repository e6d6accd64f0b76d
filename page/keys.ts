import type { SpanData, TraceData } from '../src/cli/trace-data.js'
import type { Grid } from './grid.js'
import type { Row } from './rows.js'

/** What the keys act upon. */
export interface KeyTargets {
  readonly grid: Grid
  readonly search: HTMLInputElement
  rows(): readonly Row[]
  trace(): TraceData | undefined
  isCollapsed(spanId: string): boolean
  toggle(row: Row): void
  fold(all: boolean): void
  toggleErrors(): void
  zoom(span: SpanData | undefined): void
  otherTrace(step: number): void
  clearSearch(): void
  help(): void
}

/** Listens to the keys of the page; what is typed into a field stays there. */
export function handleKeys(targets: KeyTargets): void {
  const { grid, search } = targets
  search.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' && event.key !== 'Enter') return
    if (event.key === 'Escape') targets.clearSearch()
    grid.node.focus()
    event.preventDefault()
  })
  addEventListener('keydown', (event) => {
    const target = event.target as Element
    if (event.ctrlKey || event.metaKey || event.altKey) return
    if (target.closest('input, select, dialog') !== null) return
    if (target.closest('button, summary') !== null && /^(?:Enter| )$/.test(event.key)) return
    const act = actionOf(event, targets)
    if (act === undefined) return
    event.preventDefault()
    act()
  })
}

function actionOf(event: KeyboardEvent, targets: KeyTargets): (() => void) | undefined {
  const { grid } = targets
  const go = (to: number) => () => grid.select(to)
  const { selected, page } = grid
  const keys: Readonly<Record<string, () => void>> = {
    ArrowUp: go(selected - 1),
    k: go(selected - 1),
    ArrowDown: go(selected + 1),
    j: go(selected + 1),
    PageUp: go(selected - page),
    PageDown: go(selected + page),
    Home: go(0),
    End: go(targets.rows().length - 1),
    ArrowLeft: () => (event.shiftKey ? targets.fold(true) : outwards(targets)),
    ArrowRight: () => (event.shiftKey ? targets.fold(false) : inwards(targets)),
    Enter: () => toggleSelected(targets),
    ' ': () => toggleSelected(targets),
    n: () => find(targets, 1),
    N: () => find(targets, -1),
    '/': () => targets.search.select(),
    e: targets.toggleErrors,
    z: () => targets.zoom(selectedSpan(targets)),
    Z: () => targets.zoom(undefined),
    Escape: () => targets.zoom(undefined),
    '[': () => targets.otherTrace(-1),
    ']': () => targets.otherTrace(1),
    '?': targets.help,
  }
  return Object.hasOwn(keys, event.key) ? keys[event.key] : undefined
}

function selectedSpan({ grid, rows, trace }: KeyTargets): SpanData | undefined {
  const row = rows()[grid.selected]
  return row === undefined ? undefined : trace()?.spans[row.span]
}

function toggleSelected(targets: KeyTargets): void {
  const row = targets.rows()[targets.grid.selected]
  if (row !== undefined && row.line === undefined) targets.toggle(row)
}

/** Collapses, or goes to the span above. */
function outwards(targets: KeyTargets): void {
  const { grid } = targets
  const rows = targets.rows()
  const row = rows[grid.selected]
  const span = selectedSpan(targets)
  if (row === undefined) return
  const foldable = span !== undefined && (row.parent || span.lines.length > 0)
  if (row.line === undefined && foldable && !targets.isCollapsed(span.span_id)) {
    targets.toggle(row)
    return
  }
  for (let at = grid.selected - 1; at >= 0; at -= 1) {
    const other = rows[at]
    if (other === undefined || other.line !== undefined || other.depth >= row.depth) continue
    grid.select(at)
    return
  }
}

/** Expands, or goes to the first row inside. */
function inwards(targets: KeyTargets): void {
  const row = targets.rows()[targets.grid.selected]
  const span = selectedSpan(targets)
  if (row === undefined || row.line !== undefined || span === undefined) return
  if (targets.isCollapsed(span.span_id)) targets.toggle(row)
  else targets.grid.select(targets.grid.selected + 1)
}

/** The next row that is found by the search, or without one, the next that failed. */
function find(targets: KeyTargets, step: 1 | -1): void {
  const rows = targets.rows()
  const spans = targets.trace()?.spans ?? []
  const searching = targets.search.value.trim() !== ''
  for (let at = targets.grid.selected + step; at >= 0 && at < rows.length; at += step) {
    const row = rows[at]
    if (row === undefined || row.line !== undefined) continue
    if (searching ? row.dimmed : spans[row.span]?.status !== 'error') continue
    targets.grid.select(at)
    return
  }
}
