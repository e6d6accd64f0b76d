const units: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
}

/** A span of time: milliseconds, or a number with a unit (`500ms`, `60s`, `5m`, `1h`, `1d`). */
export type Duration = number | `${number}${'ms' | 's' | 'm' | 'h' | 'd'}`

/** @returns Milliseconds, or `undefined` for what is no positive span of time. */
export function parseDuration(given: unknown): number | undefined {
  if (typeof given === 'number') return given > 0 && Number.isFinite(given) ? given : undefined
  if (typeof given !== 'string') return undefined
  const [, amount, unit = ''] = /^(\d{1,9}(?:\.\d{1,3})?)(ms|s|m|h|d)$/.exec(given) ?? []
  const ms = Number(amount) * (units[unit] ?? Number.NaN)
  return ms > 0 ? ms : undefined
}
