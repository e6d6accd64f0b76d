/**
 * Reads an `ExportTraceServiceRequest` in protobuf, as the object that OTLP's JSON would have: what {@link readOtlpTraces} takes.
 *
 * @returns `undefined` for what is none.
 * @see https://github.com/open-telemetry/opentelemetry-proto/blob/main/opentelemetry/proto/trace/v1/trace.proto
 */
export function decodeOtlpTraces(bytes: Uint8Array): object | undefined {
  try {
    return decode(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), request, 0)
  } catch {
    return undefined
  }
}

/** How a field is read: a message, or one of the plain kinds. A name in brackets is a list. */
type Field = readonly [name: string, kind: Kind | Message]
type Kind = 'text' | 'hex' | 'bytes' | 'bool' | 'int' | 'uint' | 'double' | 'fixed64'
interface Message {
  readonly [number: number]: Field
}

// The messages by their field numbers. Of recursive ones, the inner is put in below.
const anyValue: Record<number, Field> = {
  1: ['stringValue', 'text'],
  2: ['boolValue', 'bool'],
  3: ['intValue', 'int'],
  4: ['doubleValue', 'double'],
  7: ['bytesValue', 'bytes'],
}
const keyValue: Message = { 1: ['key', 'text'], 2: ['value', anyValue] }
anyValue[5] = ['arrayValue', { 1: ['[values]', anyValue] }]
anyValue[6] = ['kvlistValue', { 1: ['[values]', keyValue] }]
const attributes: Field = ['[attributes]', keyValue]
const event: Message = { 1: ['timeUnixNano', 'fixed64'], 2: ['name', 'text'], 3: attributes }
const link: Message = { 1: ['traceId', 'hex'], 2: ['spanId', 'hex'], 4: attributes }
const span: Message = {
  1: ['traceId', 'hex'],
  2: ['spanId', 'hex'],
  4: ['parentSpanId', 'hex'],
  5: ['name', 'text'],
  6: ['kind', 'uint'],
  7: ['startTimeUnixNano', 'fixed64'],
  8: ['endTimeUnixNano', 'fixed64'],
  9: attributes,
  11: ['[events]', event],
  13: ['[links]', link],
  15: ['status', { 2: ['message', 'text'], 3: ['code', 'uint'] }],
}
const scopeSpans: Message = { 2: ['[spans]', span] }
const resourceSpans: Message = {
  1: ['resource', { 1: attributes }],
  2: ['[scopeSpans]', scopeSpans],
}
const request: Message = { 1: ['[resourceSpans]', resourceSpans] }

/** Values in values in values: what is deeper is refused. */
const deepest = 32

function decode(bytes: Buffer, message: Message, depth: number): Record<string, unknown> {
  if (depth > deepest) throw new RangeError('nested too deep')
  const found: Record<string, unknown> = {}
  for (let at = 0; at < bytes.length; ) {
    const tag = varint(bytes, at)
    at = tag.next
    const wire = Number(tag.value & 7n)
    const field = message[Number(tag.value >> 3n)]
    const raw = rawField(bytes, at, wire)
    at = raw.next
    if (field === undefined) continue
    const [name, kind] = field
    const value = typeof kind === 'string' ? plain(raw, kind) : decode(raw.bytes, kind, depth + 1)
    if (!name.startsWith('[')) found[name] = value
    else {
      const key = name.slice(1, -1)
      const list = (found[key] ?? []) as unknown[]
      found[key] = list
      list.push(value)
    }
  }
  return found
}

interface Raw {
  readonly value: bigint
  readonly bytes: Buffer
  readonly next: number
}

/** @see https://protobuf.dev/programming-guides/encoding/#structure */
function rawField(bytes: Buffer, at: number, wire: number): Raw {
  const none = Buffer.alloc(0)
  if (wire === 0) return { ...varint(bytes, at), bytes: none }
  if (wire === 1)
    return { value: bytes.readBigUInt64LE(at), bytes: part(bytes, at, 8), next: at + 8 }
  if (wire === 5) return { value: 0n, bytes: part(bytes, at, 4), next: at + 4 }
  if (wire !== 2) throw new RangeError('unknown wire type')
  const length = varint(bytes, at)
  const size = Number(length.value)
  return { value: 0n, bytes: part(bytes, length.next, size), next: length.next + size }
}

function part(bytes: Buffer, at: number, size: number): Buffer {
  if (at + size > bytes.length) throw new RangeError('cut off')
  return bytes.subarray(at, at + size)
}

function varint(bytes: Buffer, from: number): { readonly value: bigint; readonly next: number } {
  let value = 0n
  for (let at = from; at < from + 10; at += 1) {
    const byte = bytes[at]
    if (byte === undefined) break
    value |= BigInt(byte & 0x7f) << BigInt(7 * (at - from))
    if (byte < 0x80) return { value, next: at + 1 }
  }
  throw new RangeError('no end of a number')
}

function plain({ value, bytes }: Raw, kind: Kind): unknown {
  switch (kind) {
    case 'text':
      return bytes.toString('utf8')
    case 'hex':
      return bytes.toString('hex')
    case 'bytes':
      return bytes.toString('base64')
    case 'bool':
      return value !== 0n
    case 'int':
      return BigInt.asIntN(64, value).toString()
    case 'uint':
      return Number(value)
    case 'double':
      return bytes.readDoubleLE(0)
    case 'fixed64':
      return value.toString()
  }
}
