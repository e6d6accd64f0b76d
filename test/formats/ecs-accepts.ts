import { isIP } from 'node:net'

/** Whether Elasticsearch indexes a value under a field of an ECS type, with `[]` where ECS asks for an array. */
export function accepts(type: string, value: unknown): boolean {
  if (type.endsWith('[]')) {
    return (
      value === null ||
      (Array.isArray(value) && value.every((item) => accepts(type.slice(0, -2), item)))
    )
  }
  return value === null || (single[type]?.(value) ?? false)
}

function isNumber(value: unknown, limit: number): boolean {
  return typeof value === 'number' && Math.abs(value) <= limit
}

function isWhole(value: unknown, least: bigint, most: bigint): boolean {
  if (typeof value === 'number' ? !Number.isInteger(value) : typeof value !== 'string') return false
  if (typeof value === 'string' && !/^-?\d+$/.test(value)) return false
  const whole = BigInt(value as number | string)
  return whole >= least && whole <= most
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

const text = (value: unknown): boolean => typeof value === 'string'
const term = (value: unknown): boolean =>
  typeof value === 'string' && Buffer.byteLength(value) <= 32_766
const strictDate = /^\d{4}-\d\d-\d\d(T\d\d(:\d\d(:\d\d([.,]\d{1,9})?)?)?(Z|[+-]\d\d(:?\d\d)?)?)?$/

const single: Readonly<Record<string, (value: unknown) => boolean>> = {
  keyword: term,
  constant_keyword: () => false,
  wildcard: text,
  match_only_text: text,
  long: (value) => isWhole(value, -(2n ** 63n), 2n ** 63n - 1n),
  integer: (value) => isWhole(value, -(2n ** 31n), 2n ** 31n - 1n),
  float: (value) => isNumber(value, 3.4028234663852886e38),
  double: (value) => isNumber(value, Number.MAX_VALUE),
  scaled_float: (value) => isNumber(value, 9.2e15),
  boolean: (value) => typeof value === 'boolean',
  date: (value) =>
    isWhole(value, -(10n ** 16n), 10n ** 16n) ||
    (typeof value === 'string' &&
      strictDate.test(value) &&
      !Number.isNaN(Date.parse(value.slice(0, 10)))),
  ip: (value) => typeof value === 'string' && isIP(value) !== 0,
  geo_point: (value) =>
    isRecord(value) && isNumber(value['lat'], 90) && isNumber(value['lon'], 180),
  object: isRecord,
  nested: (value) => isRecord(value) || (Array.isArray(value) && value.every(isRecord)),
  flattened: isRecord,
}
