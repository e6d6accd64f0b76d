import { type Duration, parseDuration } from '../config/duration.js'
import { SeclogError } from '../errors.js'
import type { Counters } from '../line/core.js'
import { FloodControl, type HeldBack } from '../line/flood.js'
import { type Instance, stateOf } from '../line/instance.js'
import { ownLine, writeAlways } from '../line/write.js'
import type { SecurityRecord } from '../security/record.js'
import { levelNumberOf } from './sink.js'

/** From when on records that are the same are counted, and not written one by one. */
export interface FloodLimit {
  /** How many of the same are written within the time. @defaultValue 100 */
  readonly limit?: number
  /** Milliseconds, or a number with a unit: `10s`. @defaultValue '10s' */
  readonly within?: Duration
}

export interface FloodOptions {
  /** Of security events; the audit trail and alerts see them all. `false`: each is written. @defaultValue 100 within 10 s */
  readonly security?: false | FloodLimit
  /** Of lines at `error`. @defaultValue false */
  readonly errors?: boolean | FloodLimit
}

interface SecuritySample {
  readonly instance: Instance
  readonly record: SecurityRecord
}

interface ErrorSample {
  readonly instance: Instance
  readonly level: number
  readonly line: string
}

/** What holds back the records of one logger and its children. */
export interface Flood {
  readonly security: FloodControl<SecuritySample> | undefined
  readonly holdsBack: ((instance: object, level: number, line: string) => boolean) | undefined
  flush(): void
}

/** @throws SeclogError `SECLOG_OPTION_INVALID` */
export function createFlood(option: false | FloodOptions | undefined, counters: Counters): Flood {
  if (option !== undefined && option !== false && (typeof option !== 'object' || option === null)) {
    throw invalid('The option flood must be an object, or false.')
  }
  const { security = {}, errors = false }: FloodOptions =
    option === false ? { security: false } : (option ?? {})
  const events = control('security', security, tellEvent)
  const lines = control('errors', errors === true ? {} : errors, tellError)
  return {
    security: events,
    holdsBack:
      lines && ((instance, level, line) => heldBack(lines, instance as Instance, level, line)),
    flush() {
      events?.flush()
      lines?.flush()
    },
  }

  function heldBack(
    of: FloodControl<ErrorSample>,
    instance: Instance,
    level: number,
    line: string,
  ): boolean {
    if (level < errorLevel || level >= fatalLevel) return false
    if (of.passes(line, { instance, level, line })) return false
    counters.heldBack++
    return true
  }
}

const errorLevel = 50
const fatalLevel = 60

function control<T>(
  name: string,
  given: false | FloodLimit,
  tell: (held: HeldBack<T>, windowMs: number) => void,
): FloodControl<T> | undefined {
  if (given === false) return undefined
  if (typeof given !== 'object' || given === null) {
    throw invalid(`The option flood.${name} must be an object with limit and within, or false.`)
  }
  const { limit = 100, within = '10s' } = given
  if (!Number.isSafeInteger(limit) || limit < 1) {
    throw invalid(`flood.${name}.limit must be a whole number from 1 on.`)
  }
  const windowMs = parseDuration(within)
  if (windowMs === undefined || windowMs > 86_400_000) {
    throw invalid(
      `flood.${name}.within must be milliseconds or a number with a unit, a day at most.`,
    )
  }
  return new FloodControl<T>(limit, windowMs, (held) => tell(held, windowMs))
}

function invalid(message: string): SeclogError {
  return new SeclogError('SECLOG_OPTION_INVALID', message)
}

/** The event once more, with the number of those that were held back. */
function tellEvent({ sample, ...held }: HeldBack<SecuritySample>, windowMs: number): void {
  const { instance, record } = sample
  const fields = { ...record.fields, repeated: repeatedOf(held) }
  write(instance, levelNumberOf(instance, record.lineLevel), fields, record.message, held, windowMs)
}

/** The error's message and type; its stack and fields stand on the lines that were written. */
function tellError({ sample, ...held }: HeldBack<ErrorSample>, windowMs: number): void {
  const { instance, level, line } = sample
  const { messageKey, errorKey } = stateOf(instance).writer.settings
  const record = JSON.parse(line) as Readonly<Record<string, unknown>>
  const error = record[errorKey] as { type?: unknown; message?: unknown } | null | undefined
  const fields = {
    repeated: repeatedOf(held),
    ...(record['error.type'] !== undefined && {
      err: { type: record['error.type'], message: record['error.message'] },
    }),
    ...(typeof error === 'object' &&
      error !== null && { [errorKey]: { type: error.type, message: error.message } }),
  }
  const message = record[messageKey] ?? record['message'] ?? 'error'
  write(instance, level, fields, String(message), held, windowMs)
}

function write(
  instance: Instance,
  level: number,
  fields: object,
  message: string,
  { count }: Omit<HeldBack<unknown>, 'sample'>,
  windowMs: number,
): void {
  try {
    const text = `${message} (${count} more within ${windowMs / 1_000} s)`
    writeAlways(instance, ownLine(instance, level, fields, text))
  } catch {
    stateOf(instance).writer.settings.counters.faults++
  }
}

function repeatedOf({ count, first, last }: Omit<HeldBack<unknown>, 'sample'>): object {
  return { count, first: new Date(first).toISOString(), last: new Date(last).toISOString() }
}
