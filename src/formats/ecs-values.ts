import { cutToBytes, geoPointText, keywordBytes, type Quote, scalarText } from './ecs-coerce.js'
import { allowedAt, type EcsType, ecsPath } from './ecs-paths.js'
import {
  isJsonArray,
  isJsonObject,
  type JsonObject,
  type JsonScalar,
  type JsonValue,
  jsonText,
} from './json-value.js'

/** Types that ECS writes as arrays, of scalars. */
export function isScalarList(type: EcsType): boolean {
  return type === 'L' || type === 'X' || type === 'Q'
}

/** JSON text of one scalar at a field, without the array that the field may ask for. */
export function itemText(
  type: EcsType,
  path: string,
  value: JsonScalar,
  quote: Quote,
): string | undefined {
  if (value !== null && (type === 'K' || type === 'L')) {
    const allowed = allowedAt(path)
    if (allowed !== undefined && !allowed.has(String(value))) return undefined
  }
  return scalarText(type, value, quote)
}

/** JSON text of any value at a field, as the field's mapping takes it, or `undefined` if it cannot. */
export function fieldText(
  type: EcsType,
  path: string,
  value: JsonValue,
  quote: Quote,
): string | undefined {
  switch (type) {
    case 'G':
      return value === null ? 'null' : geoPointText(value)
    case 'O':
      return isJsonObject(value) && !ecsPath(path).namespace
        ? flatText(value, '_', quote)
        : undefined
    case 'H':
      return isJsonObject(value) ? flatText(value, '.', quote) : undefined
    case 'J':
      return listText(value, (item) =>
        isJsonObject(item) ? flatText(item, '.', quote) : undefined,
      )
    case 'A':
    case 'M':
    case 'E':
      return listText(value, (item) =>
        isJsonObject(item) ? elementText(path, item, quote) : undefined,
      )
    case 'L':
    case 'X':
    case 'Q':
      return listText(value, (item) =>
        typeof item === 'object' && item !== null ? undefined : itemText(type, path, item, quote),
      )
    default: {
      const item = isJsonArray(value) && value.length === 1 ? value[0] : value
      return typeof item === 'object' && item !== null
        ? undefined
        : itemText(type, path, item ?? null, quote)
    }
  }
}

function listText(
  value: JsonValue,
  item: (item: JsonValue) => string | undefined,
): string | undefined {
  const texts = (isJsonArray(value) ? value : [value]).map(item)
  return texts.includes(undefined) ? undefined : `[${texts.join(',')}]`
}

/** One object of a list of objects: every leaf must be a field below `path`, once, with a value that fits. */
function elementText(path: string, value: JsonObject, quote: Quote): string | undefined {
  if (!ecsPath(path).namespace) return flatText(value, '_', quote)
  const members = new Map<string, string>()
  const fits = (at: string, item: JsonValue): boolean => {
    const { type, namespace } = ecsPath(at)
    const text = type === undefined ? undefined : fieldText(type, at, item, quote)
    if (text !== undefined) {
      const key = at.slice(path.length + 1)
      if (members.has(key)) return false
      members.set(key, `${quote(key)}:${text}`)
      return true
    }
    return (
      namespace &&
      isJsonObject(item) &&
      Object.entries(item).every(([key, below]) => fits(`${at}.${key}`, below))
    )
  }
  const fit = Object.entries(value).every(([key, item]) => fits(`${path}.${key}`, item))
  return fit ? `{${[...members.values()].join(',')}}` : undefined
}

/**
 * An object made flat, with strings for values: what a `flattened` field or an object without a fixed mapping takes
 * from record to record without a conflict. Keys that fall together get a number.
 */
export function flatText(value: JsonObject, separator: '.' | '_', quote: Quote): string {
  const members = new Map<string, string>()
  const visit = (path: string, item: JsonValue): void => {
    if (isJsonObject(item) && Object.keys(item).length > 0) {
      for (const [key, below] of Object.entries(item)) visit(`${path}${separator}${key}`, below)
      return
    }
    const plain = separator === '_' ? labelKey(path) : path.replaceAll('\0', '_')
    let key = plain
    for (let number = 2; members.has(key); number++) key = `${plain}_${number}`
    members.set(key, `${quote(key)}:${labelText(item, quote)}`)
  }
  for (const [key, item] of Object.entries(value)) visit(key, item)
  return `{${[...members.values()].join(',')}}`
}

const longestLabelKey = 200

/**
 * The key under `labels` for a dotted path: `.`, `*` and `\` become `_`.
 *
 * Rule: https://github.com/elastic/ecs-logging/blob/main/spec/spec.json (`labels`)
 */
export function labelKey(path: string): string {
  const key = path.length > longestLabelKey ? path.slice(0, longestLabelKey) : path
  return key.replace(/[.*\\\0]/g, '_').trim() === '' ? '_' : key.replace(/[.*\\\0]/g, '_')
}

/** A value under `labels`: a keyword, or an array of keywords; what is an object inside an array becomes JSON. */
export function labelText(value: JsonValue, quote: Quote): string {
  if (value === null) return 'null'
  if (isJsonArray(value)) {
    return `[${value.map((item) => (item === null ? 'null' : labelItem(item, quote))).join(',')}]`
  }
  return labelItem(value, quote)
}

function labelItem(value: JsonValue, quote: Quote): string {
  const text =
    typeof value === 'string'
      ? value
      : typeof value === 'object'
        ? jsonText(value, quote)
        : String(value)
  return quote(cutToBytes(text, keywordBytes))
}
