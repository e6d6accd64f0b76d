import { SeclogError } from '../errors.js'
import type { TracingOptions } from './types.js'

type Guard = (value: unknown) => boolean

/** What each option must be: how to tell, and how to say it. `redact` is checked where its rules are made. */
const shapes: Record<Exclude<keyof TracingOptions, 'redact'>, readonly [Guard, string]> = {
  service: [isService, 'a text or { name, version, environment } of texts'],
  resourceAttributes: [isTable, 'an object'],
  endpoint: [isText, 'a text'],
  headers: [isTable, 'an object of texts'],
  protocol: [isText, 'a text'],
  compression: [isText, 'a text'],
  timeoutMs: [isNumber, 'a number'],
  ratio: [isNumber, 'a number'],
  propagators: [isListOf(isText), 'a list of names'],
  batch: [isNumbers, 'an object of numbers'],
  spanLimits: [isNumbers, 'an object of numbers'],
  exporter: [isExporter, "'otlp', 'console', 'none', an exporter or a list of exporters"],
  spanProcessors: [
    isListOf(hasMethods('onStart', 'onEnd', 'forceFlush', 'shutdown')),
    'a list of span processors',
  ],
  instrumentations: [isInstrumentations, "'auto' or a list of instrumentations"],
  sampler: [hasMethods('shouldSample'), 'a sampler'],
  log: [isLog, 'a logger'],
  packages: [isTable, 'an object of modules'],
}

/**
 * Holds the options against their types, for callers without a compiler.
 *
 * @throws SeclogError `SECLOG_OPTION_INVALID`
 */
export function checkOptions(options: TracingOptions): void {
  if (!isTable(options)) refuse('The options of startTracing must be an object.')
  for (const [name, [fits, shape]] of Object.entries(shapes)) {
    const value = options[name as keyof TracingOptions]
    if (value !== undefined && !fits(value)) {
      refuse(`The option ${name} of startTracing must be ${shape}.`)
    }
  }
}

function refuse(message: string): never {
  throw new SeclogError('SECLOG_OPTION_INVALID', message)
}

function isText(value: unknown): boolean {
  return typeof value === 'string'
}

function isNumber(value: unknown): boolean {
  return typeof value === 'number'
}

function isTable(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isNumbers(value: unknown): boolean {
  return isTable(value) && Object.values(value).every((one) => one === undefined || isNumber(one))
}

function isListOf(guard: Guard): Guard {
  return (value) => Array.isArray(value) && value.every(guard)
}

function hasMethods(...names: readonly string[]): Guard {
  return (value) => {
    const held = value as Readonly<Record<string, unknown>> | null | undefined
    return names.every((name) => typeof held?.[name] === 'function')
  }
}

function isService(value: unknown): boolean {
  if (!isTable(value)) return isText(value)
  const { name, version, environment } = value
  return [name, version, environment].every((one) => one === undefined || isText(one))
}

function isExporter(value: unknown): boolean {
  if (isText(value)) return value === 'otlp' || value === 'console' || value === 'none'
  const isOne = hasMethods('export', 'shutdown')
  return isOne(value) || isListOf(isOne)(value)
}

function isInstrumentations(value: unknown): boolean {
  const isOne = hasMethods('setTracerProvider', 'getConfig', 'enable', 'disable')
  return value === 'auto' || (Array.isArray(value) && value.flat().every(isOne))
}

function isLog(value: unknown): boolean {
  return hasMethods('write')(value) || hasMethods('warn')(value)
}
