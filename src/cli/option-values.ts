import { CliError } from './cli-error.js'

const units: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1e3,
  m: 6e4,
  h: 3.6e6,
  d: 8.64e7,
  w: 6.048e8,
}

/**
 * A point in time: `15m`, `2h`, `1d` before now, or a date as ISO 8601 has it.
 *
 * @returns Epoch milliseconds. @throws CliError
 */
export function readMoment(option: string, text: string, now: number): number {
  const ago = /^(\d+(?:\.\d+)?)(ms|[smhdw])$/.exec(text)
  const unit = units[ago?.[2] ?? '']
  if (ago !== null && unit !== undefined) return now - Number(ago[1]) * unit
  const moment = /^\d{4}-\d{2}-\d{2}/.test(text) ? Date.parse(text) : Number.NaN
  if (!Number.isNaN(moment)) return moment
  throw new CliError(
    `--${option} is ${JSON.stringify(text)}; it takes a time before now such as 15m, 2h or 1d, or a date such as 2026-11-20T21:00:00Z.`,
  )
}

/** A time such as `60s`, in milliseconds. @throws CliError */
export function readDuration(option: string, text: string): number {
  const given = /^(\d+(?:\.\d+)?)(ms|[smhdw])$/.exec(text)
  const unit = units[given?.[2] ?? '']
  if (given !== null && unit !== undefined) return Number(given[1]) * unit
  throw new CliError(
    `--${option} is ${JSON.stringify(text)}; it takes a time such as 500ms, 60s or 2h.`,
  )
}

/** A whole number in a range. @throws CliError */
export function readCount(
  option: string,
  text: string | undefined,
  { fallback, min = 1, max = 1_000_000 }: { fallback: number; min?: number; max?: number },
): number {
  if (text === undefined) return fallback
  const number = Number(text)
  if (/^\d+$/.test(text) && number >= min && number <= max) return number
  throw new CliError(
    `--${option} is ${JSON.stringify(text)}; it takes a whole number from ${min} to ${max}.`,
  )
}

/** One of an option's choices. @throws CliError */
export function readChoice<T extends string>(
  option: string,
  text: string | undefined,
  choices: readonly T[],
  fallback: T,
): T {
  if (text === undefined) return fallback
  const found = choices.find((choice) => choice === text)
  if (found !== undefined) return found
  throw new CliError(
    `--${option} is ${JSON.stringify(text)}; it takes one of ${choices.join(', ')}.`,
  )
}
