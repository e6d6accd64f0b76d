import { tracingChannel } from 'node:diagnostics_channel'
import type { RecordTrace } from '../diagnostics.js'
import { warnOnce } from '../diagnostics.js'
import { containRejection } from '../redaction/promises.js'
import { isError } from '../redaction/serialize-error.js'
import { deepest, type LineSettings } from './core.js'
import { correlationOfTrace, idNames } from './correlation.js'
import type { Serializers } from './frame.js'
import { type Instance, type Stream, stateOf, stateSymbol, symbols } from './instance.js'
import type { Detours, LineState } from './line-writer.js'
import { numbered } from './sequence.js'

const asJsonChannel = tracingChannel('pino_asJson')
const { start, end, error: failure } = asJsonChannel

const { lsCacheSym, needsMetadataGsym, serializersSym, streamSym } = symbols

/** How many calls are being written, each made by the destination of the one before. */
let writing = 0
/** How many functions of users are running, each called by a record that the one before has made. */
let running = 0

/** Makes the line of one call and hands it to the destination. Never throws. */
export function writeRecord(
  instance: Instance,
  level: number,
  object: object | null,
  message: string | undefined,
  trace?: RecordTrace,
  rest?: readonly unknown[],
): void {
  const state = instance[stateSymbol] as LineState
  const line = lineOf(instance, state, level, object, message, trace, rest)
  const { holdsBack } = state.writer.settings
  if (holdsBack === undefined || !holdsBack(instance, level, line)) {
    handOver(instance, state, level, line)
  }
}

/** The line of a record of the library's own, under the ids of the active span. */
export function ownLine(
  instance: Instance,
  level: number,
  object: object,
  message: string,
): string {
  return lineOf(instance, instance[stateSymbol] as LineState, level, object, message, ownRecord)
}

/**
 * Writes a line that must arrive: whatever level the logger has, and whatever levels the streams behind it have. Where the
 * destination keeps lines in memory and can write them at once, it does.
 */
export function writeAlways(instance: Instance, line: string): void {
  const state = instance[stateSymbol] as LineState
  handOver(instance, state, Number.POSITIVE_INFINITY, line)
  flushFile(instance[streamSym] as SettlingFile, state)
}

/** Writes a line that was made before. */
export function writeLine(instance: Instance, level: number, line: string): void {
  handOver(instance, instance[stateSymbol] as LineState, level, line)
}

/** A file's stream; a worker's is left to itself, since waiting for another thread may take any time. */
interface SettlingFile {
  readonly fd?: unknown
  flushSync?(): void
}

function flushFile(stream: SettlingFile, { writer }: LineState): void {
  if (typeof stream.fd !== 'number' || stream.fd < 0) return
  try {
    stream.flushSync?.()
  } catch {
    writer.settings.counters.faults++
  }
}

/** Hands a line to the destination. */
function handOver(instance: Instance, state: LineState, level: number, line: string): void {
  const { settings } = state.writer
  const { counters } = settings
  const stream = instance[streamSym] as Stream & Record<symbol, unknown>
  const { streamWrite } = state.detours
  if (writing >= deepest) {
    counters.dropped++
    counters.faults++
    return
  }
  writing++
  try {
    if (stream[needsMetadataGsym] === true) tellMetadata(stream, instance, level, line)
    const told = settings.sequence === true ? numbered(line, settings.end, isEcs(settings)) : line
    const text = streamWrite === undefined ? told : hooked(streamWrite, told, state)
    if (stream.writeLeveled === undefined) stream.write(text)
    else stream.writeLeveled(text, level)
    counters.lines++
    if (level < Number.POSITIVE_INFINITY) {
      counters.byLevel[level] = (counters.byLevel[level] ?? 0) + 1
    }
  } catch (error) {
    counters.dropped++
    counters.faults++
    warnOnce(
      'destination',
      `The log destination throws (${error instanceof Error ? error.name : typeof error}): lines are dropped and counted in health().dropped.`,
    )
  } finally {
    writing--
  }
}

/** In place of ids: a record of the library's own, under those of the active span. */
const ownRecord = 'own'

function isEcs({ timeKey }: LineSettings): boolean {
  return timeKey === '@timestamp'
}

/** The line of one call, without writing it. */
export function lineOf(
  instance: Instance,
  state: LineState,
  level: number,
  object: object | null,
  message: string | undefined,
  trace?: RecordTrace | typeof ownRecord,
  rest?: readonly unknown[],
): string {
  const { detours, writer } = state
  const head = (instance[lsCacheSym] as Record<number, string>)[level] ?? '{'
  const serializers = instance[serializersSym]
  const plain =
    serializers === detours.plainSerializers &&
    detours.mixin === undefined &&
    detours.log === undefined &&
    trace === undefined &&
    rest === undefined
  const line = plain
    ? writer.line(state, head, object, message, undefined)
    : withDetours(instance, state, level, head, object, message, trace, rest)
  const observed = start.hasSubscribers || end.hasSubscribers || failure.hasSubscribers
  return observed ? announced(instance, line, level) : line
}

function withDetours(
  instance: Instance,
  state: LineState,
  level: number,
  head: string,
  object: object | null,
  message: string | undefined,
  trace: RecordTrace | typeof ownRecord | undefined,
  rest: readonly unknown[] | undefined,
): string {
  const { detours, writer } = state
  let given = object
  let mixin: object | undefined
  if (detours.mixin !== undefined) {
    mixin = contained(state, () => detours.mixin?.(object ?? {}, level, instance))
    const mixes = detours.merge !== undefined || detours.log !== undefined
    if (mixin !== undefined && mixes && trace !== ownRecord) {
      const result = mixin
      const ids = contained(state, () => idsOf(result))
      given = merged(state, detours, given, mixin)
      mixin = ids
      if (ids !== undefined && given !== null) {
        const all = given
        given = contained(state, () => withoutIds(all, ids)) ?? all
      }
    }
  }
  // A formatter may leave fields out, and a record that must arrive must arrive whole.
  if (detours.log !== undefined && trace !== ownRecord) {
    given = formatted(state, detours.log, given)
  }
  const serializers = instance[serializersSym]
  return writer.line(state, head, given, message, {
    serializers:
      serializers === detours.plainSerializers ? undefined : (serializers as Serializers),
    ids: trace === undefined || trace === ownRecord ? undefined : correlationOfTrace(trace),
    own: trace !== undefined,
    mixin,
    rest,
  })
}

/** Runs a user's function; what it throws is counted, and nothing taken from it. */
function contained<T>(state: LineState, run: () => T): T | undefined {
  const { counters } = state.writer.settings
  if (running >= deepest) {
    counters.faults++
    return undefined
  }
  running++
  try {
    return containRejection(run(), () => {
      counters.faults++
    })
  } catch {
    counters.faults++
    return undefined
  } finally {
    running--
  }
}

function merged(
  state: LineState,
  detours: Detours,
  object: object | null,
  mixin: object,
): object | null {
  const given = fieldsOf(state, object)
  const merge = detours.merge ?? ((call: object, result: object) => Object.assign(result, call))
  return contained(state, () => merge(given, mixin)) ?? object
}

/** The ids of a mixin's result, which stand apart from a call's own however the two are merged. */
function idsOf(mixin: object): Readonly<Record<string, unknown>> | undefined {
  const given = mixin as Readonly<Record<string, unknown>>
  const names = Object.keys(idNames).filter((name) => given[name] !== undefined)
  return names.length === 0
    ? undefined
    : Object.fromEntries(names.map((name) => [name, given[name]]))
}

function withoutIds(fields: object, ids: Readonly<Record<string, unknown>>): object {
  const rest: Record<string, unknown> = { ...fields }
  for (const name of Object.keys(ids)) if (rest[name] === ids[name]) delete rest[name]
  return rest
}

function formatted(
  state: LineState,
  log: (object: object) => object,
  object: object | null,
): object | null {
  return contained(state, () => log(fieldsOf(state, object))) ?? object
}

/** As pino hands a call's object to strategies and formatters: an error under its key. */
function fieldsOf(state: LineState, object: object | null): object {
  if (object === null) return {}
  return isError(object) ? { [state.writer.settings.errorKey]: object } : object
}

function hooked(streamWrite: (line: string) => string, line: string, state: LineState): string {
  const replaced = contained(state, () => streamWrite(line))
  return typeof replaced === 'string' ? replaced : line
}

/** pino's diagnostics channel, with what is safe to show: the record as it was written. */
function announced(instance: Instance, line: string, level: number): string {
  const record = JSON.parse(line) as Record<string, unknown>
  const { messageKey, timeKey } = stateOf(instance).writer.settings
  const time = `,"${timeKey}":${timeOf(line, timeKey)}`
  const args = [callFields(instance, record), record[messageKey], level, time]
  return asJsonChannel.traceSync(() => line, { instance, arguments: args }) as string
}

/** Sets what multistream and other streams with metadata read; their `lastObj` and `lastMsg` are of the safe record. */
function tellMetadata(stream: Stream, instance: Instance, level: number, line: string): void {
  const { messageKey, timeKey } = stateOf(instance).writer.settings
  let record: Record<string, unknown> | undefined
  const parsed = (): Record<string, unknown> => {
    record ??= JSON.parse(line) as Record<string, unknown>
    return record
  }
  stream.lastLevel = level
  stream.lastTime = timeOf(line, timeKey)
  stream.lastLogger = instance
  Object.defineProperty(stream, 'lastObj', {
    configurable: true,
    get: () => callFields(instance, parsed()),
    set: ignore,
  })
  Object.defineProperty(stream, 'lastMsg', {
    configurable: true,
    get: () => parsed()[messageKey],
    set: ignore,
  })
}

function ignore(): void {}

/** The fields that a call gave, of a record that has been written. */
function callFields(instance: Instance, record: Record<string, unknown>): Record<string, unknown> {
  const { bindings, writer } = stateOf(instance)
  const { ownNames } = writer.settings
  return Object.fromEntries(
    Object.entries(record).filter(
      ([name]) => !ownNames.has(name) && bindings.names?.has(name) !== true,
    ),
  )
}

/** The JSON text of a line's time, which is at its start or nowhere. */
function timeOf(line: string, timeKey: string): string {
  const start = `"${timeKey}":`
  const at = line.slice(0, 1_024).indexOf(start)
  if (at === -1) return ''
  return /^(?:"[^"]*"|-?[\d.]+)/.exec(line.slice(at + start.length, at + 1_024))?.[0] ?? ''
}
