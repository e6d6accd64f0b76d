import { colourOf } from './colour-of.js'
import { isJsonObject, type JsonObject, type JsonValue } from './json-value.js'
import { securityEventOf } from './line-kinds.js'
import { errorLines, isErrorRecord, otherErrorFields, type Painter } from './pretty-error.js'
import type { SpanDepths } from './span-depths.js'

/** A record as people read it: a headline, fields that pino-pretty shows below it, and errors. */
export interface PrettyRecord {
  readonly fields: JsonObject
  headline(paint: Painter): string
  errors(paint: Painter): readonly string[]
}

interface Names {
  readonly messageKey: string
  readonly errorKeys: ReadonlySet<string>
}

/** Said in the headline, or by the indentation. */
const inHeadline: ReadonlySet<string> = new Set([
  'service',
  'service_version',
  'service_environment',
  'trace_id',
  'span_id',
  'trace_flags',
])

const eventPrefix = 'event.'
/** What of `event.*` a person wants to see; the rest says where the event stands in ECS. */
const eventsShown: ReadonlySet<string> = new Set([
  'event.outcome',
  'event.reason',
  'event.risk_score',
])

/** Deeper spans are not drawn further right. */
const deepest = 12

/** Splits a parsed line, of which nothing can drive a terminal any more, for people. */
export function prettyRecord(record: JsonObject, depths: SpanDepths, names: Names): PrettyRecord {
  const { messageKey, errorKeys } = names
  const kind = spanKindOf(record)
  const span = kind === 'line' ? undefined : (record['span'] as JsonObject)
  const event = securityEventOf(record)
  const errors: JsonObject[] = []
  const fields: Record<string, JsonValue> = {}
  for (const [name, value] of Object.entries(record)) {
    if (inHeadline.has(name) && typeof value === 'string') continue
    if (span !== undefined && (name === 'span' || name === 'event.kind')) continue
    if (event !== undefined && name.startsWith(eventPrefix) && !eventsShown.has(name)) continue
    if (errorKeys.has(name) && isErrorRecord(value)) {
      errors.push(value)
      const others = otherErrorFields(value)
      if (others !== undefined) fields[name] = others
    } else fields[name] = value
  }
  if (span !== undefined) addSpanFields(fields, span, record)
  return {
    fields,
    headline: (paint) => {
      const message = record[messageKey]
      const said = typeof message === 'object' || message === undefined ? '' : String(message)
      return [
        serviceOf(record, paint),
        traceOf(record, paint),
        indentation(record, kind, span, depths),
        span === undefined ? eventText(event, said, paint) : spanText(span, kind, paint),
      ]
        .filter((part) => part !== '')
        .join(' ')
    },
    errors: (paint) => errors.flatMap((error) => errorLines(error, paint)),
  }
}

function spanKindOf(record: JsonObject): 'start' | 'end' | 'line' {
  if (!isJsonObject(record['span']) || typeof record['span']['name'] !== 'string') return 'line'
  if (record['event.kind'] === 'span') return 'end'
  return record['event.kind'] === 'span_start' ? 'start' : 'line'
}

function serviceOf({ service }: JsonObject, paint: Painter): string {
  return typeof service === 'string' ? paint(colourOf(service), service) : ''
}

function traceOf({ trace_id: traceId }: JsonObject, paint: Painter): string {
  return typeof traceId === 'string' ? paint(colourOf(traceId), traceId.slice(0, 8)) : ''
}

function indentation(
  { trace_id: traceId, span_id: spanId }: JsonObject,
  kind: 'start' | 'end' | 'line',
  span: JsonObject | undefined,
  depths: SpanDepths,
): string {
  if (typeof traceId !== 'string' || typeof spanId !== 'string') return ''
  const parent = span?.['parent_span_id']
  const parentSpanId = typeof parent === 'string' ? parent : undefined
  const depth = depths.depthOf({ traceId, spanId, kind, parentSpanId })
  // Lines stand inside of their span, its own records at its edge.
  const bars = Math.min(depth, deepest) + (kind === 'line' ? 1 : 0)
  return Array.from({ length: bars }, () => '│').join(' ')
}

function eventText(event: string | undefined, said: string, paint: Painter): string {
  if (event === undefined) return said
  return `${paint('magentaBright', `⚑ ${event}`)}${said === '' ? '' : ` ${said}`}`
}

function spanText(span: JsonObject, kind: 'start' | 'end' | 'line', paint: Painter): string {
  const name = String(span['name'])
  if (kind === 'start') return `▶ ${name}`
  const { duration_ms: durationMs, status, status_message: why, outcome } = span
  const failed = status === 'error'
  const parts = [
    `${failed ? '✗' : '◀'} ${name}`,
    ...(typeof durationMs === 'number' ? [`${durationMs.toFixed(1)} ms`] : []),
    ...(typeof outcome === 'string' ? [outcome.replaceAll('_', ' ')] : []),
    ...(failed && typeof why === 'string' ? [why] : []),
  ]
  const text = parts.join(' ')
  return failed ? paint('red', text) : text
}

/** Fields of the text's own making; an attribute of such a name stays below `span.attributes`. */
const taken: ReadonlySet<string> = new Set(['name', 'caller', 'type', 'stack', 'pid', 'hostname'])

/** Attributes stand among the fields, where none of them can pass for a field of the line. */
function addSpanFields(
  fields: Record<string, JsonValue>,
  span: JsonObject,
  record: JsonObject,
): void {
  const { attributes, events, links, dropped } = span
  const apart: Record<string, JsonValue> = {}
  for (const [name, value] of Object.entries(isJsonObject(attributes) ? attributes : {})) {
    if (name in record || taken.has(name)) apart[name] = value
    else fields[name] = value
  }
  if (Object.keys(apart).length > 0) fields['span.attributes'] = apart
  if (events !== undefined) fields['span.events'] = events
  if (links !== undefined) fields['span.links'] = links
  if (dropped !== undefined) fields['span.dropped'] = dropped
}
