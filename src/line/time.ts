import type { Counters } from './core.js'

let lastMillisecond = -1
let lastIso = ''
let lastIsoMember = ''

function refresh(): void {
  const now = Date.now()
  if (now === lastMillisecond) return
  lastIso = new Date(now).toISOString()
  lastIsoMember = `,"time":"${lastIso}"`
  lastMillisecond = now
}

/** The present time, ISO 8601 in UTC, made once per millisecond: a burst of lines shares one string (see bench/). */
export function isoNow(): string {
  refresh()
  return lastIso
}

/** The member of a line that tells its time in ISO 8601. */
export function isoMember(): string {
  refresh()
  return lastIsoMember
}

/** The member of a line that tells its time in epoch milliseconds, as pino does. */
export function epochMember(): string {
  return `,"time":${Date.now()}`
}

const oneMember = /^,"([^"\\\x00-\x1f]+)":(?:"[^"\\\x00-\x1f]*"|-?\d+(?:\.\d+)?)$/

/** The name under which a user's `timestamp` function writes the time; `time` if it gives nothing that can be used. */
export function customTimeKey(timestamp: () => string): string {
  try {
    return oneMember.exec(String(timestamp()))?.[1] ?? 'time'
  } catch {
    return 'time'
  }
}

/**
 * A user's `timestamp` function, held to nothing or one member of this name with a plain value; whatever else it gives is
 * counted and replaced.
 */
export function customMember(
  timestamp: () => string,
  timeKey: string,
  counters: Counters,
): () => string {
  return () => {
    try {
      const member: unknown = timestamp()
      if (member === '') return member
      if (typeof member === 'string' && oneMember.exec(member)?.[1] === timeKey) return member
    } catch {
      // Counted below, as a result of the wrong form is.
    }
    counters.faults++
    return `,"${timeKey}":${Date.now()}`
  }
}
