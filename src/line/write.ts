import { tracingChannel } from 'node:diagnostics_channel'
import type { RecordTrace } from '../diagnostics.js'
import { warnOnce } from '../diagnostics.js'
import type { Correlation } from './correlation.js'
import { correlationOf, render } from './correlation.js'
import type { Serializers } from './frame.js'
import {
  type Formatters,
  type Hooks,
  type Instance,
  type Stream,
  stateOf,
  symbols,
} from './instance.js'
import type { LineState } from './line-writer.js'

const asJsonChannel = tracingChannel('pino_asJson')

type Mixin = (object: object, level: number, logger: Instance) => object
type MergeStrategy = (object: object, mixin: object) => object

/** What a logger's users have put in the way of a line. Resolved when a logger or child is made, read on every line. */
export interface Detours {
  readonly mixin: Mixin | undefined
  readonly merge: MergeStrategy | undefined
  readonly log: Formatters['log'] | undefined
  readonly plainSerializers: unknown
}

export const detoursSymbol: unique symbol = Symbol('seclog.detours')

/** Makes the line of one call and hands it to the destination. Never throws. */
export function writeRecord(
  instance: Instance,
  level: number,
  object: object | null,
  message: string | undefined,
  trace?: RecordTrace,
  rest?: readonly unknown[],
): void {
  const state = stateOf(instance)
  const { counters } = state.writer.settings
  const line = lineOf(instance, state, level, object, message, trace, rest)
  const stream = instance[symbols.streamSym] as Stream & Record<symbol, unknown>
  try {
    if (stream[symbols.needsMetadataGsym] === true) tellMetadata(stream, instance, level, line)
    const { streamWrite } = instance[symbols.hooksSym] as Hooks
    stream.write(streamWrite === undefined ? line : hooked(streamWrite, line, state))
    counters.lines++
  } catch (error) {
    counters.dropped++
    counters.faults++
    warnOnce(
      'destination',
      `The log destination throws (${error instanceof Error ? error.name : typeof error}): lines are dropped and counted in health().dropped.`,
    )
  }
}

/** The line of one call, without writing it. */
export function lineOf(
  instance: Instance,
  state: LineState,
  level: number,
  object: object | null,
  message: string | undefined,
  trace?: RecordTrace,
  rest?: readonly unknown[],
): string {
  const detours = instance[detoursSymbol] as Detours
  let given = object
  let mixin: object | undefined
  if (detours.mixin !== undefined) {
    mixin = contained(state, () => detours.mixin?.(object ?? {}, level, instance))
    if (mixin !== undefined && (detours.merge !== undefined || detours.log !== undefined)) {
      given = merged(state, detours, given, mixin)
      mixin = undefined
    }
  }
  if (detours.log !== undefined) given = formatted(state, detours.log, given)
  const serializers = instance[symbols.serializersSym]
  const input = {
    level,
    head: (instance[symbols.lsCacheSym] as Record<number, string>)[level] ?? '{',
    object: given,
    message,
    bindings: state.bindings,
    serializers:
      serializers === detours.plainSerializers ? undefined : (serializers as Serializers),
    ids: trace === undefined ? boundIds(state) : render(trace),
    own: trace !== undefined,
    mixin,
    rest,
  }
  const line = state.writer.line(input)
  return asJsonChannel.hasSubscribers ? announced(instance, line, level) : line
}

function boundIds(state: LineState): Correlation | undefined {
  return state.span === undefined ? undefined : correlationOf(state.span)
}

/** Runs a user's function; what it throws is counted, and nothing taken from it. */
function contained<T>(state: LineState, run: () => T): T | undefined {
  try {
    return run()
  } catch {
    state.writer.settings.counters.faults++
    return undefined
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
  return object instanceof Error ? { [state.writer.settings.errorKey]: object } : object
}

function hooked(streamWrite: (line: string) => string, line: string, state: LineState): string {
  const replaced = contained(state, () => streamWrite(line))
  return typeof replaced === 'string' ? replaced : line
}

/** pino's diagnostics channel, with what is safe to show: the record as it was written. */
function announced(instance: Instance, line: string, level: number): string {
  const record = JSON.parse(line) as Record<string, unknown>
  const { messageKey } = stateOf(instance).writer.settings
  const args = [record, record[messageKey], level, record['time']]
  return asJsonChannel.traceSync(() => line, { instance, arguments: args }) as string
}

/** Sets what multistream and other streams with metadata read; their `lastObj` and `lastMsg` are of the safe record. */
function tellMetadata(stream: Stream, instance: Instance, level: number, line: string): void {
  const { messageKey } = stateOf(instance).writer.settings
  let record: Record<string, unknown> | undefined
  const parsed = (): Record<string, unknown> => {
    record ??= JSON.parse(line) as Record<string, unknown>
    return record
  }
  stream.lastLevel = level
  stream.lastTime = timeOf(line)
  stream.lastLogger = instance
  Object.defineProperty(stream, 'lastObj', { configurable: true, get: parsed, set: ignore })
  Object.defineProperty(stream, 'lastMsg', {
    configurable: true,
    get: () => parsed()[messageKey],
    set: ignore,
  })
}

function ignore(): void {}

/** The JSON text of a line's time. */
function timeOf(line: string): string {
  return /"(?:time|@timestamp)":("[^"]*"|\d+)/.exec(line)?.[1] ?? ''
}
