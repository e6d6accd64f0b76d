import pino from 'pino'
import { resolveLogger } from '../config/logger.js'
import { resolveOutput } from '../destinations/output-options.js'
import type { SettlingStream } from '../destinations/settle.js'
import { standardOutput } from '../destinations/stdout.js'
import { workerTransport } from '../destinations/transport.js'
import { SeclogError } from '../errors.js'
import { Bindings } from '../line/bindings.js'
import { setHeads, setState } from '../line/children.js'
import { Counters, type LineSettings } from '../line/core.js'
import { type Hooks, type Instance, stateOf, symbols } from '../line/instance.js'
import { applyLevel, levelListenerSymbol, setLevel } from '../line/level-methods.js'
import type { Detours } from '../line/line-writer.js'
import { lineOf, writeRecord } from '../line/write.js'
import { AuditTrail } from './audit-trail.js'
import { createFlood } from './flood.js'
import { levelChangeSymbol, levelChanges, tellAssignment } from './level-changes.js'
import { LineBuffer } from './line-buffer.js'
import { installMethods } from './methods.js'
import { countLogger } from './metrics.js'
import { addNamed } from './named-loggers.js'
import { checkPinoOptions, optionsForPino } from './pino-options.js'
import { prettyDestination } from './pretty.js'
import { logSecurityEvent } from './security.js'
import { createSink } from './sink.js'
import type { SecurityLogger, SecurityLoggerOptions, SpanRecordOptions } from './types.js'
import { createWriter, hasName, writerWithRedaction } from './writers.js'

/**
 * Makes a logger: a pino logger whose lines carry the ids of the active span, cannot be forged, and hold no secret.
 *
 * @param options - pino's options and seclog's own; the environment fills in what is not given.
 * @param destination - Where lines go; standard output by default.
 * @throws SeclogError `SECLOG_OPTION_INVALID`, `SECLOG_OPTION_UNSUPPORTED`, `SECLOG_OPTION_CONFLICT`, `SECLOG_REDACT_INVALID`,
 *   `SECLOG_PINO_INCOMPATIBLE`. After construction, no call on the logger throws.
 * @example
 * const log = createSecurityLogger({ service: 'scan-api' })
 * log.info({ scan_id: 's-42' }, 'scan finished')
 */
export function createSecurityLogger<
  Levels extends string = never,
  UseOnlyCustomLevels extends boolean = boolean,
>(
  options: SecurityLoggerOptions<Levels, UseOnlyCustomLevels> = {},
  destination?: pino.DestinationStream,
): SecurityLogger<Levels> {
  const given = options as unknown as SecurityLoggerOptions<string>
  if (typeof given !== 'object' || given === null) {
    throw new SeclogError('SECLOG_OPTION_INVALID', 'The options must be an object.')
  }
  const levels = levelNames(given)
  const config = resolveLogger(given, levels)
  checkPinoOptions(given, config.format, destination !== undefined)
  checkDestination(destination)
  const isOff = isSecurityOff(given.security)
  const counters = new Counters()
  const onDestinationError = (): void => {
    counters.dropped++
  }
  const flood = createFlood(given.flood, counters)
  const buffer =
    given.bufferBelow === undefined
      ? undefined
      : new LineBuffer(given.bufferBelow, levelValues(given))
  const writer = createWriter(given, config, counters, either(buffer?.holds, flood.holdsBack))
  const output =
    destination ??
    (given.transport === undefined
      ? standardOutput(resolveOutput(given.output), onDestinationError)
      : workerTransport(given.transport, levelValues(given), onDestinationError))
  const { errorKey, messageKey } = writer.settings
  const stream =
    config.format === 'pretty'
      ? prettyDestination(output, { errorKey, messageKey, levels: levelValues(given) })
      : output
  const logger = construct(given, config.level, stream)
  const detours: Detours = {
    mixin: logger[symbols.mixinSym] as Detours['mixin'],
    merge: logger[symbols.mixinMergeStrategySym] as Detours['merge'],
    log: given.formatters?.log as Detours['log'],
    streamWrite: (logger[symbols.hooksSym] as Hooks).streamWrite,
    plainSerializers: hasOwnSerializers(given) ? undefined : logger[symbols.serializersSym],
  }
  setState(logger, { writer, bindings: Bindings.none, span: undefined, detours }, rootBindings())
  logger[symbols.formattersSym] = { level: given.formatters?.level, log: given.formatters?.log }
  logger[symbols.setLevelSym] = setLevel
  logger[symbols.asJsonSym] = function asJson(
    this: Instance,
    object: object,
    message: string | undefined,
    level: number,
  ): string {
    return lineOf(this, stateOf(this), level, object, message)
  }
  logger[symbols.writeSym] = function write(
    this: Instance,
    object: object | null | undefined,
    message: string | undefined,
    level: number,
  ): void {
    writeRecord(this, level, object ?? null, message)
  }
  const trail =
    given.audit === undefined
      ? undefined
      : new AuditTrail(given.audit, writer.settings.redaction, createSink(logger))
  const events = { trail, flood, isOff }
  installMethods(logger, {
    ...events,
    buffer,
    levelsByName: config.levelsByName,
    spans: resolveSpanLevels(given.spans, levels, config.spanLevel),
    destination: output as SettlingStream,
    ownsDestination: destination === undefined && given.transport !== undefined,
    writerFor: writerWithRedaction,
  })
  refuseLevelNames(logger, given)
  countLogger({ counters, redaction: writer.settings.redaction })
  setHeads(logger)
  applyLevel(logger, logger.level)
  addNamed(logger, given.name ?? config.service.name ?? 'root', config.levelsByName)
  logger[levelChangeSymbol] = levelChanges(events)
  logger[levelListenerSymbol] = tellAssignment
  if (isOff) {
    const parts = { trail: undefined, flood }
    void logSecurityEvent(
      logger,
      parts,
      'sys_monitor_disabled',
      { monitor: 'log.security' },
      undefined,
    )
  }
  return logger as unknown as SecurityLogger<Levels>

  function rootBindings(): Bindings {
    return hasName(given, config.format)
      ? writer.bind({ name: given.name }, undefined)
      : Bindings.none
  }
}

type HoldsBack = LineSettings['holdsBack']

/** Whether one of two holds a line back. */
function either(first: HoldsBack, second: HoldsBack): HoldsBack {
  if (first === undefined || second === undefined) return first ?? second
  return (...line) => first(...line) || second(...line)
}

/** @throws SeclogError `SECLOG_OPTION_INVALID` for anything but `false`. */
function isSecurityOff(option: unknown): boolean {
  if (option === undefined || option === false) return option === false
  throw new SeclogError(
    'SECLOG_OPTION_INVALID',
    'The option security can only be false, which writes no lines of security events.',
  )
}

/** @throws SeclogError `SECLOG_OPTION_INVALID` for what cannot be written to. */
function checkDestination(destination: unknown): void {
  if (destination === undefined) return
  const { write } = (destination ?? {}) as { write?: unknown }
  if (typeof write === 'function') return
  throw new SeclogError(
    'SECLOG_OPTION_INVALID',
    'The destination must be an object with a method write; for a file, use fileDestination(path).',
  )
}

/** @throws SeclogError `SECLOG_OPTION_INVALID` for a level that the logger does not have. */
function resolveSpanLevels(
  options: SpanRecordOptions | undefined,
  levels: readonly string[],
  fromEnvironment: string | undefined,
): SpanRecordOptions {
  for (const [name, level] of Object.entries(options ?? {})) {
    if (level === undefined || levels.includes(level)) continue
    throw new SeclogError(
      'SECLOG_OPTION_INVALID',
      `The option spans.${name} is ${JSON.stringify(level)}; it must be one of ${levels.join(', ')}.`,
    )
  }
  if (fromEnvironment === undefined || options?.level !== undefined) return options ?? {}
  return { ...options, level: fromEnvironment as NonNullable<SpanRecordOptions['level']> }
}

/** @throws SeclogError `SECLOG_OPTION_CONFLICT` for a level whose method would replace another one of the logger. */
function refuseLevelNames(logger: Instance, { customLevels }: SecurityLoggerOptions<string>): void {
  const standard = new Set([...Object.keys(pino.levels.values), 'silent'])
  for (const name of Object.keys(customLevels ?? {})) {
    if (standard.has(name) || !(name in Object.getPrototypeOf(logger) || isMethod(logger, name)))
      continue
    throw new SeclogError(
      'SECLOG_OPTION_CONFLICT',
      `The option customLevels cannot have a level ${JSON.stringify(name)}: a logger has a method of that name.`,
    )
  }
}

/** The level methods that pino has made are enumerable, the methods of a logger are not. */
function isMethod(logger: Instance, name: string): boolean {
  return Object.getOwnPropertyDescriptor(logger, name)?.enumerable === false
}

function construct(
  options: SecurityLoggerOptions<string>,
  level: string | number,
  stream: pino.DestinationStream,
): Instance {
  try {
    return pino(optionsForPino(options, level), stream) as unknown as Instance
  } catch (error) {
    throw new SeclogError('SECLOG_OPTION_INVALID', `pino refuses an option: ${messageOf(error)}`, {
      cause: error,
    })
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

function levelValues(options: SecurityLoggerOptions<string>): Record<string, number> {
  const standard = options.useOnlyCustomLevels === true ? {} : pino.levels.values
  return { ...standard, ...options.customLevels }
}

function levelNames(options: SecurityLoggerOptions<string>): string[] {
  return [...Object.keys(levelValues(options)), 'silent']
}

/** Whether a user gave serializers; pino's own one for errors gives way to ours. */
function hasOwnSerializers(options: SecurityLoggerOptions<string>): boolean {
  const { serializers } = options
  if (serializers === undefined) return false
  const names = Object.keys(serializers)
  return names.some((name) => name !== 'err' || serializers[name] !== pino.stdSerializers.err)
}
