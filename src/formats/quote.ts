/**
 * JSON text of a string, in which nothing can drive a terminal or end a line: quotes, backslashes, C0, DEL, C1,
 * U+2028/2029, bidi controls and lone surrogates are escapes.
 */
export function quoteText(text: string): string {
  return unsafe.test(text) ? `"${text.replace(unsafeAll, escapeCharacter)}"` : `"${text}"`
}

/** The characters that {@link quoteText} escapes, beyond `"` and `\`. */
export const unsafeCharacters =
  '\\u0000-\\u001f\\u007f-\\u009f\\u061c\\u200e\\u200f\\u2028-\\u202e\\u2066-\\u2069\\ufeff'

const loneSurrogates =
  '[\\ud800-\\udbff](?![\\udc00-\\udfff])|(?<![\\ud800-\\udbff])[\\udc00-\\udfff]'
const unsafe = new RegExp(`["\\\\${unsafeCharacters}]|${loneSurrogates}`)
const unsafeAll = new RegExp(unsafe, 'g')

const short: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\b': '\\b',
  '\f': '\\f',
}

function escapeCharacter(character: string): string {
  return short[character] ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}
