import { types } from 'node:util'

/**
 * Whatever carries trace context: a header object (values: text, bytes or lists of them), `Headers`, a `Map`, an array of
 * pairs, Node's flat `rawHeaders`, gRPC's `Metadata`, a Node request or response, MCP's `_meta`.
 */
export type Carrier = object

/** The values of each name that was asked for, in their order. Names are in lower case. */
export type CarrierValues = ReadonlyMap<string, readonly string[]>

/** Entries of one carrier; Node's HTTP server takes 2000 headers. A carrier with more is not read at all. */
const mostEntries = 2_000
const mostValues = 100
const longestName = 64
/** Characters of one value: more than any standard or server allows. */
const longestValue = 65_536

/**
 * Reads values by name, whatever the case of the name is.
 *
 * @returns `undefined` for what cannot be read, or is too large to be meant honestly.
 */
export function readCarrier(
  carrier: unknown,
  names: ReadonlySet<string>,
): CarrierValues | undefined {
  const found = new Map<string, string[]>()
  if (typeof carrier !== 'object' || carrier === null) return found
  try {
    const read = getterOf(carrier)
    let left = mostEntries
    for (const [key, value] of read ? asked(read, names) : entriesOf(carrier)) {
      left -= 1
      if (left < 0) return undefined
      if (typeof key !== 'string' || key.length > longestName) continue
      const name = key.toLowerCase()
      if (names.has(name) && !addValues(found, name, value)) return undefined
    }
    return found
  } catch {
    return undefined
  }
}

/**
 * Every entry of a carrier that can be listed.
 *
 * @throws What the carrier throws.
 */
export function* entriesOf(carrier: object): Generator<readonly [key: unknown, value: unknown]> {
  if (types.isMap(carrier)) {
    yield* carrier
  } else if (Array.isArray(carrier)) {
    if (Array.isArray(carrier[0])) {
      for (const pair of carrier) yield [pair[0], pair[1]]
    } else {
      for (let at = 0; at + 1 < carrier.length; at += 2) yield [carrier[at], carrier[at + 1]]
    }
  } else {
    for (const key in carrier) {
      if (Object.hasOwn(carrier, key)) yield [key, (carrier as Record<string, unknown>)[key]]
    }
  }
}

/** Text of a value, or of each of a list of them; `undefined` for too much of it. Other types of value count as none. */
export function textsOf(value: unknown): readonly string[] | undefined {
  if (typeof value === 'string') return value.length > longestValue ? undefined : [value]
  if (value instanceof Uint8Array) {
    return value.length > longestValue ? undefined : [Buffer.from(value).toString('latin1')]
  }
  if (!Array.isArray(value)) return []
  if (value.length > mostValues) return undefined
  const texts: string[] = []
  for (const item of value as readonly unknown[]) {
    const text = Array.isArray(item) ? [] : textsOf(item)
    if (text === undefined) return undefined
    texts.push(...text)
  }
  return texts
}

function addValues(found: Map<string, string[]>, name: string, value: unknown): boolean {
  const texts = textsOf(value)
  if (texts === undefined) return false
  const known = found.get(name)
  if (known === undefined) {
    if (texts.length > 0) found.set(name, [...texts])
    return true
  }
  known.push(...texts)
  return known.length <= mostValues
}

type Getter = (name: string) => unknown

/** How a carrier that is asked by name is asked: `Headers`, gRPC's `Metadata`, a Node response. */
function getterOf(carrier: object): Getter | undefined {
  if (types.isMap(carrier) || Array.isArray(carrier)) return undefined
  const { get, getHeader } = carrier as { get?: unknown; getHeader?: unknown }
  const read = typeof get === 'function' ? get : getHeader
  return typeof read === 'function' ? (name) => Reflect.apply(read, carrier, [name]) : undefined
}

function* asked(
  read: Getter,
  names: ReadonlySet<string>,
): Generator<readonly [name: string, value: unknown]> {
  for (const name of names) yield [name, read(name)]
}
