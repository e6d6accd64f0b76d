import type { SpanAttributes } from './types.js'
import { type PlainValue, plainValue, textOf } from './values.js'

export type PlainAttributes = Readonly<Record<string, PlainValue>>

/** OpenTelemetry's default limit for the attributes of one span, event or link. */
const most = 128

/** Attributes by safe keys and values; nothing of them throws. */
export function plainAttributes(attributes: SpanAttributes | undefined): PlainAttributes {
  const plain: Record<string, PlainValue> = {}
  eachAttribute(attributes, (key, value) => setOwn(plain, key, value))
  return plain
}

/** Calls `visit` with the safe key and value of each attribute; nothing of them throws. */
export function eachAttribute(
  attributes: SpanAttributes | undefined,
  visit: (key: string, value: PlainValue) => void,
): void {
  let left = most
  for (const key of keysOf(attributes)) {
    const value = readPlain(attributes as SpanAttributes, key)
    if (key === '' || value === undefined) continue
    if (left === 0) return
    left -= 1
    visit(textOf(key), value)
  }
}

/** Sets a property that is the object's own, whatever its name is. */
export function setOwn<T>(target: Record<string, T>, key: string, value: T): void {
  if (key === '__proto__') Object.defineProperty(target, key, { value, enumerable: true })
  else target[key] = value
}

function keysOf(attributes: unknown): string[] {
  if (typeof attributes !== 'object' || attributes === null) return []
  try {
    return Object.keys(attributes)
  } catch {
    return []
  }
}

function readPlain(attributes: SpanAttributes, key: string): PlainValue | undefined {
  try {
    return plainValue(attributes[key])
  } catch {
    return '[unreadable]'
  }
}
