import { securityEventOf } from '../formats/line-kinds.js'
import { fromEcs } from './ecs-record.js'
import { isOwnedName, isRecord, type LogRecord } from './log-lines.js'
import type { TraceError, TraceLine, TraceStatus } from './trace-types.js'

/** What a span's start or end record says about it. */
export interface TraceSpanData {
  readonly name: string
  readonly status: TraceStatus
  readonly attributes: LogRecord
  readonly kind?: string
  readonly parentSpanId?: string
  /** Epoch milliseconds. */
  readonly startMs?: number
  readonly durationMs?: number
  readonly statusMessage?: string
  readonly outcome?: string
}

/** A log line of a trace, and what it says about the life of its span, if that is what it is for. */
export interface TraceRecord {
  readonly line: TraceLine
  readonly event?: 'start' | 'end'
  readonly span?: TraceSpanData
}

const traceIdForm = /^(?!0{32}$)[0-9a-f]{32}$/
const spanIdForm = /^(?!0{16}$)[0-9a-f]{16}$/

const pinoLevels: Readonly<Record<number, string>> = {
  10: 'trace',
  20: 'debug',
  30: 'info',
  40: 'warn',
  50: 'error',
  60: 'fatal',
}

/** Reads a parsed line in the `json`, `pino` or `ecs` format; `undefined` when it carries no valid W3C trace id. Never throws. */
export function readTraceRecord(original: LogRecord): TraceRecord | undefined {
  const record = fromEcs(original)
  const traceId = matching(record['trace_id'], traceIdForm)
  if (traceId === undefined) return undefined
  const spanId = matching(record['span_id'], spanIdForm)
  const line: TraceLine = {
    traceId,
    message: text(record['msg']) ?? '',
    fields: withoutOwned(record),
    record: original,
    ...defined('spanId', spanId),
    ...defined('service', text(record['service'])),
    ...defined('level', levelOf(record['level'])),
    ...defined('timeMs', timeOf(record['time'])),
    ...defined('error', errorOf(record['err'])),
    ...defined('securityEvent', securityEventOf(original)),
  }
  const event = eventOf(record['event.kind'])
  const span = record['span']
  if (event === undefined || spanId === undefined || !isRecord(span)) return { line }
  return { line, event, span: spanOf(span, event === 'end' ? line.timeMs : undefined) }
}

function spanOf(span: LogRecord, endMs: number | undefined): TraceSpanData {
  const durationMs = amount(span['duration_ms'])
  const counted = endMs !== undefined && durationMs !== undefined ? endMs - durationMs : undefined
  const attributes = span['attributes']
  return {
    name: text(span['name']) ?? '',
    status: statusOf(span['status']),
    attributes: isRecord(attributes) ? attributes : {},
    ...defined('kind', text(span['kind'])),
    ...defined('parentSpanId', matching(span['parent_span_id'], spanIdForm)),
    ...defined('startMs', timeOf(span['start']) ?? counted),
    ...defined('durationMs', durationMs),
    ...defined('statusMessage', text(span['status_message'])),
    ...defined('outcome', text(span['outcome'])),
  }
}

function eventOf(kind: unknown): 'start' | 'end' | undefined {
  if (kind === 'span') return 'end'
  return kind === 'span_start' ? 'start' : undefined
}

function statusOf(status: unknown): TraceStatus {
  return status === 'ok' || status === 'error' ? status : 'unset'
}

function errorOf(value: unknown): TraceError | undefined {
  if (!isRecord(value)) return undefined
  return {
    ...defined('type', text(value['type'])),
    ...defined('message', text(value['message'])),
    ...defined('stack', text(value['stack'])),
  }
}

function levelOf(level: unknown): string | undefined {
  return typeof level === 'number' ? (pinoLevels[level] ?? String(level)) : text(level)
}

function timeOf(time: unknown): number | undefined {
  const moment = typeof time === 'string' ? Date.parse(time) : time
  return typeof moment === 'number' && Number.isFinite(moment) ? moment : undefined
}

function amount(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

function matching(value: unknown, form: RegExp): string | undefined {
  return typeof value === 'string' && form.test(value) ? value : undefined
}

function withoutOwned(record: LogRecord): LogRecord {
  return Object.fromEntries(Object.entries(record).filter(([name]) => !isOwnedName(name)))
}

/** One optional property, absent when it has no value: `exactOptionalPropertyTypes` tells the two apart. */
function defined<K extends string, V>(key: K, value: V | undefined): { [P in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { [P in K]?: V })
}
