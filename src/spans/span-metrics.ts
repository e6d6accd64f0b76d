import { activeMeter, type OtelMeter } from '../context/metrics.js'
import type { SpanJournal } from './journal.js'
import { exportedName } from './redaction.js'
import type { TimeInput } from './types.js'

let known: OtelMeter | undefined
let durations: ReturnType<OtelMeter['createHistogram']> | undefined

/** Records how long a span took, if there is a meter provider. */
export function measureSpan(
  journal: SpanJournal,
  outcome: 'ok' | 'error',
  endTime: TimeInput | undefined,
): void {
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
    const seconds = journal.duration(endTime) / 1_000
    durations?.record(seconds, { 'span.name': exportedName(journal.name), outcome })
  } catch {
    // A meter that fails costs its figure.
  }
}
