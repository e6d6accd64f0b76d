/** A header by its name in lower case; several of a name are joined by `, ` or given as a list. */
export type HeaderReader = (name: string) => string | readonly string[] | number | undefined

const longestValue = 1_024
const mostValues = 16

/** The attributes for the headers of an allow-list that are there. */
export function captureHeaders(
  prefix: string,
  names: readonly string[],
  header: HeaderReader,
): Record<string, readonly string[]> {
  const captured: Record<string, readonly string[]> = {}
  for (const name of names) {
    const value = header(name)
    if (value === undefined) continue
    const values = typeof value === 'object' ? value.slice(0, mostValues) : [value]
    captured[prefix + name] = values.map((item) => String(item).slice(0, longestValue))
  }
  return captured
}

/** The text of a header that has one value; of several the first. */
export function firstHeader(value: ReturnType<HeaderReader>): string | undefined {
  const first = typeof value === 'object' ? value[0] : value
  return first === undefined ? undefined : String(first).slice(0, longestValue)
}

/** All values of a header that is a list. */
export function joinedHeader(value: ReturnType<HeaderReader>): string | undefined {
  if (value === undefined) return undefined
  return typeof value === 'object' ? value.join(',') : String(value)
}
