import type { TimeInput } from './types.js'

/** Below it a number is no time of day (that was in April 1970) but a reading of the monotonic clock. */
const earliestEpoch = 1e10

/** Epoch milliseconds of a moment; now, if there is none or it is no time. */
export function epochOf(time: TimeInput | undefined): number {
  if (time === undefined) return Date.now()
  try {
    const epoch = toEpoch(time)
    return Number.isFinite(epoch) ? epoch : Date.now()
  } catch {
    return Date.now()
  }
}

/**
 * A moment that OpenTelemetry takes for the same one: it reads a number before the process began as `performance.now()`,
 * so that a start a minute ago becomes one in half a century.
 */
export function exportedTime(time: TimeInput | undefined): Date | [number, number] | undefined {
  return typeof time === 'number' ? new Date(epochOf(time)) : time
}

const latestDate = 8.64e15
let second = Number.NaN
let prefix = ''

/**
 * ISO 8601, UTC, with milliseconds. A time that no `Date` can hold is written as the nearest one.
 *
 * All but the milliseconds is made once a second: formatting a date is the dearest part of a span's record.
 */
export function isoTime(epoch: number): string {
  const time = Math.floor(Math.min(Math.max(epoch, -latestDate), latestDate))
  const current = Math.floor(time / 1000)
  if (current !== second) {
    second = current
    prefix = new Date(current * 1000).toISOString().slice(0, -4)
  }
  return `${prefix}${String(time - current * 1000).padStart(3, '0')}Z`
}

function toEpoch(time: TimeInput): number {
  if (typeof time === 'number') {
    return time < earliestEpoch ? performance.timeOrigin + time : time
  }
  if (Array.isArray(time)) {
    const [seconds, nanoseconds] = time as readonly unknown[]
    if (typeof seconds !== 'number' || typeof nanoseconds !== 'number') return Number.NaN
    return seconds * 1000 + nanoseconds / 1e6
  }
  return time instanceof Date ? Date.prototype.getTime.call(time) : Number.NaN
}
