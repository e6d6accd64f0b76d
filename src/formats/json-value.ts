/** A value as it comes out of the safe serializer: plain, finite, without cycles, strings already redacted. */
export type JsonValue =
  | string
  | number
  | boolean
  | null
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue }

export type JsonObject = { readonly [key: string]: JsonValue }

export type JsonScalar = string | number | boolean | null

export function isJsonObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function isJsonArray(value: JsonValue | undefined): value is readonly JsonValue[] {
  return Array.isArray(value)
}

/** JSON text of a value; `quote` makes the text of every string and key. */
export function jsonText(value: JsonValue, quote: (text: string) => string): string {
  if (typeof value === 'string') return quote(value)
  if (isJsonArray(value)) return `[${value.map((item) => jsonText(item, quote)).join(',')}]`
  if (isJsonObject(value)) {
    const members = Object.entries(value).map(
      ([key, item]) => `${quote(key)}:${jsonText(item, quote)}`,
    )
    return `{${members.join(',')}}`
  }
  return typeof value === 'number' ? numberText(value) : String(value)
}

/** JSON text of a number; `-0` is `0`, and what JSON cannot hold is `null`. */
export function numberText(value: number): string {
  return Number.isFinite(value) ? String(value) : 'null'
}

/** Whether two values read the same; a scalar is the same as its text. */
export function isSameJson(one: JsonValue | undefined, other: JsonValue): boolean {
  if (one === undefined) return false
  return typeof one === 'object' || typeof other === 'object'
    ? JSON.stringify(one) === JSON.stringify(other)
    : String(one) === String(other)
}

/** How many values a tree of objects has; stops counting beyond `most`. */
export function countLeaves(value: JsonValue, most: number): number {
  if (!isJsonObject(value)) return 1
  let count = 0
  for (const item of Object.values(value)) {
    count += countLeaves(item, most - count)
    if (count > most) break
  }
  return count
}
