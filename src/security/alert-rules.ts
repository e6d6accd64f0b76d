import { type Duration, parseDuration } from '../config/duration.js'
import { SeclogError } from '../errors.js'
import type { SecurityAlert, WrittenEvent } from './alert-types.js'
import { eventNamed } from './registry.js'
import type { SecurityLevel } from './vocabulary.js'
import { type AlertCounter, createSlidingWindow, mostTimes, type SlidingWindow } from './window.js'

/** Which events a handler is called for, and from how many on. */
export interface AlertRule {
  /** A name, several, or the beginning of names: `authn_*`. @defaultValue all events */
  readonly event?: string | readonly string[]
  /** The least level. @defaultValue 'INFO' */
  readonly level?: SecurityLevel
  /** Asked for each event that name and level let through; what it throws counts as no. */
  readonly where?: (written: WrittenEvent) => boolean
  /** The field whose values are counted apart: `source.ip`, `user.id`. Events without it are counted together. */
  readonly by?: string
  /** From how many events within `within` on the handler is called; then counting begins anew. @defaultValue 1 */
  readonly count?: number
  /** The time that events are counted in: milliseconds, or `60s`, `5m`, `1h`. Needed with a count above 1. */
  readonly within?: Duration
  /** Values of `by` that are counted at once. @defaultValue 10000 */
  readonly maxKeys?: number
  /** Counts elsewhere, for a fleet: in Redis, say. @defaultValue a sliding window in memory */
  readonly counter?: AlertCounter
}

/** A rule as it holds. */
export interface ResolvedRule {
  wants(written: WrittenEvent): boolean
  /** Counts an event; the alert, if it is one too many. */
  count(written: WrittenEvent): SecurityAlert | undefined | Promise<SecurityAlert | undefined>
  evicted(): number
}

const ranks: Readonly<Record<SecurityLevel, number>> = { INFO: 0, WARN: 1, CRITICAL: 2 }

/** @throws SeclogError `SECLOG_OPTION_INVALID` */
export function resolveRule(given: AlertRule | AlertRule['event']): ResolvedRule {
  const isName = typeof given === 'string' || Array.isArray(given)
  const rule: AlertRule = isName
    ? { event: given as string | readonly string[] }
    : ((given ?? {}) as AlertRule)
  if (typeof rule !== 'object') throw invalid('The rule of an alert must be an object or a name.')
  const { level = 'INFO', where, by, count = 1, counter, maxKeys = 10_000 } = rule
  const names = namesOf(rule.event)
  if (!Object.hasOwn(ranks, level)) throw invalid('level must be INFO, WARN or CRITICAL.')
  if (where !== undefined && typeof where !== 'function') throw invalid('where must be a function.')
  if (by !== undefined && (typeof by !== 'string' || by === '')) {
    throw invalid('by must be the dotted name of a field, such as source.ip.')
  }
  if (!isWhole(count, mostTimes))
    throw invalid(`count must be a whole number from 1 to ${mostTimes}.`)
  if (!isWhole(maxKeys, 1_000_000))
    throw invalid('maxKeys must be a whole number from 1 to 1000000.')
  if (counter !== undefined && typeof counter.hit !== 'function') {
    throw invalid('counter must have a method hit.')
  }
  const withinMs = rule.within === undefined ? undefined : parseDuration(rule.within)
  if (rule.within !== undefined && withinMs === undefined) {
    throw invalid('within must be milliseconds or a number with a unit: 500ms, 60s, 5m, 1h, 1d.')
  }
  if (withinMs === undefined && count > 1) throw invalid('A count above 1 needs within.')
  const own: SlidingWindow | undefined =
    counter === undefined && withinMs !== undefined
      ? createSlidingWindow(maxKeys, count)
      : undefined
  const counts = counter ?? own
  return {
    wants(written) {
      if (ranks[written.level] < ranks[level] || !names(written.event)) return false
      return where === undefined || where(written) === true
    },
    count(written) {
      const value = by === undefined ? undefined : fieldAt(written.record, by)
      const key = value === undefined ? undefined : textOf(value)
      const alert = { ...written, ...(key !== undefined && { key }) }
      if (counts === undefined || withinMs === undefined) return { ...alert, count: 1 }
      const judge = (counted: number): SecurityAlert | undefined => {
        // Others may have counted on before a counter elsewhere has forgotten the key.
        if (own === undefined ? counted !== count : counted < count) return undefined
        const reset = counts.reset?.(key ?? '')
        // Of a counter elsewhere: if it cannot forget, it tells of more of the same.
        if (reset instanceof Promise) reset.catch(() => {})
        return { ...alert, count: counted, withinMs }
      }
      const counted = counts.hit(key ?? '', withinMs)
      return typeof counted === 'number' ? judge(counted) : Promise.resolve(counted).then(judge)
    },
    evicted: () => own?.evicted ?? 0,
  }
}

function namesOf(given: AlertRule['event']): (name: string) => boolean {
  if (given === undefined || given === '*') return () => true
  const exact = new Set<string>()
  const starts: string[] = []
  for (const each of typeof given === 'string' ? [given] : given) {
    if (typeof each !== 'string' || each === '') throw invalid('event must be a name, or several.')
    if (each.endsWith('*')) starts.push(each.slice(0, -1))
    else {
      const { name, isKnown } = eventNamed(each)
      if (!isKnown && each !== name) {
        throw invalid(
          `There is no event ${JSON.stringify(each.slice(0, 64))}; events of your own are defined by defineSecurityEvents before.`,
        )
      }
      exact.add(name)
    }
  }
  return (name) => exact.has(name) || starts.some((start) => name.startsWith(start))
}

/** A field by its dotted name, in a record whose names are nested, dotted, or half and half. */
function fieldAt(record: Readonly<Record<string, unknown>>, path: string): unknown {
  if (Object.hasOwn(record, path)) return record[path]
  for (let dot = path.indexOf('.'); dot !== -1; dot = path.indexOf('.', dot + 1)) {
    const below = Object.hasOwn(record, path.slice(0, dot)) ? record[path.slice(0, dot)] : undefined
    if (typeof below !== 'object' || below === null) continue
    const found = fieldAt(below as Record<string, unknown>, path.slice(dot + 1))
    if (found !== undefined) return found
  }
  return undefined
}

const longestKey = 256

function textOf(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '')
  return text.slice(0, longestKey)
}

function isWhole(value: unknown, most: number): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 1 && (value as number) <= most
}

function invalid(message: string): SeclogError {
  return new SeclogError('SECLOG_OPTION_INVALID', message)
}
