import { isOwnedName, isRecord, type LogRecord } from './log-lines.js'

/** What Elastic Common Schema calls the fields of a `json` line. */
const plainNames: Readonly<Record<string, string>> = {
  '@timestamp': 'time',
  'log.level': 'level',
  message: 'msg',
  'log.logger': 'logger',
  'service.name': 'service',
  'process.pid': 'pid',
  'process.thread.id': 'thread_id',
  'host.hostname': 'hostname',
  'trace.id': 'trace_id',
  'span.id': 'span_id',
}

const errorNames: Readonly<Record<string, string>> = {
  'error.type': 'type',
  'error.message': 'message',
  'error.stack_trace': 'stack',
}

/** Repeats of other fields, and what the logger says about itself. */
const leftOut: ReadonlySet<string> = new Set(
  [
    'labels ecs.version host.name service.version service.environment event.dataset',
    'event.kind event.action event.start event.duration event.outcome',
  ].flatMap((names) => names.split(' ')),
)

const spanPrefix = 'seclog.span.'

const spanEvents: Readonly<Record<string, string>> = {
  'span-end': 'span',
  'span-start': 'span_start',
}

/** The `json` form of a line in the `ecs` format; a line in another format as it is. */
export function fromEcs(record: LogRecord): LogRecord {
  if (!('@timestamp' in record)) return record
  const { labels } = record
  const plain = isRecord(labels) ? withoutOwned(labels) : {}
  const span: Record<string, unknown> = {}
  const error: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(record)) {
    const errorName = errorNames[name]
    if (errorName !== undefined) error[errorName] = value
    else if (name.startsWith(spanPrefix)) span[spanName(name)] = value
    else if (!leftOut.has(name) && !isOwnedName(name)) plain[plainNames[name] ?? name] = value
  }
  const event = spanEvents[String(record['event.action'])]
  if (Object.keys(error).length > 0) plain['err'] = error
  if (event === undefined || span['name'] === undefined) return plain
  const nanoseconds = record['event.duration']
  if (typeof nanoseconds === 'number') span['duration_ms'] = nanoseconds / 1e6
  return { ...plain, 'event.kind': event, span: { ...span, start: record['event.start'] } }
}

function spanName(name: string): string {
  const short = name.slice(spanPrefix.length)
  return short === 'parent_id' ? 'parent_span_id' : short
}

/** A label is the caller's, so it is never read as a field of the logger's own. */
function withoutOwned(labels: LogRecord): Record<string, unknown> {
  return Object.fromEntries(Object.entries(labels).filter(([name]) => !isOwnedName(name)))
}
