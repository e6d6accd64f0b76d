import { warnOnce } from '../diagnostics.js'
import type { Bindings } from './bindings.js'
import { idNames } from './correlation.js'
import type { Serializers } from './frame.js'
import { type Formatters, type Instance, stateOf, stateSymbol, symbols } from './instance.js'
import { applyLevel } from './level-methods.js'
import type { LineState, LineWriter } from './line-writer.js'

/** pino's options for a child. */
export interface ChildOptions {
  readonly level?: string
  readonly serializers?: Record<string | symbol, (value: unknown) => unknown>
  readonly formatters?: Formatters
  readonly customLevels?: Record<string, number>
  readonly redact?: unknown
  readonly msgPrefix?: string
}

/** Makes the writer of a child that has redaction of its own. */
export type WriterFor = (parent: LineWriter, redact: unknown) => LineWriter

/**
 * pino's `child`, which takes any bindings whatever: no name can hide the logger's own fields, no value can throw.
 *
 * @throws Error for what pino throws for at this place: an unknown level, a custom level that collides.
 */
export function createChild(
  parent: Instance,
  bindings: unknown,
  options: ChildOptions | undefined,
  writerFor: WriterFor,
): Instance {
  const child = Object.create(parent) as Instance
  const state = stateOf(parent)
  if (options !== undefined && options !== null) applyOptions(child, parent, options)
  const writer =
    options?.redact === undefined || options.redact === null
      ? state.writer
      : writerFor(state.writer, options.redact)
  const fields = formattedBindings(bindings, options?.formatters?.bindings, state)
  const log = options?.formatters?.log ?? state.detours.log
  if (writer !== state.writer) writer.adopt(state.bindings)
  const detours = log === state.detours.log ? state.detours : { ...state.detours, log }
  const all = bound(child, writer, fields, state)
  setState(child, { writer, bindings: all, span: state.span, detours }, all)
  if (options?.formatters?.level !== undefined || options?.customLevels !== undefined) {
    setHeads(child)
  }
  if (options?.level !== undefined || options?.customLevels !== undefined) {
    applyLevel(child, options.level ?? parent.level)
  }
  try {
    child.onChild(child)
  } catch {
    writer.settings.counters.faults++
  }
  return child
}

/** pino's `setBindings`: adds to the bindings of this logger, and of the children made from now on. */
export function setBindings(instance: Instance, bindings: unknown): void {
  const state = stateOf(instance)
  const fields = formattedBindings(bindings, undefined, state)
  setState(instance, state, bound(instance, state.writer, fields, state))
}

/** pino's `bindings()`: what was bound by name, without what the logger writes itself. */
export function readBindings(instance: Instance): object {
  const { bindings, writer } = stateOf(instance)
  const { nameKey } = writer.settings
  const { [nameKey]: name, ...fields } = JSON.parse(`{${bindings.text.slice(1)}}`) as Record<
    string,
    unknown
  >
  return name === undefined ? fields : { name, ...fields }
}

/** Puts a logger's state in place, and its bindings where other libraries look for pino's. */
export function setState(instance: Instance, state: LineState, bindings: Bindings): void {
  instance[stateSymbol] = { ...state, bindings } satisfies LineState
  instance[symbols.chindingsSym] = bindings.text
}

function bound(
  instance: Instance,
  writer: LineWriter,
  fields: object | undefined,
  { bindings: older, detours: { plainSerializers } }: LineState,
): Bindings {
  if (fields === undefined) return older
  const serializers = instance[symbols.serializersSym]
  const own = serializers === plainSerializers ? undefined : (serializers as Serializers)
  try {
    return older.with(writer.bind(fields, own))
  } catch {
    writer.settings.counters.faults++
    return older
  }
}

function formattedBindings(
  bindings: unknown,
  format: Formatters['bindings'],
  state: LineState,
): object | undefined {
  if (typeof bindings !== 'object' || bindings === null) return undefined
  if (format === undefined) return bindings
  try {
    const formatted: unknown = format(bindings)
    return typeof formatted === 'object' && formatted !== null ? formatted : bindings
  } catch {
    state.writer.settings.counters.faults++
    return bindings
  }
}

function applyOptions(child: Instance, parent: Instance, options: ChildOptions): void {
  if (options.serializers !== undefined) {
    const inherited = parent[symbols.serializersSym] as Serializers
    child[symbols.serializersSym] = Object.assign(
      Object.create(null) as object,
      inherited,
      options.serializers,
    )
  }
  const { formatters } = options
  if (formatters !== undefined) {
    const inherited = parent[symbols.formattersSym] as Formatters
    child[symbols.formattersSym] = { ...inherited, ...formatters }
  }
  if (options.customLevels !== undefined) addLevels(child, parent, options.customLevels)
  if (typeof options.msgPrefix === 'string') {
    const inherited = parent[symbols.msgPrefixSym]
    child[symbols.msgPrefixSym] =
      (typeof inherited === 'string' ? inherited : '') + options.msgPrefix
  }
}

function addLevels(child: Instance, parent: Instance, added: Record<string, number>): void {
  const { labels, values } = parent.levels
  for (const label of Object.keys(added)) {
    if (label in values) throw new Error('levels cannot be overridden')
    if (label in parent)
      throw new Error(`a level cannot be called ${label}: a logger has a method of that name`)
    if (String(added[label]) in labels) {
      throw new Error('pre-existing level values cannot be used for new levels')
    }
  }
  // As in pino: a child's custom levels stand beside the standard ones, unless only custom ones are used.
  const only = parent[symbols.useOnlyCustomLevelsSym] === true
  const base = only ? { labels: {}, values: {} } : standardOf(parent)
  const mapping = {
    labels: Object.assign(silentLabels(), base.labels),
    values: Object.assign(silentValues(), base.values, added),
  }
  for (const label of Object.keys(added)) mapping.labels[added[label] as number] = label
  ;(child as { levels: unknown }).levels = mapping
}

function standardOf(parent: Instance): { labels: object; values: object } {
  return { labels: { ...parent.levels.labels }, values: { ...parent.levels.values } }
}

function silentLabels(): Record<number, string> {
  return Object.create(Object.prototype, { Infinity: { value: 'silent' } }) as Record<
    number,
    string
  >
}

function silentValues(): Record<string, number> {
  return Object.create(Object.prototype, { silent: { value: Infinity } }) as Record<string, number>
}

/** pino's cache of each level's part of a line's start. */
export function setHeads(instance: Instance): void {
  const state = stateOf(instance)
  const format = (instance[symbols.formattersSym] as Formatters).level
  const heads: Record<string, string> = {}
  const names = new Set<string>()
  for (const [number, label] of Object.entries(instance.levels.labels)) {
    const level = levelObject(format, label, Number(number), state.writer)
    for (const name of Object.keys(level)) names.add(name)
    heads[number] = state.writer.head(level, label)
  }
  instance[symbols.lsCacheSym] = heads
  const writer = state.writer.owning([...names])
  if (writer === state.writer) return
  writer.adopt(state.bindings)
  setState(instance, { ...state, writer }, state.bindings)
}

/** Whether this is an object with fields, under names that the line does not have elsewhere. */
function isLevel(level: unknown, { settings }: LineWriter): level is object {
  if (typeof level !== 'object' || level === null || Array.isArray(level)) return false
  const values = Object.values(level)
  const others = [settings.timeKey, settings.messageKey, 'shadowed', ...Object.keys(idNames)]
  if (others.some((name) => Object.hasOwn(level, name))) return false
  return values.some((value) => value !== undefined)
}

function levelObject(
  format: Formatters['level'],
  label: string,
  number: number,
  writer: LineWriter,
): object {
  if (format !== undefined) {
    try {
      const level: unknown = format(label, number)
      if (isLevel(level, writer)) return { ...level }
    } catch {
      // Said below, as a result of the wrong form is.
    }
    writer.settings.counters.faults++
    warnOnce(
      'formatters.level',
      `formatters.level gives no object with fields for level ${JSON.stringify(label)}; the default is used instead.`,
    )
  }
  return { level: writer.settings.numericLevel ? number : label }
}
