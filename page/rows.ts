import type { LineData, SpanData, TraceData } from '../src/cli/trace-data.js'

/** One row of the waterfall: a span, or a line written in the span above it. */
export interface Row {
  /** The same as long as the trace is the same. */
  readonly key: string
  readonly depth: number
  /** Place of its span among the spans of the trace; -1 for a line of no span. */
  readonly span: number
  readonly line?: LineData
  /** Whether spans are below it. */
  readonly parent: boolean
  /** Is here only because of what is below it. */
  readonly dimmed: boolean
}

/** What is to be seen. */
export interface View {
  readonly search: string
  /** Services whose spans are hidden. */
  readonly hidden: ReadonlySet<string>
  readonly errorsOnly: boolean
  /** Least rank of a line's level, of {@link levelRank}; above all ranks for none. */
  readonly leastLevel: number
  /** Spans whose inside is folded away, by id. */
  readonly collapsed: ReadonlySet<string>
}

export const levels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const

/** Above every level: no lines at all. */
export const noLines: number = levels.length + 1

/** A level of an application's own counts as `info`. */
export function levelRank(level: string | undefined): number {
  const rank = (levels as readonly (string | undefined)[]).indexOf(level)
  return rank === -1 ? 2 : rank
}

/** Text in which a search looks, of everything that a span or line says. */
export interface SearchTexts {
  readonly spans: readonly string[]
}

/** Makes the texts once for a trace: a search over 10,000 spans is as quick as typing then. */
export function searchTexts({ spans }: TraceData): SearchTexts {
  return { spans: spans.map(spanText) }
}

function spanText(span: SpanData): string {
  const { name, service, span_id, kind, status_message, outcome, error, attributes } = span
  const own = [name, service, span_id, kind, status_message, outcome, error?.type, error?.message]
  return `${own.join('\n')}\n${JSON.stringify(attributes)}`.toLowerCase()
}

function lineText(line: LineData): string {
  const own = [line.message, line.level, line.service, line.security_event, line.error?.message]
  return `${own.join('\n')}\n${JSON.stringify(line.fields)}`.toLowerCase()
}

/** The rows of a trace that a view shows, from top to bottom. */
export function rowsOf(trace: TraceData, view: View, texts: SearchTexts): readonly Row[] {
  const { spans } = trace
  const marks = markSpans(spans, view, texts)
  const rows: Row[] = []
  let foldedBelow = Number.POSITIVE_INFINITY
  for (const [at, span] of spans.entries()) {
    const mark = marks[at]
    if (mark === undefined || mark === 'out') continue
    if (span.depth > foldedBelow) continue
    const folded = view.collapsed.has(span.span_id)
    foldedBelow = folded ? span.depth : Number.POSITIVE_INFINITY
    const parent = isParent(spans, at)
    const dimmed = mark === 'above'
    rows.push({ key: span.span_id, depth: span.depth, span: at, parent, dimmed })
    if (!folded && !dimmed) addLines(rows, span, at, view)
  }
  addLooseLines(rows, trace.lines, view)
  return rows
}

/** How many spans a view shows by themselves. */
export function countShown(rows: readonly Row[]): number {
  return rows.filter(({ line, dimmed }) => line === undefined && !dimmed).length
}

export function isParent(spans: readonly SpanData[], at: number): boolean {
  return (spans[at + 1]?.depth ?? 0) > (spans[at]?.depth ?? 0)
}

type Mark = 'in' | 'above' | 'out'

/** From the bottom up, since a span is shown for the sake of one below it. */
function markSpans(spans: readonly SpanData[], view: View, texts: SearchTexts): readonly Mark[] {
  const marks: Mark[] = new Array(spans.length).fill('out')
  const search = view.search.trim().toLowerCase()
  /** Depth of the span shown last: the next one above that depth is its parent. */
  let below = Number.NEGATIVE_INFINITY
  for (let at = spans.length - 1; at >= 0; at -= 1) {
    const span = spans[at]
    if (span === undefined) continue
    if (isWanted(span, view, search, texts.spans[at] ?? '')) marks[at] = 'in'
    else if (span.depth < below) marks[at] = 'above'
    else continue
    below = span.depth
  }
  return marks
}

function isWanted(span: SpanData, view: View, search: string, text: string): boolean {
  if (view.hidden.has(span.service ?? '')) return false
  if (view.errorsOnly && span.status !== 'error' && !span.lines.some(isFailure)) return false
  return (
    search === '' ||
    text.includes(search) ||
    span.lines.some((line) => lineText(line).includes(search))
  )
}

function isFailure({ level }: LineData): boolean {
  return levelRank(level) >= 4
}

function addLines(rows: Row[], span: SpanData, at: number, view: View): void {
  for (const [number, line] of span.lines.entries()) {
    if (levelRank(line.level) < view.leastLevel) continue
    const key = `${span.span_id}:${number}`
    rows.push({ key, depth: span.depth + 1, span: at, line, parent: false, dimmed: false })
  }
}

function addLooseLines(rows: Row[], lines: readonly LineData[], view: View): void {
  const search = view.search.trim().toLowerCase()
  for (const [number, line] of lines.entries()) {
    if (levelRank(line.level) < view.leastLevel || view.hidden.has(line.service ?? '')) continue
    if (search !== '' && !lineText(line).includes(search)) continue
    rows.push({ key: `:${number}`, depth: 0, span: -1, line, parent: false, dimmed: false })
  }
}
