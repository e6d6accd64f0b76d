import type { AuditReceipt } from '../audit/types.js'
import { holdsTraces, promoteTrace } from '../context/promotion.js'
import { SeclogError } from '../errors.js'
import type { Counters } from '../line/core.js'
import { type Instance, stateOf } from '../line/instance.js'
import { traceIdOf } from '../line/trace-id.js'
import { ownLine, writeAlways } from '../line/write.js'
import { hasSubscribers, tellSubscribers } from '../security/alerts.js'
import { type SecurityRecord, securityRecord } from '../security/record.js'
import { addSpanEvent } from '../spans/active-span.js'
import type { AuditTrail } from './audit-trail.js'
import type { Flood } from './flood.js'
import { levelNumberOf } from './sink.js'

/** Where a logger's events go beside the line, and what holds them back. */
export interface EventParts {
  readonly trail: AuditTrail | undefined
  readonly flood: Flood
  /** No lines are written of events. */
  readonly isOff?: boolean
}

/**
 * Writes a security event, whatever the logger's level is, tells the active span of it, and puts it into the audit trail if there
 * is one. Never throws.
 *
 * @param event - A name of the vocabulary, or one that was defined.
 * @returns What becomes of the record in the trail; `undefined` without one, or when the event could not be written at all.
 */
export function logSecurityEvent(
  instance: Instance,
  { trail, flood, isOff }: EventParts,
  event: unknown,
  fields: unknown,
  message: unknown,
): Promise<AuditReceipt> | undefined {
  const { counters } = stateOf(instance).writer.settings
  try {
    const record = recordOf(counters, event, fields, message)
    if (record.faults > 0) counters.faults += record.faults
    counters.events[record.name] = (counters.events[record.name] ?? 0) + 1
    const number = levelNumberOf(instance, record.lineLevel)
    const line = ownLine(instance, number, record.fields, record.message)
    if (isOff === true) counters.heldBack++
    else if (flood.security?.passes(line, { instance, record }) === false) counters.heldBack++
    else writeAlways(instance, line)
    if (record.level !== 'INFO' && holdsTraces()) promoteTraceOf(instance)
    addSpanEvent(record.name, {
      'event.outcome': String(record.fields['event.outcome']),
      'event.severity': Number(record.fields['event.severity']),
    })
    if (trail === undefined && !hasSubscribers()) return undefined
    const written = JSON.parse(line) as Record<string, unknown>
    tellSubscribers({ event: record.name, level: record.level, record: written })
    return trail?.record(record.name, auditFields(written))
  } catch {
    counters.faults++
    counters.dropped++
    return undefined
  }
}

/**
 * Writes a security event, and tells when its record in the audit trail is durable.
 *
 * @throws SeclogError (a rejection) `SECLOG_AUDIT_MISSING`, `SECLOG_AUDIT_UNWRITABLE`, `SECLOG_AUDIT_CLOSED`, and what opening the
 *   log failed with
 */
export async function auditEvent(
  instance: Instance,
  parts: EventParts,
  event: unknown,
  fields: unknown,
): Promise<AuditReceipt> {
  const receipt = logSecurityEvent(instance, parts, event, fields, undefined)
  if (parts.trail === undefined) {
    throw new SeclogError(
      'SECLOG_AUDIT_MISSING',
      'The logger has no audit trail: give createSecurityLogger the option audit.',
    )
  }
  if (receipt !== undefined) return receipt
  throw new SeclogError('SECLOG_AUDIT_UNWRITABLE', 'The event could not be written.')
}

/** The line's fields, which are redacted; the trail has a time of its own. */
function auditFields(line: Readonly<Record<string, unknown>>): object {
  const { time, '@timestamp': timestamp, ...fields } = line
  return fields
}

/** A security event of WARN or CRITICAL makes its trace worth keeping. */
function promoteTraceOf(instance: Instance): void {
  const traceId = traceIdOf(instance)
  if (traceId !== undefined) promoteTrace(traceId, 'event')
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
