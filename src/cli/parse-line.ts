import { isRecord, type LogRecord, parseLogLine } from '../testing/log-lines.js'

/** How far into a line the record may begin: behind what `docker compose logs`, a CRI or syslog puts before it. */
const longestPrefix = 256

/**
 * Reads a line as it comes from a service, or as others have wrapped it: with a prefix, in a container's log, or as a hit of
 * Elasticsearch.
 *
 * Only what cannot be a line of a logger is unwrapped, so that no logged value is taken for a line.
 *
 * @returns `undefined` for what is no record.
 */
export function parseLine(line: string): LogRecord | undefined {
  const start = line.indexOf('{')
  if (start === -1 || start > longestPrefix) return undefined
  const record = parseLogLine(start === 0 ? line : line.slice(start))
  if (record === undefined) return undefined
  if (isDockerLine(record)) return parseLogLine(String(record['log']))
  const source = record['_source']
  if (isRecord(source) && '_id' in record && !('level' in record)) return flatEcs(source)
  return flatEcs(record)
}

const dockerNames: ReadonlySet<string> = new Set(['log', 'stream', 'time', 'attrs'])

function isDockerLine(record: LogRecord): boolean {
  return (
    typeof record['log'] === 'string' && Object.keys(record).every((name) => dockerNames.has(name))
  )
}

const ecsRoots: ReadonlySet<string> = new Set(
  'trace span log service process host error event seclog ecs'.split(' '),
)

/** Shippers store ECS as objects in objects; the names that are read here are dotted. */
function flatEcs(record: LogRecord): LogRecord {
  if (!('@timestamp' in record) || !isRecord(record['trace'])) return record
  const flat: Record<string, unknown> = {}
  const add = (name: string, value: unknown): void => {
    if (isRecord(value) && !name.endsWith('.attributes'))
      for (const [inner, item] of Object.entries(value)) add(`${name}.${inner}`, item)
    else flat[name] = value
  }
  for (const [name, value] of Object.entries(record)) {
    if (ecsRoots.has(name)) add(name, value)
    else flat[name] = value
  }
  return flat
}
