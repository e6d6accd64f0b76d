import type { EcsTrace } from '../formats/ecs.js'
import type { JsonValue } from '../formats/json-value.js'

/** The ids of a mixin's result, if they are W3C's. */
export function traceOf(ids: Readonly<Record<string, JsonValue>>): EcsTrace | undefined {
  const { trace_id: traceId, span_id: spanId, trace_flags: flags } = ids
  if (typeof traceId !== 'string' || !/^(?!0{32})[0-9a-f]{32}$/.test(traceId)) return undefined
  if (typeof spanId !== 'string' || !/^(?!0{16})[0-9a-f]{16}$/.test(spanId)) return undefined
  const traceFlags = typeof flags === 'string' ? Number.parseInt(flags, 16) : Number(flags ?? 0)
  return { traceId, spanId, traceFlags: Number.isNaN(traceFlags) ? 0 : traceFlags }
}
