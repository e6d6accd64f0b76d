import { securityEventOf } from '../formats/line-kinds.js'
import { fromEcs } from '../testing/ecs-record.js'
import type { LogRecord } from '../testing/log-lines.js'

/** A record of the format `ecs` as the format `json` would have it, its security event too; any other as it is. */
export function asJsonRecord(record: LogRecord): LogRecord {
  const plain = fromEcs(record)
  if (plain === record || securityEventOf(record) === undefined) return plain
  const event = Object.entries(record).filter(([name]) => name.startsWith('event.'))
  return { ...plain, ...Object.fromEntries(event) }
}
