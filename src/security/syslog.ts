import { Buffer } from 'node:buffer'
import { type DeviceOptions, formatCef } from './cef.js'
import { type EventRecord, ecsNames, textAt, timeOf } from './written-fields.js'

export interface SyslogOptions extends DeviceOptions {
  /** 0 to 23. @defaultValue 13, log audit */
  readonly facility?: number
  /** What the message is: CEF, or the record as JSON. @defaultValue 'cef' */
  readonly message?: 'cef' | 'json'
}

/** Severities of syslog by `event.severity`: critical, warning, informational. */
const severities: ReadonlyMap<string, number> = new Map([
  ['21', 6],
  ['47', 4],
  ['99', 2],
])

const logAudit = 13

/**
 * A security event as a message of syslog, without the framing of a transport (RFC 6587 counts octets, RFC 5426 has none). Pure.
 *
 * @see https://www.rfc-editor.org/rfc/rfc5424#section-6
 */
export function formatSyslog(record: EventRecord, options: SyslogOptions = {}): string {
  const fields = ecsNames(record)
  const { facility = logAudit } = options
  const severity = severities.get(textAt(fields, 'event.severity') ?? '') ?? 5
  const valid = Number.isInteger(facility) && facility >= 0 && facility <= 23
  const priority = (valid ? facility : logAudit) * 8 + severity
  const head = [
    `<${priority}>1`,
    new Date(timeOf(fields)).toISOString(),
    headerField(textAt(fields, 'host.hostname'), 255),
    headerField(options.product ?? textAt(fields, 'service.name'), 48),
    headerField(textAt(fields, 'process.pid'), 128),
    headerField(textAt(fields, 'event.code'), 32),
    structuredData(fields),
  ].join(' ')
  const text = options.message === 'json' ? JSON.stringify(record) : formatCef(record, options)
  // RFC 5424 section 6.4: text beyond ASCII begins with a byte order mark.
  const mark = Buffer.byteLength(text) === text.length ? '' : '\ufeff'
  return `${head} ${mark}${text}`
}

/** Printable ASCII without spaces; `-` where there is none. */
function headerField(text: string | undefined, most: number): string {
  const shown = (text ?? '').replace(/[^!-~]/g, '_').slice(0, most)
  return shown === '' ? '-' : shown
}

/** The ids, under the number that RFC 5612 keeps for documentation: receivers match by the name before it. */
function structuredData(fields: ReadonlyMap<string, unknown>): string {
  const trace = textAt(fields, 'trace.id')
  const span = textAt(fields, 'span.id')
  if (trace === undefined || span === undefined) return '-'
  return `[seclog@32473 trace_id="${parameter(trace)}" span_id="${parameter(span)}"]`
}

function parameter(text: string): string {
  return text.replace(/[^ -~]/g, '_').replace(/["\\\]]/g, '\\$&')
}
