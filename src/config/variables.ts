import { readVariable, reportBadVariable } from './environment.js'

/** A value with the name under which the user knows it: a variable of the environment or an option. */
export interface Named<T = string> {
  readonly name: string
  readonly value: T
}

/** The first of these variables that is set; the standard name stands first, its aliases follow. */
export function firstVariable(...names: readonly string[]): Named | undefined {
  for (const name of names) {
    const value = readVariable(name)
    if (value !== undefined) return { name, value }
  }
  return undefined
}

/** What a number must be. */
export interface NumberRule {
  readonly min: number
  readonly max: number
  readonly fallback: number
  /** Bring a number outside of `min`..`max` to the nearer of the two instead of refusing it. */
  readonly clamp?: boolean
}

/** The longest time that a timer of Node can hold, in milliseconds. */
export const longestTimeout = 2_147_483_647

/** The option if it is given, else the first variable that is set, else the fallback; a bad value is said once. */
export function resolveNumber(
  option: Named<number | undefined>,
  names: readonly string[],
  rule: NumberRule,
): number {
  const given = option.value === undefined ? firstVariable(...names) : named(option)
  if (given === undefined) return rule.fallback
  const number = given.value === '' ? Number.NaN : Number(given.value)
  if (number >= rule.min && number <= rule.max) return number
  if (rule.clamp === true && !Number.isNaN(number)) {
    const clamped = number < rule.min ? rule.min : rule.max
    const problem = `is not between ${rule.min} and ${rule.max}`
    reportBadVariable(given.name, given.value, problem, String(clamped))
    return clamped
  }
  const problem = `is not a number from ${rule.min} to ${rule.max}`
  reportBadVariable(given.name, given.value, problem, String(rule.fallback))
  return rule.fallback
}

/** One of a table's names, in any case; a name that is not in it is said once. */
export function resolveName<T extends string>(
  given: Named | undefined,
  allowed: readonly T[],
  fallback: T,
): T {
  if (given === undefined) return fallback
  const value = given.value.trim().toLowerCase()
  const found = allowed.find((name) => name === value)
  if (found !== undefined) return found
  reportBadVariable(given.name, given.value, `is none of ${allowed.join(', ')}`, fallback)
  return fallback
}

/** `true` in any case is true; whatever else that is not `false` is said once, and is false, as OpenTelemetry has it. */
export function readBoolean(name: string): boolean | undefined {
  const value = readVariable(name)?.toLowerCase()
  if (value === undefined) return undefined
  if (value !== 'true' && value !== 'false') {
    reportBadVariable(name, value, 'is neither true nor false', 'false')
  }
  return value === 'true'
}

function named(option: Named<number | undefined>): Named {
  return { name: option.name, value: String(option.value) }
}
