import { Buffer } from 'node:buffer'
import { isIP } from 'node:net'
import type { EcsType } from './ecs-paths.js'
import {
  isJsonArray,
  isJsonObject,
  type JsonScalar,
  type JsonValue,
  numberText,
} from './json-value.js'

/** Makes the JSON text of a string. */
export type Quote = (text: string) => string

/** Bytes of UTF-8 that a keyword may have: a longer term makes Elasticsearch refuse the document. */
export const keywordBytes = 32_766

/**
 * JSON text of a scalar as its field's mapping takes it, or `undefined` if it cannot.
 *
 * Rules: https://www.elastic.co/docs/reference/elasticsearch/mapping-reference/field-data-types
 */
export function scalarText(type: EcsType, value: JsonScalar, quote: Quote): string | undefined {
  if (value === null) return 'null'
  switch (type) {
    case 'K':
    case 'L':
      return quote(typeof value === 'string' ? cutToBytes(value, keywordBytes) : String(value))
    case 'W':
    case 'X':
    case 'T':
      return quote(typeof value === 'string' ? value : String(value))
    case 'N':
      return integerText(value, longRange)
    case 'I':
      return integerText(value, integerRange)
    case 'F':
      return decimalText(value, floatLimit)
    case 'U':
      return decimalText(value, Number.MAX_VALUE)
    case 'S':
      return decimalText(value, scaledFloatLimit)
    case 'B':
      return value === true || value === 'true'
        ? 'true'
        : value === false || value === 'false'
          ? 'false'
          : undefined
    case 'D':
      return dateText(value)
    case 'P':
    case 'Q':
      return typeof value === 'string' && isIP(value) !== 0 && !value.includes('%')
        ? quote(value)
        : undefined
    case 'G':
      return geoPointText(value)
    default:
      return undefined
  }
}

/** Cuts a text to so many bytes of UTF-8, between characters, with `…` where something is missing. */
export function cutToBytes(text: string, bytes: number): string {
  if (text.length * 3 <= bytes || Buffer.byteLength(text) <= bytes) return text
  let low = 0
  let high = Math.min(text.length, bytes)
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if (Buffer.byteLength(text.slice(0, middle)) <= bytes - 3) low = middle
    else high = middle - 1
  }
  const last = text.charCodeAt(low - 1)
  return `${text.slice(0, last >= 0xd800 && last <= 0xdbff ? low - 1 : low)}…`
}

interface Range {
  readonly least: bigint
  readonly most: bigint
}

const longRange: Range = { least: -(2n ** 63n), most: 2n ** 63n - 1n }
const integerRange: Range = { least: -(2n ** 31n), most: 2n ** 31n - 1n }
const floatLimit = 3.4028234663852886e38
/** ECS scales by 1000 and Elasticsearch keeps the result as a long. */
const scaledFloatLimit = 9_007_199_254_740_991
const integerPattern = /^[+-]?\d{1,20}$/
const decimalPattern = /^[+-]?(?:\d{1,40}(?:\.\d{0,40})?|\.\d{1,40})(?:[eE][+-]?\d{1,3})?$/

/** Whole numbers in range; beyond what a JSON reader holds exactly, as a string of digits. */
function integerText(value: string | number | boolean, range: Range): string | undefined {
  if (typeof value === 'number') {
    if (Number.isSafeInteger(value) && range === longRange) return numberText(value)
    if (!Number.isInteger(value)) return undefined
  } else if (typeof value !== 'string' || !integerPattern.test(value)) return undefined
  const whole = BigInt(typeof value === 'string' ? value.replace(/^\+/, '') : value)
  if (whole < range.least || whole > range.most) return undefined
  return Number.isSafeInteger(Number(whole)) ? String(whole) : `"${whole}"`
}

function decimalText(value: string | number | boolean, limit: number): string | undefined {
  const number = typeof value === 'string' && decimalPattern.test(value) ? Number(value) : value
  return typeof number === 'number' && Math.abs(number) <= limit ? numberText(number) : undefined
}

const datePattern =
  /^(\d{4})-(\d\d)-(\d\d)(?:T([01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:[.,]\d{1,9})?)?(?:Z|[+-](?:0\d|1[0-8]):?[0-5]\d)?)?$/
const epochPattern = /^-?\d{12,16}$/
/** The farthest moment that a JavaScript `Date` holds, in milliseconds from the epoch. */
const epochLimit = 8.64e15

/** `strict_date_optional_time||epoch_millis`. */
function dateText(value: string | number | boolean): string | undefined {
  if (typeof value === 'number') {
    return Number.isInteger(value) && Math.abs(value) <= epochLimit ? numberText(value) : undefined
  }
  if (typeof value !== 'string') return undefined
  if (epochPattern.test(value)) return dateText(Number(value))
  const parts = datePattern.exec(value)
  if (parts === null) return undefined
  const [year, month, day] = [Number(parts[1]), Number(parts[2]), Number(parts[3])]
  const date = new Date(Date.UTC(2000 + (year % 400), month - 1, day))
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? `"${value}"` : undefined
}

/** `{ lat, lon }`, `'lat,lon'`, `[lon, lat]` or a GeoJSON point, written as `{ lat, lon }`. */
export function geoPointText(value: JsonValue): string | undefined {
  if (typeof value === 'string') {
    const [lat, lon, more] = value.split(',').map((part) => part.trim())
    return more === undefined ? latLon(lat, lon) : undefined
  }
  if (isJsonArray(value)) return value.length === 2 ? latLon(value[1], value[0]) : undefined
  if (!isJsonObject(value) || Object.keys(value).length !== 2) return undefined
  if (value['type'] === 'Point') return geoPointText(value['coordinates'] ?? null)
  return latLon(value['lat'], value['lon'])
}

function latLon(lat: JsonValue | undefined, lon: JsonValue | undefined): string | undefined {
  const latText = degreeText(lat, 90)
  const lonText = degreeText(lon, 180)
  return latText && lonText ? `{"lat":${latText},"lon":${lonText}}` : undefined
}

function degreeText(value: JsonValue | undefined, limit: number): string | undefined {
  return typeof value === 'number' || typeof value === 'string'
    ? decimalText(value, limit)
    : undefined
}
