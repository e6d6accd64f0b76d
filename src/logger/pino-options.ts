import type pino from 'pino'
import type { LogFormat } from '../config/logger.js'
import { SeclogError } from '../errors.js'

type PinoOptions = Omit<pino.LoggerOptions<string>, 'redact'>

/** pino options that a format writes itself, and why they cannot be had there. */
const refused: Readonly<Record<LogFormat, Readonly<Record<string, string>>>> = {
  json: { timestamp: 'its time is ISO 8601 in UTC' },
  pretty: {
    timestamp: 'its time is ISO 8601 in UTC',
    transport: 'it writes for a terminal; use pino-pretty as the transport of another format',
  },
  ecs: {
    timestamp: 'ECS has @timestamp',
    base: 'ECS has process.pid and host.hostname',
    messageKey: 'ECS has message',
    errorKey: 'ECS has error',
    nestedKey: 'ECS says where each field stands',
    'formatters.level': 'ECS has log.level',
  },
  pino: {},
}

/**
 * Refuses what a format cannot honour.
 *
 * @throws SeclogError `SECLOG_OPTION_UNSUPPORTED` that names the option; `SECLOG_OPTION_CONFLICT` for a transport beside a destination.
 */
export function checkPinoOptions(
  options: PinoOptions,
  format: LogFormat,
  hasDestination: boolean,
): void {
  const given: Record<string, unknown> = {
    ...options,
    'formatters.level': options.formatters?.level,
  }
  for (const [name, reason] of Object.entries(refused[format])) {
    if (given[name] === undefined || (name === 'timestamp' && given[name] === true)) continue
    throw new SeclogError(
      'SECLOG_OPTION_UNSUPPORTED',
      `The format ${format} cannot honour the pino option ${name}: ${reason}.`,
    )
  }
  if (options.transport !== undefined && hasDestination) {
    throw new SeclogError(
      'SECLOG_OPTION_CONFLICT',
      'Only one of the option transport and a destination can be given.',
    )
  }
}

/** What pino itself is to know: levels, hooks and the like; the line is not its own. */
export function optionsForPino(
  options: PinoOptions,
  level: string | number,
): pino.LoggerOptions<string> {
  const {
    base: _base,
    name: _name,
    transport: _transport,
    timestamp: _timestamp,
    formatters: _formatters,
    ...rest
  } = options
  const known: Record<string, unknown> = { ...rest, level, base: null }
  for (const own of [
    'service',
    'format',
    'redact',
    'limits',
    'spans',
    'audit',
    'flood',
    'security',
    'bufferBelow',
    'output',
    'sequence',
  ])
    delete known[own]
  return known as pino.LoggerOptions<string>
}
