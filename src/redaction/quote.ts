/**
 * What JSON allows raw and a terminal, a JavaScript reader or a line-based reader would act upon, as a character class: DEL, C1,
 * U+2028/2029, bidirectional controls and marks, and the byte order mark. C0 and lone surrogates are escaped by JSON.stringify.
 */
export const unsafeBeyondJson =
  '\\u007f-\\u009f\\u061c\\u200e\\u200f\\u2028-\\u202e\\u2066-\\u2069\\ufeff'

const unsafe = new RegExp(`[${unsafeBeyondJson}]`)
const everyUnsafe = new RegExp(unsafe, 'g')

const escaped = (character: string): string =>
  `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`

/** Anything that must be escaped, but for a line's end. */
const beyondLines = new RegExp(
  `[\\u0000-\\u0009\\u000b-\\u001f"\\\\\\ud800-\\udfff${unsafeBeyondJson}]`,
)

/** The JSON string of `text`, from which nothing can break out: neither of the line nor of a terminal. */
export function quoteJson(text: string): string {
  if (!beyondLines.test(text)) return quoteLines(text)
  const quoted = JSON.stringify(text)
  return unsafe.test(quoted) ? quoted.replace(everyUnsafe, escaped) : quoted
}

/** Stacks and most other texts need nothing but their line ends escaped: a third of what JSON.stringify takes (see bench/). */
function quoteLines(text: string): string {
  let end = text.indexOf('\n')
  if (end === -1) return `"${text}"`
  let quoted = '"'
  let from = 0
  for (; end !== -1; end = text.indexOf('\n', from)) {
    quoted += `${text.slice(from, end)}\\n`
    from = end + 1
  }
  return `${quoted + text.slice(from)}"`
}
