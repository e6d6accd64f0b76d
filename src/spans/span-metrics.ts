import { activeMeter, type OtelMeter } from '../context/metrics.js'
import { exportedName } from './redaction.js'

let known: OtelMeter | undefined
let durations: ReturnType<OtelMeter['createHistogram']> | undefined

/**
 * Records how long a span took, if there is a meter provider.
 *
 * @param milliseconds - From the monotonic clock.
 */
export function measureSpan(name: string, outcome: 'ok' | 'error', milliseconds: number): void {
  const meter = activeMeter()
  if (meter === undefined) return
  try {
    if (meter !== known) {
      known = meter
      durations = meter.createHistogram('seclog.span.duration', {
        description: 'How long spans took, by name and outcome.',
        unit: 's',
      })
    }
    durations?.record(milliseconds / 1_000, { 'span.name': exportedName(name), outcome })
  } catch {
    // A meter that fails costs its figure.
  }
}
