/** What one line says, where it differs from an ordinary ended span. */
export interface SpanLine {
  readonly span: string
  readonly parent?: string
  readonly trace?: string
  readonly service?: string
  readonly start?: number
  readonly took?: number
  readonly kind?: 'span' | 'span_start'
  readonly error?: string
}

export const traceId: string = '4bf92f3577b34da6a3ce929d0e0e4736'

/** Turns `a` into the id `000000000000000a`. */
export function id(short: string): string {
  return short.padStart(16, '0')
}

/** The end (or start) record of the span called `span a`, as a logger writes it. */
export function spanLine(line: SpanLine): Record<string, unknown> {
  const { span, parent, start = 0, took = 10, kind = 'span', error } = line
  return {
    level: error === undefined ? 'info' : 'error',
    time: new Date(start + (kind === 'span' ? took : 0)).toISOString(),
    service: line.service ?? 'api',
    trace_id: line.trace ?? traceId,
    span_id: id(span),
    trace_flags: '01',
    'event.kind': kind,
    span: {
      name: `span ${span}`,
      kind: 'internal',
      start: new Date(start).toISOString(),
      ...(parent === undefined ? {} : { parent_span_id: id(parent) }),
      ...(kind === 'span' ? { duration_ms: took, status: error ? 'error' : 'unset' } : {}),
    },
    ...(error === undefined ? {} : { err: { type: 'TypeError', message: error, stack: '' } }),
    msg: `span ${span}`,
  }
}

/** An ordinary line written inside a span. */
export function plainLine(span: string, fields: object = {}): Record<string, unknown> {
  return {
    level: 'info',
    time: new Date(5).toISOString(),
    service: 'api',
    trace_id: traceId,
    span_id: id(span),
    trace_flags: '01',
    ...fields,
  }
}
