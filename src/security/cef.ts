import { type EventRecord, ecsNames, textAt, timeOf } from './written-fields.js'

/** Who says it, for formats that name the device. */
export interface DeviceOptions {
  /** @defaultValue 'seclog' */
  readonly vendor?: string
  /** @defaultValue the record's service, else `seclog` */
  readonly product?: string
  /** @defaultValue the version of the record's service, else `0` */
  readonly version?: string
}

/** CEF's 0 to 10 by `event.severity`. */
const severities: ReadonlyMap<string, number> = new Map([
  ['21', 3],
  ['47', 6],
  ['99', 10],
])

/** CEF's keys, and the fields of ECS that they hold. */
const keys: readonly (readonly [key: string, field: string])[] = [
  ['act', 'event.action'],
  ['cat', 'event.category'],
  ['outcome', 'event.outcome'],
  ['reason', 'event.reason'],
  ['externalId', 'event.id'],
  ['dvchost', 'host.hostname'],
  ['dvcpid', 'process.pid'],
  ['src', 'source.ip'],
  ['spt', 'source.port'],
  ['shost', 'source.domain'],
  ['dhost', 'destination.domain'],
  ['dst', 'destination.ip'],
  ['dpt', 'destination.port'],
  ['suid', 'user.id'],
  ['suser', 'user.name'],
  ['duid', 'user.target.id'],
  ['duser', 'user.target.name'],
  ['requestMethod', 'http.request.method'],
  ['request', 'url.full'],
  ['requestClientApplication', 'user_agent.original'],
  ['fname', 'file.name'],
  ['filePath', 'file.path'],
  ['fsize', 'file.size'],
]

/** Keys for what CEF has none of, each with a label. */
const custom: readonly (readonly [label: string, field: string])[] = [
  ['traceId', 'trace.id'],
  ['spanId', 'span.id'],
  ['ruleId', 'rule.id'],
  ['techniqueId', 'threat.technique.id'],
  ['vulnerabilityId', 'vulnerability.id'],
  ['urlPath', 'url.path'],
]

/**
 * A security event as a line of the Common Event Format, version 0. Pure; what it is given is written as it is, so give it records
 * that a logger has written.
 *
 * @see https://www.microfocus.com/documentation/arcsight/arcsight-smartconnectors/pdfdoc/common-event-format-v25/common-event-format-v25.pdf
 */
export function formatCef(record: EventRecord, options: DeviceOptions = {}): string {
  const fields = ecsNames(record)
  const vendor = options.vendor ?? 'seclog'
  const product = options.product ?? textAt(fields, 'service.name') ?? 'seclog'
  const version = options.version ?? textAt(fields, 'service.version') ?? '0'
  const code = textAt(fields, 'event.code') ?? 'unknown_event'
  const name = textAt(fields, 'message') ?? code
  const severity = severities.get(textAt(fields, 'event.severity') ?? '') ?? 5
  const header = [vendor, product, version, code, name].map(headerText).join('|')
  const extension = [`rt=${timeOf(fields)}`]
  for (const [key, field] of keys) {
    const value = textAt(fields, field)
    if (value !== undefined) extension.push(`${key}=${valueText(value)}`)
  }
  let index = 1
  for (const [label, field] of custom) {
    const value = textAt(fields, field)
    if (value === undefined) continue
    extension.push(`cs${index}Label=${label}`, `cs${index}=${valueText(value)}`)
    index++
  }
  return `CEF:0|${header}|${severity}|${extension.join(' ')}`
}

const controls = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g

function headerText(text: string): string {
  return text.replace(controls, ' ').replace(/[\\|]/g, '\\$&').slice(0, 1_023)
}

/** Line ends are written as CEF allows them; other controls have no place. */
function valueText(text: string): string {
  return text
    .slice(0, 4_000)
    .replace(/[\\=]/g, '\\$&')
    .replace(/\r\n|[\r\n\u2028\u2029]/g, '\\n')
    .replace(controls, ' ')
}
