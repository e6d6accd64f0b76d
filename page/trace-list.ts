import type { TraceListItem } from '../src/cli/page-data.js'
import { counted, duration, element, shown } from './dom.js'

export interface TraceListView {
  readonly node: HTMLElement
  show(traces: readonly TraceListItem[], selected: string | undefined): void
}

/** The traces that there are, to choose one of. */
export function createTraceList(choose: (id: string) => void): TraceListView {
  const list = element('ul', { 'aria-label': 'Traces' })
  const node = element('nav', { class: 'traces' }, element('h2', {}, 'Traces'), list)
  list.addEventListener('click', (event) => {
    const id = (event.target as Element).closest('[data-id]')?.getAttribute('data-id')
    if (typeof id === 'string') choose(id)
  })
  return {
    node,
    show(traces, selected) {
      const focused = document.activeElement?.getAttribute('data-id')
      list.replaceChildren(...traces.map((trace) => element('li', {}, entry(trace, selected))))
      if (typeof focused !== 'string') return
      list.querySelector<HTMLElement>(`[data-id="${CSS.escape(focused)}"]`)?.focus()
    },
  }
}

function entry(trace: TraceListItem, selected: string | undefined): HTMLElement {
  const { trace_id: id, name, start_ms: start, duration_ms: took } = trace
  const facts = [
    start === undefined ? '?' : new Date(start).toISOString().slice(11, 23),
    duration(took),
    counted(trace.span_count, 'span'),
  ]
  return element(
    'button',
    {
      type: 'button',
      'data-id': id,
      'aria-current': id === selected ? 'true' : undefined,
      class: trace.error_count > 0 ? 'failed' : undefined,
    },
    element('span', { class: 'title' }, shown(name).slice(0, 120) || id.slice(0, 8)),
    element('span', { class: 'facts' }, facts.join(' · ')),
    trace.error_count > 0
      ? element('span', { class: 'errors' }, `${trace.error_count} failed`)
      : undefined,
  )
}
