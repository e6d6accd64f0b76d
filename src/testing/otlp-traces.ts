import { isRecord, type LogRecord } from './log-lines.js'

/** What was made of a request for `/v1/traces`. */
export interface OtlpTraces {
  /** A record for each span, as a logger would have written it. */
  readonly records: readonly LogRecord[]
  /** Spans that have no valid ids or times. */
  readonly rejected: number
}

const kinds = ['internal', 'internal', 'server', 'client', 'producer', 'consumer'] as const
const statuses = ['unset', 'ok', 'error'] as const
const traceIdForm = /^(?!0{32}$)[0-9a-f]{32}$/
const spanIdForm = /^(?!0{16}$)[0-9a-f]{16}$/
/** Of values in values; what is deeper is left out. */
const deepest = 8

/**
 * Reads an `ExportTraceServiceRequest` in OTLP's JSON.
 *
 * @returns `undefined` for what is none.
 * @see https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding
 */
export function readOtlpTraces(request: unknown): OtlpTraces | undefined {
  if (!isRecord(request)) return undefined
  const resourceSpans = request['resourceSpans'] ?? []
  if (!Array.isArray(resourceSpans)) return undefined
  const records: LogRecord[] = []
  let rejected = 0
  for (const group of resourceSpans) {
    const service = serviceOf(group)
    for (const scope of list(group, 'scopeSpans')) {
      for (const span of list(scope, 'spans')) {
        const record = isRecord(span) ? spanRecord(span, service) : undefined
        if (record === undefined) rejected += 1
        else records.push(record)
      }
    }
  }
  return { records, rejected }
}

function serviceOf(group: unknown): string {
  const resource = isRecord(group) ? group['resource'] : undefined
  const name = attributesOf(resource)['service.name']
  return typeof name === 'string' ? name : 'unknown_service'
}

function spanRecord(span: LogRecord, service: string): LogRecord | undefined {
  const traceId = idOf(span['traceId'], traceIdForm)
  const spanId = idOf(span['spanId'], spanIdForm)
  const startMs = milliseconds(span['startTimeUnixNano'])
  const endMs = milliseconds(span['endTimeUnixNano'])
  if (traceId === undefined || spanId === undefined) return undefined
  if (startMs === undefined || endMs === undefined) return undefined
  const parent = idOf(span['parentSpanId'], spanIdForm)
  const status = isRecord(span['status']) ? span['status'] : {}
  const word = statuses[Number(status['code'] ?? 0)] ?? 'unset'
  const events = list(span, 'events').map(eventOf)
  const error = events.find(({ name }) => name === 'exception')?.attributes
  return {
    level: word === 'error' ? 'error' : 'info',
    time: endMs,
    service,
    trace_id: traceId,
    span_id: spanId,
    'event.kind': 'span',
    span: {
      name: String(span['name'] ?? ''),
      kind: kinds[Number(span['kind'] ?? 0)] ?? 'internal',
      start: startMs,
      duration_ms: Math.max(endMs - startMs, 0),
      status: word,
      ...(typeof status['message'] === 'string' && { status_message: status['message'] }),
      ...(parent !== undefined && { parent_span_id: parent }),
      attributes: attributesOf(span),
      ...(events.length > 0 && { events }),
    },
    ...(error !== undefined && {
      err: {
        type: error['exception.type'],
        message: error['exception.message'],
        stack: error['exception.stacktrace'],
      },
    }),
    msg: `span ${span['name']}`,
  }
}

interface SpanEventData {
  readonly name: string
  readonly time?: number
  readonly attributes: LogRecord
}

function eventOf(event: unknown): SpanEventData {
  const time = isRecord(event) ? milliseconds(event['timeUnixNano']) : undefined
  return {
    name: String((isRecord(event) ? event['name'] : undefined) ?? ''),
    ...(time !== undefined && { time }),
    attributes: attributesOf(event),
  }
}

function list(of: unknown, name: string): readonly unknown[] {
  const items = isRecord(of) ? of[name] : undefined
  return Array.isArray(items) ? items : []
}

function attributesOf(of: unknown): LogRecord {
  return Object.fromEntries(
    list(of, 'attributes').flatMap((item) =>
      isRecord(item) && typeof item['key'] === 'string'
        ? [[item['key'], anyValue(item['value'], 0)] as const]
        : [],
    ),
  )
}

/** A value of `AnyValue`: one of its members is set. */
function anyValue(value: unknown, depth: number): unknown {
  if (!isRecord(value) || depth > deepest) return undefined
  if ('intValue' in value) return numberOf(value['intValue'])
  if ('arrayValue' in value)
    return list(value['arrayValue'], 'values').map((item) => anyValue(item, depth + 1))
  if ('kvlistValue' in value) {
    return Object.fromEntries(
      list(value['kvlistValue'], 'values').flatMap((item) =>
        isRecord(item) ? [[String(item['key']), anyValue(item['value'], depth + 1)]] : [],
      ),
    )
  }
  return value['stringValue'] ?? value['boolValue'] ?? value['doubleValue'] ?? value['bytesValue']
}

/** 64 bits come as decimal text; beyond what a number holds exactly they stay text. */
function numberOf(value: unknown): unknown {
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : value
}

function idOf(value: unknown, form: RegExp): string | undefined {
  const id = typeof value === 'string' ? value.toLowerCase() : ''
  return form.test(id) ? id : undefined
}

/** Nanoseconds since the epoch, as text or number, in milliseconds. */
function milliseconds(value: unknown): number | undefined {
  if (typeof value === 'number') return value > 0 ? value / 1e6 : undefined
  if (typeof value !== 'string' || !/^\d{1,20}$/.test(value) || /^0+$/.test(value)) return undefined
  // Whole milliseconds first: all digits at once are more than a number holds.
  const digits = value.padStart(7, '0')
  return Number(digits.slice(0, -6)) + Number(digits.slice(-6)) / 1e6
}
