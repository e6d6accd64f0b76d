import { isJsonObject, type JsonObject, type JsonValue } from './json-value.js'

/** A span's record in ECS: fields of the library's own, and what is left for the ordinary way. */
export interface EcsSpanFields {
  readonly own: readonly (readonly [path: string, value: JsonValue])[]
  readonly fields: readonly (readonly [key: string, value: JsonValue])[]
}

/** Where the parts of `span` go. ECS has no names for most of them: those stand under `seclog.span`. */
const spanPaths = new Map([
  ['name', 'seclog.span.name'],
  ['kind', 'seclog.span.kind'],
  ['parent_span_id', 'seclog.span.parent_id'],
  ['status', 'seclog.span.status'],
  ['status_message', 'seclog.span.status_message'],
  ['outcome', 'seclog.span.outcome'],
  ['attributes', 'seclog.span.attributes'],
  ['events', 'seclog.span.events'],
  ['links', 'seclog.span.links'],
  ['dropped', 'seclog.span.dropped'],
])

/** Splits the record that a span writes at its start or end; `undefined` for any other record. */
export function ecsSpanFields(record: JsonObject): EcsSpanFields | undefined {
  const { span } = record
  const kind = record['event.kind']
  if (!isJsonObject(span) || (kind !== 'span' && kind !== 'span_start')) return undefined
  const ended = kind === 'span'
  const own: [string, JsonValue][] = [
    ['event.kind', 'event'],
    ['event.action', ended ? 'span-end' : 'span-start'],
  ]
  if (span['start'] !== undefined) own.push(['event.start', span['start']])
  if (ended) {
    if (typeof span['duration_ms'] === 'number') {
      own.push(['event.duration', Math.round(span['duration_ms'] * 1e6)])
    }
    own.push(['event.outcome', outcome(span)])
  }
  for (const [key, path] of spanPaths) {
    const value = span[key]
    if (value !== undefined) own.push([path, asStrings(value)])
  }
  const fields = Object.entries(record).filter(([key]) => key !== 'event.kind' && key !== 'span')
  return { own, fields }
}

/** A span that ended by its work being done, without an error, is a success whether or not it said so. */
function outcome(span: JsonObject): string {
  if (span['status'] === 'error') return 'failure'
  return span['outcome'] === undefined ? 'success' : 'unknown'
}

/** Events and links are objects of any shape, which an index cannot hold side by side: each becomes its JSON. */
function asStrings(value: JsonValue): JsonValue {
  return Array.isArray(value)
    ? value.map((item: JsonValue) => (typeof item === 'string' ? item : JSON.stringify(item)))
    : value
}
