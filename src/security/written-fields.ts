/** A record of a security event: a line of `json` or `ecs`, parsed. */
export type EventRecord = Readonly<Record<string, unknown>>

/**
 * The fields of a record by the names of ECS, whichever format it was written in: dotted, with what the `json` format calls
 * otherwise under ECS's name.
 */
export function ecsNames(record: EventRecord): ReadonlyMap<string, unknown> {
  const fields = new Map<string, unknown>()
  flatten('', record, fields)
  for (const [own, name] of Object.entries(jsonNames)) {
    const value = fields.get(own)
    if (value !== undefined && !fields.has(name)) fields.set(name, value)
  }
  return fields
}

const jsonNames: Readonly<Record<string, string>> = {
  time: '@timestamp',
  level: 'log.level',
  msg: 'message',
  service: 'service.name',
  service_version: 'service.version',
  pid: 'process.pid',
  hostname: 'host.hostname',
  trace_id: 'trace.id',
  span_id: 'span.id',
}

/** More than any record has: limits are those of the line. */
const deepest = 12

function flatten(path: string, value: unknown, fields: Map<string, unknown>, depth = 0): void {
  if (typeof value === 'object' && value !== null && !Array.isArray(value) && depth < deepest) {
    for (const [key, item] of Object.entries(value)) {
      flatten(path === '' ? key : `${path}.${key}`, item, fields, depth + 1)
    }
  } else if (!fields.has(path)) fields.set(path, value)
}

/** Text of a field; of a list, its first. */
export function textAt(fields: ReadonlyMap<string, unknown>, name: string): string | undefined {
  const value = fields.get(name)
  const first: unknown = Array.isArray(value) ? value[0] : value
  return typeof first === 'string' || typeof first === 'number' ? String(first) : undefined
}

export function numberAt(fields: ReadonlyMap<string, unknown>, name: string): number | undefined {
  const value = fields.get(name)
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined
}

/** The last moment that a `Date` can hold. */
const latest = 8.64e15

/** Epoch milliseconds of a record; now, for one that has lost its time. */
export function timeOf(fields: ReadonlyMap<string, unknown>): number {
  const value = fields.get('@timestamp')
  const time =
    typeof value === 'number' ? value : Date.parse(typeof value === 'string' ? value : '')
  return Math.abs(time) <= latest ? Math.trunc(time) : Date.now()
}
