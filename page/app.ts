import type { PageData, TraceListItem } from '../src/cli/page-data.js'
import type { TraceData } from '../src/cli/trace-data.js'
import { showDetail } from './detail.js'
import { counted, duration, element, shown } from './dom.js'
import { createGrid, type TimeWindow } from './grid.js'
import { createHelp } from './help.js'
import { handleKeys } from './keys.js'
import { countShown, isParent, type Row, rowsOf, type SearchTexts, searchTexts } from './rows.js'
import { openSource } from './source.js'
import { createToolbar } from './toolbar.js'
import { createTraceList } from './trace-list.js'

/** Builds the page for what it was given, and shows the first trace, or the one that the address names. */
export async function startApp(data: PageData, root: HTMLElement): Promise<void> {
  const source = openSource(data)
  const panel = element('aside', { class: 'detail', 'aria-label': 'Details' })
  const summary = element('div', { class: 'summary' })
  const problems = element('details', { class: 'problems' })
  const help = createHelp()
  const collapsed = new Set<string>()
  let traces: readonly TraceListItem[] = []
  let trace: TraceData | undefined
  let texts: SearchTexts = { spans: [] }
  let rows: readonly Row[] = []
  let zoomed: TimeWindow | undefined

  const list = createTraceList((id) => void choose(id))
  const toolbar = createToolbar({
    changed: refresh,
    expand: () => fold(false),
    collapse: () => fold(true),
    help: () => help.showModal(),
  })
  const grid = createGrid((index) => trace && showDetail(panel, trace, rows[index]), toggle)
  const remarks = element('footer', {})
  const main = element('main', {}, summary, toolbar.node, problems, grid.node, remarks)
  root.replaceChildren(list.node, main, panel, help)

  function refresh(): void {
    if (trace === undefined) return
    rows = rowsOf(trace, { ...toolbar.view(), collapsed }, texts)
    grid.show(trace, rows, collapsed, zoomed ?? wholeOf(trace))
    toolbar.say(`${countShown(rows).toLocaleString('en')} of ${counted(trace.span_count, 'span')}`)
  }

  function toggle(row: Row): void {
    const id = trace?.spans[row.span]?.span_id
    if (id === undefined) return
    if (!collapsed.delete(id)) collapsed.add(id)
    refresh()
  }

  function fold(all: boolean): void {
    collapsed.clear()
    if (all && trace !== undefined) {
      for (const [at, span] of trace.spans.entries())
        if (isParent(trace.spans, at) || span.lines.length > 0) collapsed.add(span.span_id)
    }
    refresh()
  }

  async function choose(id: string): Promise<void> {
    const found = await source.trace(id)
    if (found === undefined) return
    const other = trace?.trace_id !== found.trace_id
    trace = found
    texts = searchTexts(found)
    if (other) {
      collapsed.clear()
      zoomed = undefined
      toolbar.offer(servicesOf(found))
      location.hash = found.trace_id
    }
    summary.replaceChildren(...summaryOf(found))
    showProblems(problems, found)
    list.show(traces, found.trace_id)
    refresh()
  }

  async function update(): Promise<void> {
    const state = await source.state()
    const before = traces.find(({ trace_id }) => trace_id === trace?.trace_id)
    traces = state.traces
    list.show(traces, trace?.trace_id)
    list.node.hidden = !data.live && traces.length < 2
    const wanted = trace?.trace_id ?? location.hash.slice(1)
    const now = traces.find(({ trace_id }) => trace_id === wanted) ?? traces[0]
    if (now === undefined) {
      summary.replaceChildren(element('p', {}, data.live ? waiting : 'There is no trace in it.'))
    } else if (trace === undefined || JSON.stringify(before) !== JSON.stringify(now)) {
      await choose(now.trace_id)
    }
    remarks.textContent = state.remarks.map(shown).join(' ')
    remarks.hidden = state.remarks.length === 0
  }

  handleKeys({
    grid,
    search: toolbar.search,
    help: () => help.showModal(),
    rows: () => rows,
    trace: () => trace,
    fold,
    toggle,
    isCollapsed: (id) => collapsed.has(id),
    toggleErrors: () => toolbar.toggleErrors(),
    zoom(span) {
      const start = span?.start_ms
      zoomed =
        start === undefined ? undefined : { from: start, to: start + (span?.duration_ms ?? 0) }
      refresh()
    },
    otherTrace(step) {
      const at = traces.findIndex(({ trace_id }) => trace_id === trace?.trace_id)
      const next = traces[at + step]
      if (next !== undefined) void choose(next.trace_id)
    },
    clearSearch() {
      toolbar.search.value = ''
      refresh()
    },
  })
  addEventListener('hashchange', () => {
    const id = location.hash.slice(1)
    if (id !== trace?.trace_id) void choose(id)
  })
  await update()
  source.follow(() => void update())
  grid.node.focus()
}

const waiting =
  'Waiting for lines with a trace id, or for spans at /v1/traces. This page shows them as they come.'

function servicesOf({ spans }: TraceData): readonly string[] {
  return [...new Set(spans.map(({ service }) => service ?? ''))].slice(0, 50)
}

function wholeOf({ start_ms: from = 0, duration_ms: took = 0 }: TraceData): TimeWindow {
  return { from, to: from + Math.max(took, 0.001) }
}

function summaryOf(trace: TraceData): Node[] {
  const { trace_id, span_count, error_count, duration_ms, start_ms, services } = trace
  const facts = [
    ...(start_ms === undefined ? [] : [new Date(start_ms).toISOString()]),
    duration(duration_ms),
    counted(span_count, 'span'),
    counted(services.length, 'service'),
  ]
  return [
    element('h1', {}, shown(trace.spans[0]?.name ?? '') || 'Trace'),
    element('code', {}, trace_id),
    element('span', {}, facts.join(' · ')),
    error_count === 0
      ? element('span', { class: 'good' }, 'no errors')
      : element('span', { class: 'bad' }, `${error_count.toLocaleString('en')} failed`),
  ]
}

/** Said above the tree: what is missing in it changes how it is to be read. */
function showProblems(details: HTMLDetailsElement, { problems }: TraceData): void {
  details.hidden = problems.length === 0
  const count = `${problems.length} ${problems.length === 1 ? 'thing is' : 'things are'} missing or contradictory in the lines of this trace`
  details.replaceChildren(
    element('summary', {}, count),
    element('ul', {}, ...problems.slice(0, 200).map(({ text }) => element('li', {}, shown(text)))),
  )
}
