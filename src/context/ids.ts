import { randomFillSync } from 'node:crypto'

const traceBytes = 16
const spanBytes = 8
const zeroTraceId = '0'.repeat(2 * traceBytes)
const zeroSpanId = '0'.repeat(2 * spanBytes)

// One system call for a few hundred ids: asking for 8 bytes at a time costs more than all the rest of a span.
const pool = Buffer.alloc(4096)
let used = pool.length

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

function randomHex(bytes: number): string {
  if (used + bytes > pool.length) {
    randomFillSync(pool)
    used = 0
  }
  const start = used
  used += bytes
  return pool.toString('hex', start, used)
}
