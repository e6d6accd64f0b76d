/** Text as a terminal may show it: control and text-direction characters become visible escapes. */
export function printable(text: string): string {
  return text.replace(unprintable, visible)
}

/** Any parsed JSON value, on one line; strings without quotes where that leaves no doubt. */
export function printableValue(value: unknown): string {
  if (typeof value === 'string' && plain.test(value)) return value
  return printable(JSON.stringify(value) ?? String(value))
}

const plain = /^[\w@/.:+-]+$/

/** C0, DEL, C1, and what Unicode calls format characters and line or paragraph separators. */
const unprintable = /[\u0000-\u001f\u007f-\u009f\p{Cf}\p{Zl}\p{Zp}]/gu

const short: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }

function visible(character: string): string {
  const code = character.codePointAt(0) ?? 0
  return short[character] ?? `\\u{${code.toString(16)}}`
}
