import { types } from 'node:util'
import { bigintDigits } from './limits.js'
import type { PartWriter } from './serialize-parts.js'

type Write = (writer: PartWriter, value: never) => string | undefined

/**
 * Values that JSON.stringify loses, blows up or dies of. Each is recognised by its internal slots (`node:util` types), never
 * by what it says of itself. Called within `SafeWriter.within`, which contains what still throws.
 *
 * @returns JSON text, or `undefined` for an ordinary object of a class.
 */
export function serializeExotic(writer: PartWriter, value: object): string | undefined {
  for (const [is, write] of kinds) if (is(value)) return write(writer, value as never)
  // `instanceof` and `in` would climb the prototypes of a hostile proxy for ever; and it is none of the platform's objects.
  return types.isProxy(value) ? undefined : platform(writer, value)
}

const kinds: readonly [(value: unknown) => boolean, Write][] = [
  [types.isDate, (_writer, date: Date) => isoTime(date)],
  [types.isRegExp, (writer, value: RegExp) => writer.string(RegExp.prototype.toString.call(value))],
  [types.isMap, writeMap],
  [types.isSet, writeSet],
  [ArrayBuffer.isView, (writer, view: ArrayBufferView) => writer.value(viewSummary(view))],
  [
    types.isAnyArrayBuffer,
    (writer, buffer: ArrayBuffer) =>
      writer.value({ type: bufferType(buffer), bytes: buffer.byteLength }),
  ],
  [types.isBoxedPrimitive, (writer, boxed: object) => writer.value(unboxed(boxed))],
  [types.isPromise, () => '"[Promise]"'],
  [types.isWeakMap, () => '"[WeakMap]"'],
  [types.isWeakSet, () => '"[WeakSet]"'],
  [types.isGeneratorObject, () => '"[Generator]"'],
]

function isoTime(date: Date): string {
  const time = Date.prototype.getTime.call(date)
  return Number.isNaN(time) ? 'null' : `"${new Date(time).toISOString()}"`
}

function writeMap(writer: PartWriter, map: Map<unknown, unknown>): string {
  return writeEntries(writer, Map.prototype.entries.call(map), mapSize.call(map) as number)
}

function writeEntries(
  writer: PartWriter,
  entries: Iterable<[unknown, unknown]>,
  size: number = 0,
): string {
  const keys: string[] = []
  const values: unknown[] = []
  for (const [key, value] of entries) {
    if (keys.length >= writer.limits.keys) break
    keys.push(distinct(keyText(key), keys))
    values.push(value)
  }
  return writer.pairs(keys, values, Math.max(size - keys.length, 0))
}

function writeSet(writer: PartWriter, set: Set<unknown>): string {
  const items: unknown[] = []
  const size = setSize.call(set) as number
  for (const item of Set.prototype.values.call(set)) {
    if (items.length >= writer.limits.items) break
    items.push(item)
  }
  return writer.items(items, size - items.length)
}

const mapSize = Object.getOwnPropertyDescriptor(Map.prototype, 'size')?.get as () => number
const setSize = Object.getOwnPropertyDescriptor(Set.prototype, 'size')?.get as () => number

const bigintBound = 10n ** BigInt(bigintDigits)

function keyText(key: unknown): string {
  if (typeof key === 'object' && key !== null) return '[Object]'
  if (typeof key === 'symbol') return '[Symbol]'
  if (typeof key === 'bigint' && (key >= bigintBound || key <= -bigintBound)) return '[BigInt]'
  return typeof key === 'function' ? '[Function]' : String(key)
}

function distinct(key: string, keys: readonly string[]): string {
  let candidate = key
  for (let count = 2; keys.includes(candidate); count++) candidate = `${key}_${count}`
  return candidate
}

/** Bytes are named by kind and length: their content is seldom text and often a key. */
function viewSummary(view: ArrayBufferView): object {
  if (types.isDataView(view)) return { type: 'DataView', bytes: view.byteLength }
  const type = Buffer.isBuffer(view) ? 'Buffer' : (typedArrayName.call(view) as string)
  return { type, bytes: view.byteLength }
}

const typedArrayName = Object.getOwnPropertyDescriptor(
  Object.getPrototypeOf(Uint8Array.prototype) as object,
  Symbol.toStringTag,
)?.get as () => string | undefined

function bufferType(buffer: ArrayBufferLike): string {
  return types.isSharedArrayBuffer(buffer) ? 'SharedArrayBuffer' : 'ArrayBuffer'
}

function unboxed(boxed: object): unknown {
  if (types.isStringObject(boxed)) return String.prototype.valueOf.call(boxed)
  if (types.isNumberObject(boxed)) return Number.prototype.valueOf.call(boxed)
  if (types.isBooleanObject(boxed)) return Boolean.prototype.valueOf.call(boxed)
  if (types.isBigIntObject(boxed)) return BigInt.prototype.valueOf.call(boxed)
  return Symbol.prototype.valueOf.call(boxed)
}

/**
 * Classes of the platform, found by the name that their prototype gives and then made sure of, so that a global that is
 * loaded on first use (`Headers`, `Request`) is not touched for values that have nothing to do with it.
 */
function platform(writer: PartWriter, value: object): string | undefined {
  const name = classTag(value)
  const write = name === undefined ? undefined : platformClasses.get(name)
  if (write !== undefined) {
    const known = (globalThis as Record<string, unknown>)[name as string]
    if (typeof known === 'function' && value instanceof known) return write(writer, value as never)
  }
  return nodeParts(writer, value)
}

function classTag(value: object): string | undefined {
  const tag: unknown = (
    Object.getPrototypeOf(value) as { [Symbol.toStringTag]?: unknown } | null
  )?.[Symbol.toStringTag]
  if (typeof tag === 'string') return tag
  return value instanceof URL ? 'URL' : undefined
}

const platformClasses = new Map<string, Write>([
  ['URL', (writer, url: URL) => writer.string(String(url.href))],
  [
    'URLSearchParams',
    (writer, params: URLSearchParams) => writeEntries(writer, params, params.size),
  ],
  ['Headers', (writer, headers: Headers) => writeEntries(writer, headers)],
  ['FormData', (writer, form: FormData) => writeEntries(writer, form)],
  [
    'Request',
    (writer, request: Request) => writer.value({ method: request.method, url: request.url }),
  ],
  [
    'Response',
    (writer, response: Response) => writer.value({ status: response.status, url: response.url }),
  ],
  ['Blob', (writer, blob: Blob) => writer.value({ type: 'Blob', bytes: blob.size })],
  ['File', (writer, file: Blob) => writer.value({ type: 'File', bytes: file.size })],
  ['AbortSignal', (writer, signal: AbortSignal) => writer.value({ aborted: signal.aborted })],
])

/** Requests, responses, sockets and streams of node: their graph is huge and holds headers and keys. */
function nodeParts(writer: PartWriter, value: object): string | undefined {
  const part = value as Record<string, unknown>
  if (!('_readableState' in part || '_writableState' in part || '_header' in part)) return undefined
  if ('rawHeaders' in part && typeof part['method'] === 'string') {
    return writer.value({ method: part['method'], url: part['url'] })
  }
  if ('statusCode' in part) return writer.value({ statusCode: part['statusCode'] })
  return '"[Stream]"'
}
