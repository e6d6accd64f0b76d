/** Values that are no secret whatever name they stand under: empty, masked already, or a reference to a variable. */
export function isPlaceholder(text: string): boolean {
  if (text.length === 0) return true
  if (text.length > 64) return false
  return placeholder.test(text)
}

const placeholder =
  /^(?:[*•●xX.#-]{2,64}|[[<({]{0,2}(?:redacted|masked|filtered|hidden|removed|secret|omitted|none|null|undefined|true|false|nil|unset|empty|n\/a|no|yes|env|your[-_a-z]{0,24})[\])}>]{0,2}|\$\{[\w.:-]{1,60}\}|\$[A-Z_][A-Z0-9_]{1,60}|\$\d{1,3}|%[A-Z_]{2,60}%|\{\{[ \w.]{1,56}\}\}|<[a-z][\w -]{1,60}>|%[sdjo]|[?]{1,4}|:[a-z_]{1,40}|\[[A-Z][\w ]{1,30}\])$/i

/**
 * Whether a text looks like a token rather than a word, a time, a path or a host name.
 *
 * For names that are sensitive only with such a value: `session`, `auth`, `token_ci`.
 */
export function isOpaque(text: string): boolean {
  const length = Math.min(text.length, 256)
  if (length < 8) return false
  let digits = 0
  let uppers = 0
  let lowers = 0
  let marks = 0
  for (let i = 0; i < length; i++) {
    const c = text.charCodeAt(i)
    if (c >= 48 && c <= 57) digits++
    else if (c >= 65 && c <= 90) uppers++
    else if (c >= 97 && c <= 122) lowers++
    else if (c <= 32) return false
    else marks++
  }
  const letters = uppers + lowers
  if (letters === 0) return false
  if (ordinary.test(text)) return false
  if (digits > 0 || text.length > length) return true
  return uppers > 1 && lowers > 1 && length >= 20 && marks * 8 < length
}

/** Times, dates, versions, URLs, paths, hosts, e-mail addresses, words joined by marks. */
const ordinary =
  /^(?:\d{4}-\d\d-\d\d(?:[T ][\d:.]{1,15}(?:Z|[+-]\d\d:?\d\d)?)?|v?\d{1,6}\.\d{1,6}(?:\.\d{1,6})?(?:[-+][\w.-]{1,40})?|[a-z][a-z0-9+.-]{1,20}:\/\/.{0,4096}|\.{0,2}\/[\w.@~/-]{0,4096}|[a-z0-9._-]{1,64}(?:\/[a-z0-9._-]{1,64}){1,12}\.[a-z]{2,5}|[a-z]{1,30}(?:[-_.:/ ][a-z]{1,30}){0,10}(?:[-_.:/]?v?\d{1,3})?|\d{1,6}(?:ms|s|m|h|d|kb|mb|gb|px|em|%))$/
