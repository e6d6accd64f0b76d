import { containRejection } from '../redaction/promises.js'
import { SafeWriter } from '../redaction/serialize.js'
import { deepest } from './core.js'
import type { FormattedMessage } from './format-message.js'
import { formatMessage, printed } from './format-message.js'
import { type Hooks, type Instance, type Stream, stateOf, symbols } from './instance.js'
import { writeRecord } from './write.js'

type LevelMethod = (this: Instance, ...args: unknown[]) => void

const methods = new Map<number, LevelMethod>()

function noop(): void {}

/** Told when the level of a logger that is in use changes, with the numbers before and after. */
export type LevelListener = (instance: Instance, before: number, after: number) => void

/** Where a logger keeps its {@link LevelListener}; its children inherit it. */
export const levelListenerSymbol: unique symbol = Symbol('seclog.levelListener')

/**
 * pino's `setLevel`, which is what an assignment to `log.level` calls; the change itself is told of.
 *
 * @throws Error for a level that the logger does not have, as pino does.
 */
export function setLevel(this: Instance, level: string | number): void {
  const before = this[symbols.levelValSym] as number
  applyLevel(this, level, (after) => {
    const listener = this[levelListenerSymbol] as LevelListener | undefined
    if (after !== before) listener?.(this, before, after)
  })
}

/**
 * Gives a logger its level, with level methods of our own: no argument can make one throw, and each property is read once.
 *
 * @param applied - Called before pino's event, whose listeners may throw.
 */
export function applyLevel(
  instance: Instance,
  level: string | number,
  applied?: (after: number) => void,
): void {
  const { labels, values } = instance.levels
  const label = typeof level === 'number' ? labels[level] : level
  const value = label === undefined ? undefined : values[label]
  if (label === undefined || value === undefined) throw new Error(`unknown level ${level}`)
  const before = instance[symbols.levelValSym] as number
  instance[symbols.levelValSym] = value
  const compare = instance[symbols.levelCompSym] as (current: number, expected: number) => boolean
  const { logMethod } = instance[symbols.hooksSym] as Hooks
  for (const name of Object.keys(values)) {
    const number = values[name] as number
    if (number === Infinity) continue
    instance[name] = compare(number, value)
      ? hooked(levelMethod(number, name === 'fatal'), number, logMethod)
      : noop
  }
  applied?.(value)
  instance.emit('level-change', label, value, labels[before], before, instance)
}

function levelMethod(level: number, flushes: boolean): LevelMethod {
  const key = flushes ? -level : level
  let method = methods.get(key)
  if (method === undefined) {
    method = flushes ? flushing(createLevelMethod(level)) : createLevelMethod(level)
    methods.set(key, method)
  }
  return method
}

/** The method of one level, shared by all loggers. The calls that are common take the short ways (see bench/). */
function createLevelMethod(level: number): LevelMethod {
  return function log(this: Instance, first?: unknown, second?: unknown): void {
    // biome-ignore lint/complexity/noArguments: a rest parameter would make an array for each call
    const { length } = arguments
    try {
      if (length === 1 && typeof first === 'string') {
        writeRecord(this, level, null, prefixed(this, first))
      } else if (typeof first === 'object' && first !== null && length === 1) {
        writeRecord(this, level, first, undefined)
      } else if (
        length === 2 &&
        typeof first === 'object' &&
        first !== null &&
        typeof second === 'string'
      ) {
        writeRecord(this, level, first, prefixed(this, second))
      } else {
        // biome-ignore lint/complexity/noArguments: see above
        writeCall(this, level, splitCall(first, Array.prototype.slice.call(arguments, 1)))
      }
    } catch {
      containFault(this, level, typeof first === 'string' ? first : second)
    }
  }
}

function prefixed(instance: Instance, message: string): string {
  const prefix = instance[symbols.msgPrefixSym]
  return typeof prefix === 'string' ? prefix + message : message
}

/** What a call's arguments are: fields, message or format string, and arguments of the latter. */
interface SplitCall {
  readonly object: object | null
  readonly template: unknown
  readonly args: readonly unknown[]
}

function splitCall(first: unknown, others: readonly unknown[]): SplitCall {
  if (typeof first === 'string') return { object: null, template: first, args: others }
  const [template, ...args] = others
  if (typeof first === 'object' && first !== null) return { object: first, template, args }
  if (first === null && others.length === 0) return { object: null, template: 'null', args }
  if (first === undefined || first === null) return { object: null, template, args }
  // A number, symbol or function where the fields belong: kept beside the message that follows, or as the message.
  if (typeof template === 'string') return { object: { value: first }, template, args }
  return { object: null, template: first, args: others }
}

function writeCall(instance: Instance, level: number, call: SplitCall): void {
  const { text, rest } = messageOf(call.template, call.args, messageWriter(instance))
  const message = text === undefined ? undefined : prefixed(instance, text)
  writeRecord(
    instance,
    level,
    call.object,
    message,
    undefined,
    rest.length === 0 ? undefined : rest,
  )
}

function messageOf(
  template: unknown,
  args: readonly unknown[],
  writer: SafeWriter,
): Omit<FormattedMessage, 'text'> & { readonly text: string | undefined } {
  if (typeof template === 'string') {
    return args.length === 0
      ? { text: template, rest: args }
      : formatMessage(template, args, writer)
  }
  if (template === undefined || template === null) return { text: undefined, rest: args }
  return { text: printed(template, writer), rest: args }
}

/** The writer that makes message text of other values. Not the line's own: that one counts and bounds the record. */
function messageWriter(instance: Instance): SafeWriter {
  const { redaction, limits } = stateOf(instance).writer.settings
  return new SafeWriter(redaction, limits).begin()
}

function flushing(method: LevelMethod): LevelMethod {
  return function fatal(this: Instance, ...args: unknown[]): void {
    method.apply(this, args)
    try {
      const stream = this[symbols.streamSym] as Stream
      stream.flushSync?.()
    } catch {
      // A destination that cannot flush now has said so itself.
    }
  }
}

/** How many hooks are running, each called by a log call that the one before has made. */
let hooking = 0

/** A user's `hooks.logMethod` around a level method; when the hook throws, the call is logged without it. */
function hooked(method: LevelMethod, level: number, hook: Hooks['logMethod']): LevelMethod {
  if (hook === undefined) return method
  return function log(this: Instance, ...args: unknown[]): void {
    let called = false
    if (hooking >= deepest) {
      countFault(this)
      method.apply(this, args)
      return
    }
    const once = (...given: unknown[]): void => {
      called = true
      method.apply(this, given)
    }
    hooking++
    try {
      containRejection(hook.call(this, args, once, level) as unknown, () => countFault(this))
    } catch {
      countFault(this)
      if (!called) method.apply(this, args)
    } finally {
      hooking--
    }
  }
}

/** What should not happen: the fault is counted, and a record with the message, as it was given, says that one was here. */
function containFault(instance: Instance, level: number, message: unknown): void {
  countFault(instance)
  try {
    const text = typeof message === 'string' ? prefixed(instance, message) : undefined
    writeRecord(instance, level, { '[Throws]': 'the fields could not be written' }, text)
  } catch {
    countDropped(instance)
  }
}

function countDropped(instance: Instance): void {
  try {
    stateOf(instance).writer.settings.counters.dropped++
  } catch {
    // Called without its logger: there is nobody to count it.
  }
}

function countFault(instance: Instance): void {
  try {
    stateOf(instance).writer.settings.counters.faults++
  } catch {
    // Called without its logger: there is nobody to count it.
  }
}
