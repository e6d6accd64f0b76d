import { types } from 'node:util'

/** What a carrier is to say: `undefined` removes the name. */
export type CarrierChanges = ReadonlyMap<string, string | undefined>

/**
 * Makes a carrier say exactly this under these names: what stood there in any case is gone.
 *
 * @throws What the carrier throws, such as one that is frozen.
 */
export function writeCarrier(carrier: object, changes: CarrierChanges): void {
  if (types.isMap(carrier)) writeMap(carrier, changes)
  else if (Array.isArray(carrier)) writeList(carrier, changes)
  else if (!writeByMethods(carrier, changes)) {
    writeObject(carrier as Record<string, unknown>, changes)
  }
}

function writeMap(carrier: Map<unknown, unknown>, changes: CarrierChanges): void {
  for (const key of [...carrier.keys()]) if (isChanged(key, changes)) carrier.delete(key)
  for (const [name, value] of changes) if (value !== undefined) carrier.set(name, value)
}

/** Pairs, or names and values by turns; an empty list gets pairs. */
function writeList(carrier: unknown[], changes: CarrierChanges): void {
  const flat = carrier.length > 0 && !Array.isArray(carrier[0])
  const kept: unknown[] = []
  for (let at = 0; at < carrier.length; at += flat ? 2 : 1) {
    const item = carrier[at]
    if (isChanged(flat ? item : (item as unknown[])[0], changes)) continue
    kept.push(...(flat ? carrier.slice(at, at + 2) : [item]))
  }
  for (const [name, value] of changes) {
    if (value !== undefined) kept.push(...(flat ? [name, value] : [[name, value]]))
  }
  carrier.length = 0
  for (const item of kept) carrier.push(item)
}

interface Methods {
  readonly set?: unknown
  readonly delete?: unknown
  readonly remove?: unknown
  readonly setHeader?: unknown
  readonly removeHeader?: unknown
}

/** `Headers`, gRPC's `Metadata`, a Node request or response. */
function writeByMethods(carrier: Methods, changes: CarrierChanges): boolean {
  const set = typeof carrier.set === 'function' ? carrier.set : carrier.setHeader
  if (typeof set !== 'function') return false
  const remove = [carrier.delete, carrier.remove, carrier.removeHeader].find(
    (method) => typeof method === 'function',
  ) as ((name: string) => unknown) | undefined
  for (const [name, value] of changes) {
    if (value === undefined) remove?.call(carrier, name)
    else set.call(carrier, name, value)
  }
  return true
}

function writeObject(carrier: Record<string, unknown>, changes: CarrierChanges): void {
  for (const key of Object.keys(carrier)) if (isChanged(key, changes)) delete carrier[key]
  for (const [name, value] of changes) if (value !== undefined) carrier[name] = value
}

function isChanged(key: unknown, changes: CarrierChanges): boolean {
  return typeof key === 'string' && changes.has(key.toLowerCase())
}
