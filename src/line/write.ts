import { tracingChannel } from 'node:diagnostics_channel'
import type { RecordTrace } from '../diagnostics.js'
import { isError } from '../redaction/serialize-error.js'
import { contained } from './contained.js'
import { correlationOfTrace, idNames } from './correlation.js'
import type { Serializers } from './frame.js'
import { flushFile, handOver } from './hand-over.js'
import { type Instance, stateOf, stateSymbol, symbols } from './instance.js'
import type { Detours, LineState } from './line-writer.js'
import { callFields, timeOf } from './written-record.js'

const asJsonChannel = tracingChannel('pino_asJson')
const { start, end, error: failure } = asJsonChannel

const { lsCacheSym, serializersSym } = symbols

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
  flushFile(instance, state)
}

/** Writes a line that was made before. */
export function writeLine(instance: Instance, level: number, line: string): void {
  handOver(instance, instance[stateSymbol] as LineState, level, line)
}

/** In place of ids: a record of the library's own, under those of the active span. */
const ownRecord = 'own'

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

/** pino's diagnostics channel, with what is safe to show: the record as it was written. */
function announced(instance: Instance, line: string, level: number): string {
  const record = JSON.parse(line) as Record<string, unknown>
  const { messageKey, timeKey } = stateOf(instance).writer.settings
  const time = `,"${timeKey}":${timeOf(line, timeKey)}`
  const args = [callFields(instance, record), record[messageKey], level, time]
  return asJsonChannel.traceSync(() => line, { instance, arguments: args }) as string
}
