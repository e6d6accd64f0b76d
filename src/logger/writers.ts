import { hostname } from 'node:os'
import process from 'node:process'
import { isMainThread, threadId } from 'node:worker_threads'
import type { LogFormat, LoggerConfig } from '../config/logger.js'
import { SeclogError } from '../errors.js'
import type { EcsIdentityOptions } from '../formats/ecs.js'
import type { Counters, LineSettings } from '../line/core.js'
import { EcsLineWriter } from '../line/ecs-line.js'
import { JsonLine } from '../line/json-line.js'
import type { LineWriter } from '../line/line-writer.js'
import { sequenceBytes } from '../line/sequence.js'
import { customMember, customTimeKey, epochMember, isoMember } from '../line/time.js'
import { createRedaction } from '../redaction/engine.js'
import { bufferedName } from './line-buffer.js'
import { type OwnField, ownFields, ownNames } from './own-fields.js'
import type { SecurityLoggerOptions } from './types.js'

/** The writer of a logger's lines, by its format. */
export function createWriter(
  options: SecurityLoggerOptions<string>,
  config: LoggerConfig,
  counters: Counters,
  holdsBack: LineSettings['holdsBack'],
): LineWriter {
  const redaction = createRedaction(options.redact)
  const { lineBytes: mostBytes, ...limits } = config.limits
  const lineBytes = mostBytes - (options.sequence === true ? sequenceBytes : 0)
  const base = ownFields(config.service, baseOf(options, counters))
  const nameKey = config.format === 'pino' ? 'name' : 'logger'
  const messageKey = options.messageKey ?? 'msg'
  const timeKey = timeKeyOf(options, config)
  const own = [...ownNames, timeKey, messageKey]
  if (config.format !== 'pino' || hasName(options, config.format)) own.push(nameKey)
  const isNumbered = options.sequence === true
  if (isNumbered && config.format !== 'ecs') own.push('instance')
  if (options.bufferBelow !== undefined && config.format !== 'ecs') own.push(bufferedName)
  const errorKey = options.errorKey ?? 'err'
  refuseOwn(own, messageKey, { base, errorKey, messageKey, nestedKey: options.nestedKey })
  const settings: LineSettings = {
    redaction,
    limits: { ...limits, length: lineBytes },
    lineBytes,
    messageKey,
    errorKey,
    nestedKey: options.nestedKey ?? undefined,
    numericLevel: config.format === 'pino',
    nameKey,
    ownNames: new Set([...own, ...base.map(([name]) => name)]),
    end: options.crlf === true ? '}\r\n' : '}\n',
    timeKey,
    counters,
    holdsBack,
    sequence: isNumbered,
  }
  if (config.format === 'ecs') return new EcsLineWriter(settings, ecsIdentity(config.service))
  const time = timeMember(options, config, timeKey, counters)
  const unowned = new JsonLine({ ...settings, ownNames: new Set() }, '', time)
  return new JsonLine(settings, unowned.bind(Object.fromEntries(base), undefined).text, time)
}

/** Whether a logger's lines carry its name: pino's own do not where they have no base. */
export function hasName(options: SecurityLoggerOptions<string>, format: LogFormat): boolean {
  return typeof options.name === 'string' && (format !== 'pino' || options.base !== null)
}

/** The logger's own names that stand in `base`, or may be given in it. */
const baseNames = new Set([
  'pid',
  'hostname',
  'service',
  'service_version',
  'service_environment',
  'thread_id',
])

/** @throws SeclogError `SECLOG_OPTION_CONFLICT` for an option that would write a name which the logger writes itself. */
function refuseOwn(
  own: readonly string[],
  messageKey: string,
  options: {
    readonly base: readonly OwnField[]
    readonly messageKey: string
    readonly errorKey: string
    readonly nestedKey: string | undefined
  },
): void {
  const owned = new Set([...own, 'shadowed'])
  const given: [option: string, name: string | undefined][] = [
    ...options.base
      .filter(([name]) => !baseNames.has(name))
      .map(([name]): [string, string] => ['base', name]),
    ['errorKey', options.errorKey],
    ['nestedKey', options.nestedKey],
  ]
  const taken = given.find(([, name]) => name !== undefined && owned.has(name))
  const clashes = messageKey !== 'msg' && [...ownNames, 'shadowed'].includes(messageKey)
  const [option, name] = clashes ? ['messageKey', messageKey] : (taken ?? [])
  if (option === undefined) return
  throw new SeclogError(
    'SECLOG_OPTION_CONFLICT',
    `The option ${option} cannot write ${JSON.stringify(name)}: that name is the logger's own.`,
  )
}

/** A writer as `parent`, with a child's own `redact` option. */
export function writerWithRedaction(parent: LineWriter, redact: unknown): LineWriter {
  const { counts } = parent.settings.redaction
  return parent.withRedaction(createRedaction(redact as SecurityLoggerOptions['redact'], counts))
}

function ecsIdentity(service: LoggerConfig['service']): EcsIdentityOptions {
  return {
    service,
    pid: process.pid,
    hostname: hostname(),
    ...(isMainThread ? {} : { threadId }),
  }
}

/** pino's `base`, after a user's `formatters.bindings`. */
function baseOf(
  options: SecurityLoggerOptions<string>,
  counters: Counters,
): object | null | undefined {
  const format = options.formatters?.bindings
  if (format === undefined || options.base === null) return options.base
  try {
    return format({ ...(options.base ?? Object.fromEntries(ownFields({}, undefined))) })
  } catch {
    counters.faults++
    return options.base
  }
}

function timeKeyOf(options: SecurityLoggerOptions<string>, config: LoggerConfig): string {
  if (config.format === 'ecs') return '@timestamp'
  const { timestamp } = options
  return config.format === 'pino' && typeof timestamp === 'function'
    ? customTimeKey(timestamp)
    : 'time'
}

function timeMember(
  options: SecurityLoggerOptions<string>,
  config: LoggerConfig,
  timeKey: string,
  counters: Counters,
): () => string {
  if (config.format !== 'pino') return isoMember
  const { timestamp } = options
  if (timestamp === false) return () => ''
  return typeof timestamp === 'function' ? customMember(timestamp, timeKey, counters) : epochMember
}
