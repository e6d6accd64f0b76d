let lastMillisecond = -1
let lastIso = ''

/** The present time, ISO 8601 in UTC, made once per millisecond: a burst of lines shares one string (see bench/). */
export function isoNow(): string {
  const now = Date.now()
  if (now !== lastMillisecond) {
    lastIso = new Date(now).toISOString()
    lastMillisecond = now
  }
  return lastIso
}
