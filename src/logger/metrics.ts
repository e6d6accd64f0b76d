import pino from 'pino'
import { activeMeter, type OtelMeter } from '../context/metrics.js'
import { sharedState } from '../context/shared.js'
import type { Counters } from '../line/core.js'
import type { Redaction } from '../redaction/types.js'

/** What a logger and its children count, kept for as long as the process counts. */
interface Counted {
  readonly counters: Counters
  readonly redaction: Redaction
}

const loggers = sharedState('metrics.1', () => new Set<Counted>())
let known: OtelMeter | undefined

/** Has a logger's counters read whenever metrics are collected. */
export function countLogger(counted: Counted): void {
  loggers.add(counted)
  attachMetrics()
  // A program mostly registers its meter provider in the same turn.
  setImmediate(attachMetrics).unref()
}

/**
 * Offers the counters to the meter provider that is registered now, if there is one: as observable instruments, which are read when
 * metrics are collected and cost a line nothing.
 */
export function attachMetrics(): void {
  const meter = activeMeter()
  if (meter === undefined || meter === known) return
  known = meter
  try {
    observe(
      meter,
      'seclog.lines',
      'Lines handed to destinations, by level.',
      'level',
      ({ counters }) =>
        Object.entries(counters.byLevel).map(([level, count]) => [
          pino.levels.labels[Number(level)] ?? level,
          count,
        ]),
    )
    observe(meter, 'seclog.security_events', 'Security events, by name.', 'event', ({ counters }) =>
      Object.entries(counters.events),
    )
    observe(
      meter,
      'seclog.redactions',
      'Values that were masked, by rule.',
      'rule',
      ({ redaction }) => Object.entries(redaction.counts),
    )
    observe(
      meter,
      'seclog.dropped',
      'Lines that are lost or held back, by cause.',
      'cause',
      ({ counters }) => [
        ['destination', counters.dropped],
        ['repeated', counters.heldBack],
      ],
    )
  } catch {
    // A meter that fails costs its figures.
  }
}

function observe(
  meter: OtelMeter,
  name: string,
  description: string,
  attribute: string,
  read: (counted: Counted) => Iterable<readonly [string, number]>,
): void {
  meter.createObservableCounter(name, { description }).addCallback((result) => {
    const sums = new Map<string, number>()
    for (const counted of loggers) {
      for (const [key, count] of read(counted)) sums.set(key, (sums.get(key) ?? 0) + count)
    }
    for (const [key, sum] of sums) if (sum > 0) result.observe(sum, { [attribute]: key })
  })
}
