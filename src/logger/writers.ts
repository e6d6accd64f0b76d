import { hostname } from 'node:os'
import process from 'node:process'
import { isMainThread, threadId } from 'node:worker_threads'
import type { LoggerConfig } from '../config/logger.js'
import type { EcsIdentityOptions } from '../formats/ecs.js'
import type { Counters, LineSettings } from '../line/core.js'
import { EcsLineWriter } from '../line/ecs-line.js'
import { JsonLine } from '../line/json-line.js'
import type { LineWriter } from '../line/line-writer.js'
import { customMember, epochMember, isoMember } from '../line/time.js'
import { createRedaction } from '../redaction/engine.js'
import { ownFields, ownNames } from './own-fields.js'
import type { SecurityLoggerOptions } from './types.js'

/** The writer of a logger's lines, by its format. */
export function createWriter(
  options: SecurityLoggerOptions<string>,
  config: LoggerConfig,
  counters: Counters,
): LineWriter {
  const redaction = createRedaction(options.redact)
  const { lineBytes, ...limits } = config.limits
  const base = ownFields(config.service, baseOf(options, counters))
  const nameKey = config.format === 'pino' ? 'name' : 'logger'
  const messageKey = options.messageKey ?? 'msg'
  const settings: LineSettings = {
    redaction,
    limits: { ...limits, length: lineBytes },
    lineBytes,
    messageKey,
    errorKey: options.errorKey ?? 'err',
    nestedKey: options.nestedKey ?? undefined,
    numericLevel: config.format === 'pino',
    nameKey,
    ownNames: new Set([...ownNames, ...base.map(([name]) => name), nameKey, messageKey]),
    end: options.crlf === true ? '}\r\n' : '}\n',
    counters,
  }
  if (config.format === 'ecs') return new EcsLineWriter(settings, ecsIdentity(config.service))
  const time = timeMember(options, config, counters)
  const unowned = new JsonLine({ ...settings, ownNames: new Set() }, '', time)
  return new JsonLine(settings, unowned.bind(Object.fromEntries(base), undefined).text, time)
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

function timeMember(
  options: SecurityLoggerOptions<string>,
  config: LoggerConfig,
  counters: Counters,
): () => string {
  if (config.format !== 'pino') return isoMember
  const { timestamp } = options
  if (timestamp === false) return () => ''
  return typeof timestamp === 'function' ? customMember(timestamp, counters) : epochMember
}
