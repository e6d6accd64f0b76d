import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from './json-value.js'
import type { Painter } from './pretty-error.js'
import { type PrettyRecord, prettyRecord } from './pretty-record.js'
import { createSpanDepths } from './span-depths.js'
import { hide, isNeutral, show } from './visible.js'

export interface PrettyOptions {
  /** @defaultValue 'msg' */
  readonly messageKey?: string
  /** @defaultValue 'err' */
  readonly errorKey?: string
  /** The logger's levels by label; pino's own need not be named. */
  readonly levels?: Readonly<Record<string, number>>
  /** @defaultValue what pino-pretty finds of the terminal at standard output */
  readonly colorize?: boolean
}

/** The part of pino-pretty that is used: https://github.com/pinojs/pino-pretty#api (version 13). */
interface PinoPretty {
  prettyFactory(options: object): (record: object) => string | undefined
}

/** Whether a module is a pino-pretty that can be used. */
export function isPinoPretty(module: unknown): module is PinoPretty {
  return (
    (typeof module === 'function' || (typeof module === 'object' && module !== null)) &&
    'prettyFactory' in module &&
    typeof module.prettyFactory === 'function'
  )
}

/** The options that pino-pretty gets. */
export function prettyOptions(options: PrettyOptions = {}): Record<string, unknown> {
  const { messageKey = 'msg', errorKey = 'err', levels, colorize } = options
  return {
    messageKey,
    errorLikeObjectKeys: [...new Set(['err', 'error', errorKey])],
    ignore: 'pid,hostname',
    translateTime: 'SYS:HH:MM:ss.l',
    useOnlyCustomProps: false,
    // Without a prototype: pino-pretty would take `toString` and the like for prettifiers of fields of those names.
    customPrettifiers: Object.create(null) as object,
    ...(levels !== undefined && { customLevels: levels }),
    ...(colorize !== undefined && { colorize }),
  }
}

/** What pino-pretty hands to `messageFormat`: functions by the names of colours, which leave a text as it is without colours. */
type Colours = Readonly<Record<string, ((text: string) => string) | undefined>>

/**
 * Creates the function that makes text for people of one line of JSON: service and trace in colours of their own, spans
 * indented by their depth, security events marked, stacks folded.
 *
 * A record never begins a second line that is not indented, and no character of it reaches a terminal that could drive it:
 * such characters are spelled out (`\u001b`), line ends too, but for those of error stacks, whose lines are indented. What
 * pino-pretty cannot format safely comes out as the line of JSON that it was.
 */
export function createPrettyText(
  pinoPretty: PinoPretty,
  options: PrettyOptions = {},
): (line: string) => string {
  const settings = prettyOptions(options)
  const errorKeys = new Set(settings['errorLikeObjectKeys'] as readonly string[])
  const names = { messageKey: settings['messageKey'] as string, errorKeys }
  const depths = createSpanDepths()
  let current: PrettyRecord | undefined
  let paint: Painter = (_colour, text) => text
  const messageFormat = (
    _log: object,
    _messageKey: string,
    _levelLabel: string,
    extras?: { readonly colors?: Colours },
  ): string => {
    const colours = extras?.colors ?? {}
    paint = (colour, text) => colours[colour]?.(text) ?? text
    return current?.headline(paint) ?? ''
  }
  const format = pinoPretty.prettyFactory({ ...settings, messageFormat })
  return (line) => {
    try {
      current = prettyRecord(hidden(JSON.parse(line) as JsonObject, errorKeys), depths, names)
      const text = format(current.fields) ?? ''
      if (text === '') return ''
      const errors = current.errors(paint).map((error) => `${error}\n`)
      const shown = show(`${text}${errors.join('')}`)
      return isSafe(shown) ? shown : line
    } catch {
      return line
    }
  }
}

/** Where lines go: the part of a pino destination that a logger writes to. */
export interface PrettyDestination {
  write(text: string): unknown
}

/** Puts the text for people in front of a destination; everything but `write` stays that of the destination. */
export function createPrettyStream<Destination extends PrettyDestination>(
  pinoPretty: PinoPretty,
  destination: Destination,
  options?: PrettyOptions,
): Destination {
  const pretty = createPrettyText(pinoPretty, options)
  const write = (line: string): unknown => destination.write(pretty(line))
  return new Proxy(destination, {
    get(target, key) {
      if (key === 'write') return write
      const value: unknown = Reflect.get(target, key, target)
      if (key === 'writeLeveled' && typeof value === 'function') {
        return (line: string, level: number): unknown =>
          Reflect.apply(value, target, [pretty(line), level])
      }
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}

/** A copy in which no string and no key holds anything unsafe but the line ends of error stacks. */
function hidden(record: JsonObject, errorKeys: ReadonlySet<string>): JsonObject {
  const copy: Record<string, JsonValue> = {}
  const isError = record['type'] === 'Error'
  for (const [key, value] of Object.entries(record)) {
    const keepsLines = errorKeys.has(key)
    copy[hiddenKey(key)] =
      isError && key === 'stack' ? hiddenStack(value) : hiddenValue(value, keepsLines)
  }
  return copy
}

function hiddenValue(value: JsonValue, inError: boolean): JsonValue {
  if (typeof value === 'string') return hide(value)
  if (isJsonArray(value)) return value.map((item) => hiddenValue(item, inError))
  if (!isJsonObject(value)) return value
  const copy: Record<string, JsonValue> = {}
  for (const [key, item] of Object.entries(value)) {
    copy[hiddenKey(key)] =
      inError && key === 'stack' ? hiddenStack(item) : hiddenValue(item, inError)
  }
  return copy
}

function hiddenStack(value: JsonValue): JsonValue {
  return typeof value === 'string'
    ? value
        .split('\n')
        .map((line) => hide(line))
        .join('\n')
    : hiddenValue(value, true)
}

/** pino-pretty copies fields to ordinary objects, where `__proto__` would not be a field. */
function hiddenKey(key: string): string {
  return hide(key, key === '__proto__' ? /^_/g : undefined)
}

const colours = /\u001b\[\d+(?:;\d+)*m/g

/** Holds whatever version of pino-pretty to the promise. */
function isSafe(text: string): boolean {
  const lines = text.replace(/\n$/, '').split('\n')
  return lines.every(
    (line, index) => (index === 0 || /^\s|^$/.test(line)) && isNeutral(line.replace(colours, '')),
  )
}
