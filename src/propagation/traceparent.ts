import type { SpanIdentity } from '../context/scope.js'
import { trimSpace } from './text.js'

export const sampledFlag = 1
/** Level 2: the right-most 56 bits of the trace id are random. */
export const randomFlag = 2
const knownFlags = sampledFlag | randomFlag

const exactLength = 55
const form = /^([\da-f]{2})-(?!0{32})([\da-f]{32})-(?!0{16})([\da-f]{16})-([\da-f]{2})$/

/**
 * Reads a `traceparent`; `undefined` for one that is not valid. Flags that no version knows are left out.
 *
 * @see https://www.w3.org/TR/trace-context-2/#traceparent-header
 */
export function parseTraceparent(value: string): SpanIdentity | undefined {
  const text = trimSpace(value)
  const parts = form.exec(text.slice(0, exactLength))
  if (parts === null) return undefined
  const [, version = '', traceId = '', spanId = '', flags = ''] = parts
  if (version === 'ff') return undefined
  // Later versions may say more after another dash; version 00 may not.
  if (text.length > exactLength && (version === '00' || text[exactLength] !== '-')) return undefined
  return { traceId, spanId, traceFlags: Number.parseInt(flags, 16) & knownFlags }
}

/** Writes a `traceparent` of version 00, with the flags that this version knows. */
export function formatTraceparent({ traceId, spanId, traceFlags }: SpanIdentity): string {
  return `00-${traceId}-${spanId}-0${traceFlags & knownFlags}`
}
