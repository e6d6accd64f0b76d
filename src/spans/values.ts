import { types } from 'node:util'
import { containRejection } from '../redaction/promises.js'
/** A value of a span, made safe: plain data with nothing in it that throws, changes or cannot be written. */
export type PlainValue =
  | string
  | number
  | boolean
  | null
  | readonly PlainValue[]
  | { readonly [key: string]: PlainValue }

/** How much one value of a span may hold. */
const limits = {
  /** UTF-16 units of a string before it is redacted; what is cut for good is cut afterwards. */
  string: 65_536,
  depth: 5,
  items: 128,
  nodes: 512,
} as const

interface Budget {
  nodes: number
}

const longestInteger = 10n ** 64n
const unreadable = '[unreadable]'
const tooMuch = '[…]'

/**
 * A copy of a value in which NaN, infinities, numbers beyond 64 bits and `bigint`s are strings, and whatever else JSON and
 * both generations of OpenTelemetry cannot hold is text.
 *
 * @returns `undefined` for what says nothing: `undefined` and `null`.
 */
export function plainValue(value: unknown): PlainValue | undefined {
  if (typeof value === 'string') return boundedText(value)
  if (typeof value === 'boolean') return value
  if (value === undefined || value === null) return undefined
  return copy(value, 0, { nodes: limits.nodes })
}

/** Text of at most 65536 UTF-16 units, not cut inside a surrogate pair. */
export function boundedText(text: string, length: number = limits.string): string {
  if (text.length <= length) return text
  const last = text.charCodeAt(length - 1)
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? length - 1 : length)
}

/** Text of anything that is said to be text, by callers without types. */
export function textOf(value: unknown): string {
  if (typeof value === 'string') return boundedText(value)
  // A symbol's description can hold a secret that no rule knows; making the digits of a huge integer takes the engine seconds.
  if (typeof value === 'symbol') return '[symbol]'
  if (typeof value === 'bigint' && (value > longestInteger || value < -longestInteger))
    return '[bigint]'
  try {
    return boundedText(String(value))
  } catch {
    return unreadable
  }
}

function copy(value: unknown, depth: number, budget: Budget): PlainValue {
  budget.nodes -= 1
  switch (typeof value) {
    case 'string':
      return boundedText(value)
    case 'number':
      return plainNumber(value)
    case 'boolean':
      return value
    case 'object':
      if (value === null) return null
      if (depth >= limits.depth || budget.nodes <= 0) return tooMuch
      try {
        return copyObject(value, depth, budget)
      } catch {
        return unreadable
      }
    case 'function':
      return '[function]'
    case 'undefined':
      return null
    default:
      return textOf(value)
  }
}

/** OTLP has 64-bit integers; a collector refuses the whole batch for one number that is not. */
function plainNumber(value: number): number | string {
  return Number.isFinite(value) && Math.abs(value) < 2 ** 63 ? value : String(value)
}

function copyObject(value: object, depth: number, budget: Budget): PlainValue {
  if (Array.isArray(value)) return copyItems(byIndex(value), depth, budget)
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`
  if (value instanceof Error) return `${textOf(value.name)}: ${textOf(value.message)}`
  if (value instanceof Date)
    return Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString()
  // By the methods of the platform: an iterator of the value's own may never come to an end.
  if (types.isMap(value)) return copyEntries(Map.prototype.entries.call(value), depth, budget)
  if (types.isSet(value)) return copyItems(Set.prototype.values.call(value), depth, budget)
  const { toJSON } = value as { toJSON?: unknown }
  if (typeof toJSON === 'function') {
    return copy(containRejection(toJSON.call(value)), depth + 1, budget)
  }
  return copyEntries(ownEntries(value), depth, budget)
}

function copyItems(items: Iterable<unknown>, depth: number, budget: Budget): PlainValue[] {
  const copied: PlainValue[] = []
  for (const item of items) {
    if (copied.length >= limits.items || budget.nodes <= 0) {
      copied.push(tooMuch)
      break
    }
    copied.push(copy(item, depth + 1, budget))
  }
  return copied
}

function* byIndex(items: readonly unknown[]): Generator<unknown> {
  for (let index = 0; index < items.length; index++) yield items[index]
}

function copyEntries(
  entries: Iterable<readonly [unknown, unknown]>,
  depth: number,
  budget: Budget,
): PlainValue {
  const copied = new Map<string, PlainValue>()
  for (const [key, item] of entries) {
    if (copied.size >= limits.items || budget.nodes <= 0) {
      copied.set(tooMuch, tooMuch)
      break
    }
    copied.set(textOf(key), copy(item, depth + 1, budget))
  }
  return Object.fromEntries(copied)
}

function* ownEntries(value: object): Generator<readonly [string, unknown]> {
  for (const key of Object.keys(value)) {
    let item: unknown
    try {
      item = (value as Record<string, unknown>)[key]
    } catch {
      item = unreadable
    }
    if (item !== undefined) yield [key, item]
  }
}
