import { SeclogError } from '../errors.js'
import { readVariable, reportBadVariable } from './environment.js'
import { resolveResource, type ServiceOption } from './resource.js'

/** The shapes a line can have: our JSON, Elastic Common Schema, pino's own line, or text for people. */
export type LogFormat = 'json' | 'ecs' | 'pino' | 'pretty'

/** How much one record may hold before it is cut, visibly. Lengths in UTF-16 units unless they say bytes. */
export interface LineLimits {
  /** Bytes of one line. @defaultValue 65536 */
  readonly lineBytes?: number
  /** Length of one string value. @defaultValue 8192 */
  readonly stringLength?: number
  /** Nesting of objects and arrays. @defaultValue 10 */
  readonly depth?: number
  /** Keys of one object. @defaultValue 200 */
  readonly keys?: number
  /** Items of one array. @defaultValue 200 */
  readonly items?: number
  /** Values of one record, all depths together. @defaultValue 5000 */
  readonly nodes?: number
}

/** What a logger's options and the environment come to. */
export interface LoggerConfig {
  readonly format: LogFormat
  readonly level: string | number
  /** Levels by the name of a logger, as the environment has them. */
  readonly levelsByName: ReadonlyMap<string, string>
  readonly service: Partial<ServiceOption>
  /** At which level the end of spans is written, as the environment has it. */
  readonly spanLevel: string | undefined
  readonly limits: Readonly<Required<LineLimits>>
}

export interface LoggerConfigOptions {
  readonly format?: LogFormat | undefined
  readonly level?: string | number | undefined
  readonly service?: string | ServiceOption | undefined
  readonly limits?: LineLimits | undefined
  readonly depthLimit?: number | undefined
  readonly edgeLimit?: number | undefined
}

const formats: readonly LogFormat[] = ['json', 'ecs', 'pino', 'pretty']

const defaults: Readonly<Required<LineLimits>> = {
  lineBytes: 65_536,
  stringLength: 8_192,
  depth: 10,
  keys: 200,
  items: 200,
  nodes: 5_000,
}

/**
 * Resolves a logger's options over the environment (`LOG_FORMAT`, `LOG_LEVEL`, `LOG_LEVELS`, `OTEL_LOG_SPANS`,
 * `OTEL_SERVICE_NAME`, `OTEL_RESOURCE_ATTRIBUTES`).
 *
 * @param levels - The names that `LOG_LEVEL` and `LOG_LEVELS` may have.
 * @throws SeclogError `SECLOG_OPTION_INVALID`; a bad variable is said once and its default used.
 */
export function resolveLogger(
  options: LoggerConfigOptions,
  levels: readonly string[],
): LoggerConfig {
  return Object.freeze({
    format: resolveFormat(options.format),
    level: options.level ?? environmentLevel(levels) ?? 'info',
    levelsByName: environmentLevels(levels),
    spanLevel: resolveSpanLevel(levels),
    service: resolveService(options.service),
    limits: resolveLimits(options),
  })
}

function resolveFormat(option: LogFormat | undefined): LogFormat {
  if (option !== undefined) {
    if (formats.includes(option)) return option
    throw new SeclogError(
      'SECLOG_OPTION_INVALID',
      `The option format is ${JSON.stringify(option)}; it must be one of ${formats.join(', ')}.`,
    )
  }
  const given = readVariable('LOG_FORMAT')
  if (given === undefined) return 'json'
  const found = formats.find((format) => format === given.toLowerCase())
  if (found === undefined) {
    reportBadVariable('LOG_FORMAT', given, `is none of ${formats.join(', ')}`, 'json')
  }
  return found ?? 'json'
}

function environmentLevel(levels: readonly string[]): string | undefined {
  const given = readVariable('LOG_LEVEL')
  if (given === undefined) return undefined
  const found = levels.find((level) => level.toLowerCase() === given.toLowerCase())
  if (found === undefined) {
    reportBadVariable('LOG_LEVEL', given, `is none of ${levels.join(', ')}`, 'info')
  }
  return found
}

/** `LOG_LEVELS`: comma-separated `name:level`. A bad entry is left out and said once. */
function environmentLevels(levels: readonly string[]): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  for (const entry of readVariable('LOG_LEVELS')?.split(',') ?? []) {
    if (entry.trim() === '') continue
    // The last colon: a name may hold one itself.
    const at = entry.lastIndexOf(':')
    const name = entry.slice(0, Math.max(at, 0)).trim()
    const given = entry.slice(at + 1).trim()
    const level = levels.find((known) => known.toLowerCase() === given.toLowerCase())
    if (name !== '' && level !== undefined) found.set(name, level)
    else {
      const problem = `is no name and level of ${levels.join(', ')}`
      reportBadVariable('LOG_LEVELS', entry.trim(), problem, 'the rest of it')
    }
  }
  return found
}

function resolveService(option: string | ServiceOption | undefined): Partial<ServiceOption> {
  const name: unknown = typeof option === 'object' && option !== null ? option.name : option
  if (option !== undefined && (typeof name !== 'string' || name === '')) {
    throw new SeclogError(
      'SECLOG_OPTION_INVALID',
      'The option service must be a name, or an object with one.',
    )
  }
  const resource = resolveResource(option, undefined)
  const text = (key: string): string | undefined => {
    const value = resource[key]
    return value === undefined ? undefined : String(value)
  }
  const found = {
    name: text('service.name'),
    version: text('service.version'),
    environment: text('deployment.environment.name') ?? text('deployment.environment'),
  }
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined))
}

function resolveLimits(options: LoggerConfigOptions): Readonly<Required<LineLimits>> {
  const { depthLimit, edgeLimit } = options
  const limits = {
    ...defaults,
    ...(depthLimit === undefined ? {} : { depth: depthLimit }),
    ...(edgeLimit === undefined ? {} : { keys: edgeLimit, items: edgeLimit }),
  }
  for (const [name, value] of Object.entries({ ...limits, ...options.limits })) {
    if (value === undefined) continue
    const least = name === 'lineBytes' ? 1_024 : 1
    if (!(name in defaults) || !Number.isSafeInteger(value) || value < least) {
      throw new SeclogError(
        'SECLOG_OPTION_INVALID',
        `limits.${name} is ${String(value)}; the limits are ${Object.keys(defaults).join(', ')}, whole numbers from ${least} on.`,
      )
    }
    limits[name as keyof LineLimits] = value
  }
  return Object.freeze(limits)
}

/** `OTEL_LOG_SPANS`: `true`, `false`, or a level. */
function resolveSpanLevel(levels: readonly string[]): string | undefined {
  const given = readVariable('OTEL_LOG_SPANS')?.toLowerCase()
  if (given === undefined || given === 'true') return undefined
  if (given === 'false') return 'silent'
  const found = levels.find((level) => level.toLowerCase() === given)
  if (found !== undefined) return found
  const problem = `is neither true nor false, nor one of ${levels.join(', ')}`
  reportBadVariable('OTEL_LOG_SPANS', given, problem, 'true')
  return undefined
}
