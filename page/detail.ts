import type { LineData, TraceData } from '../src/cli/trace-data.js'
import type { TraceError } from '../src/testing/trace-types.js'
import { duration, element, shown } from './dom.js'
import type { Row } from './rows.js'

/** Characters of one value that are shown; the file has the rest. */
const longest = 20_000

/** All that is known of the span or line that is selected. */
export function showDetail(panel: HTMLElement, trace: TraceData, row: Row | undefined): void {
  const span = row === undefined ? undefined : trace.spans[row.span]
  if (row?.line !== undefined) panel.replaceChildren(...lineDetail(row.line, span?.name))
  else if (span === undefined) panel.replaceChildren(element('p', {}, 'Nothing is selected.'))
  else {
    const offset = (at: number | undefined): string | undefined =>
      at === undefined || trace.start_ms === undefined ? undefined : duration(at - trace.start_ms)
    panel.replaceChildren(
      element('h2', {}, shown(span.name) || '(no record)'),
      table([
        ['span', span.span_id],
        ['parent', span.parent_span_id],
        ['trace', trace.trace_id],
        ['service', span.service],
        ['kind', span.kind],
        ['began', time(span.start_ms)],
        ['offset', offset(span.start_ms)],
        ['took', span.duration_ms === undefined ? undefined : duration(span.duration_ms)],
        ['of its own', span.self_ms === undefined ? undefined : duration(span.self_ms)],
        ['status', [span.status, span.status_message].filter(Boolean).join(': ')],
        ['outcome', span.outcome],
      ]),
      ...section('Problems', problemsOf(trace, span.span_id)),
      ...section('Error', errorOf(span.error)),
      ...section('Attributes', values(span.attributes)),
      ...section('Events', eventsOf(span.events)),
    )
  }
  panel.scrollTop = 0
}

function lineDetail(line: LineData, span: string | undefined): Node[] {
  return [
    element('h2', {}, shown(line.message) || '(no message)'),
    table([
      ['level', line.level],
      ['time', time(line.time_ms)],
      ['service', line.service],
      ['span', span],
      ['security event', line.security_event],
    ]),
    ...section('Error', errorOf(line.error)),
    ...section('Fields', values(line.fields)),
  ]
}

function section(title: string, content: Node | undefined): Node[] {
  return content === undefined ? [] : [element('h3', {}, title), content]
}

function problemsOf(trace: TraceData, spanId: string): Node | undefined {
  const own = trace.problems.filter(({ span_id }) => span_id === spanId)
  if (own.length === 0) return undefined
  return element(
    'ul',
    { class: 'problems' },
    ...own.map(({ text }) => element('li', {}, shown(text))),
  )
}

function errorOf(error: TraceError | undefined): Node | undefined {
  if (error === undefined) return undefined
  const head = [error.type, error.message].filter(Boolean).join(': ')
  const text = error.stack?.includes(head) === true ? error.stack : `${head}\n${error.stack ?? ''}`
  return block(text.trim())
}

/** An event is an object, or in ECS the JSON of one. */
function eventsOf(events: readonly unknown[] | undefined): Node | undefined {
  if (events === undefined || events.length === 0) return undefined
  const texts = events.map((event) =>
    typeof event === 'string' ? event : JSON.stringify(event, undefined, 2),
  )
  return element('div', {}, ...texts.slice(0, 100).map(block))
}

function values(fields: Readonly<Record<string, unknown>>): Node | undefined {
  const entries = Object.entries(fields)
  if (entries.length === 0) return undefined
  return table(
    entries.map(([name, value]) => [
      name,
      typeof value === 'string' ? value : JSON.stringify(value, undefined, 2),
    ]),
  )
}

function table(rows: readonly (readonly [string, string | undefined])[]): HTMLElement {
  const made = element('table', {})
  for (const [name, value] of rows) {
    if (value === undefined || value === '') continue
    made.append(
      element(
        'tr',
        {},
        element('th', { scope: 'row' }, shown(name)),
        element('td', {}, block(value)),
      ),
    )
  }
  return made
}

function block(text: string): HTMLElement {
  const cut =
    text.length > longest ? `${text.slice(0, longest)}… (${text.length} characters)` : text
  // Line ends stay; each line by itself is made harmless.
  return element('pre', {}, cut.split('\n').map(shown).join('\n'))
}

function time(at: number | undefined): string | undefined {
  return at === undefined || Math.abs(at) > 8.64e15 ? undefined : new Date(at).toISOString()
}
