import type { OtelMeter, OtelMeterProvider } from './metric-types.js'
import { otelApi } from './otel.js'

export type { OtelMeter } from './metric-types.js'

let provider: OtelMeterProvider | undefined
let meter: OtelMeter | undefined

/** The meter of this library, from whatever meter provider is registered with OpenTelemetry's API; `undefined` without one. */
export function activeMeter(): OtelMeter | undefined {
  const current = otelApi()?.metrics
  if (current === undefined) return undefined
  if (current !== provider) {
    provider = current
    try {
      meter = current.getMeter('seclog')
    } catch {
      meter = undefined
    }
  }
  return meter
}
