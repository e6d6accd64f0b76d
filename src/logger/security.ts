import type { Counters } from '../line/core.js'
import { type Instance, stateOf } from '../line/instance.js'
import { writeAlways } from '../line/write.js'
import { type SecurityRecord, securityRecord } from '../security/record.js'
import { addSpanEvent } from '../spans/active-span.js'
import { levelNumberOf } from './sink.js'

/**
 * Writes a security event, whatever the logger's level is, and tells the active span of it. Never throws.
 *
 * @param event - A name of the vocabulary, or one that was defined.
 */
export function logSecurityEvent(
  instance: Instance,
  event: unknown,
  fields: unknown,
  message: unknown,
): void {
  const { counters } = stateOf(instance).writer.settings
  try {
    const record = recordOf(counters, event, fields, message)
    if (record.faults > 0) counters.faults += record.faults
    counters.events[record.name] = (counters.events[record.name] ?? 0) + 1
    writeAlways(instance, levelNumberOf(instance, record.level), record.fields, record.message)
    addSpanEvent(record.name, {
      'event.outcome': String(record.fields['event.outcome']),
      'event.severity': Number(record.fields['event.severity']),
    })
  } catch {
    counters.faults++
    counters.dropped++
  }
}

/** Fields that cannot be read at all cost the event its fields, not itself. */
function recordOf(
  counters: Counters,
  event: unknown,
  fields: unknown,
  message: unknown,
): SecurityRecord {
  const text = typeof message === 'string' ? message : undefined
  try {
    return securityRecord(event, fields, text)
  } catch {
    counters.faults++
    return securityRecord(event, { err: '[Throws]' }, text)
  }
}
