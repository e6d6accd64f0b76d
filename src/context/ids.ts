import { randomFillSync } from 'node:crypto'
import { sharedState } from './shared.js'

const traceBytes = 16
const spanBytes = 8
const zeroTraceId = '0'.repeat(2 * traceBytes)
const zeroSpanId = '0'.repeat(2 * spanBytes)

// Asking the system for 8 bytes at a time, and turning them into text one by one, costs more than all the rest of a span.
// The text is short because whoever keeps an id keeps the text that it is a slice of.
const bytes = Buffer.alloc(4096)
const chunkBytes = 256
let usedBytes = bytes.length
let chunk = ''
let usedDigits = 0

/** Makes so many hex digits. */
export type IdSource = (digits: number) => string

/** In place of random ids, in tests; one for both copies of the library. */
const replaced = sharedState<{ source: IdSource | undefined }>('ids.v1', () => ({
  source: undefined,
}))

/** @internal */
export function setIdSource(source: IdSource | undefined): void {
  replaced.source = source
}

/**
 * A new trace id: 128 random bits as 32 lower-case hex digits, never all zero.
 *
 * @see https://www.w3.org/TR/trace-context/#trace-id
 */
export function createTraceId(): string {
  const id = randomHex(traceBytes)
  return id === zeroTraceId ? createTraceId() : id
}

/**
 * A new span id: 64 random bits as 16 lower-case hex digits, never all zero.
 *
 * @see https://www.w3.org/TR/trace-context/#parent-id
 */
export function createSpanId(): string {
  const id = randomHex(spanBytes)
  return id === zeroSpanId ? createSpanId() : id
}

/** Whether a value is a trace id: 32 hex digits of either case, not all zero. */
export function isTraceId(value: unknown): value is string {
  return typeof value === 'string' && /^[\da-f]{32}$/i.test(value) && value !== zeroTraceId
}

/** Whether a value is a span id: 16 hex digits of either case, not all zero. */
export function isSpanId(value: unknown): value is string {
  return typeof value === 'string' && /^[\da-f]{16}$/i.test(value) && value !== zeroSpanId
}

function randomHex(size: number): string {
  const digits = 2 * size
  if (replaced.source !== undefined) return replaced.source(digits)
  if (usedDigits + digits > chunk.length) nextChunk()
  const start = usedDigits
  usedDigits += digits
  return chunk.slice(start, usedDigits)
}

function nextChunk(): void {
  if (usedBytes === bytes.length) {
    randomFillSync(bytes)
    usedBytes = 0
  }
  chunk = bytes.toString('hex', usedBytes, usedBytes + chunkBytes)
  usedBytes += chunkBytes
  usedDigits = 0
}
