/** Where what is there differs from what should be: the path, and both values. */
export interface Difference {
  readonly path: string
  readonly expected: unknown
  readonly found: unknown
}

/**
 * What of `expected` is not so in `found`. What a server adds to it is no difference, nor is a value that it repeats as text.
 */
export function differences(expected: unknown, found: unknown, path = ''): readonly Difference[] {
  if (Array.isArray(expected)) {
    if (!Array.isArray(found) || found.length !== expected.length)
      return [{ path, expected, found }]
    return expected.flatMap((item, index) => differences(item, found[index], `${path}[${index}]`))
  }
  if (typeof expected === 'object' && expected !== null) {
    if (typeof found !== 'object' || found === null) {
      return Object.keys(expected).length === 0 && path !== '' ? [] : [{ path, expected, found }]
    }
    return Object.entries(expected).flatMap(([key, value]) =>
      differences(
        value,
        (found as Record<string, unknown>)[key],
        path === '' ? key : `${path}.${key}`,
      ),
    )
  }
  return String(expected) === String(found) ? [] : [{ path, expected, found }]
}
