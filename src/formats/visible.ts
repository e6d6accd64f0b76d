import { unsafeBeyondJson } from '../redaction/quote.js'

/**
 * Text for people in which nothing can drive a terminal or end a line: C0 (line ends too), DEL, C1, U+2028/2029, bidi
 * controls and lone surrogates stand spelled out, as in `\u001b` and `\n`.
 */
export function neutralise(text: string): string {
  return text.replace(unsafe, (character) => spell(character.codePointAt(0) ?? 0))
}

/** Whether {@link neutralise} would leave the text as it is. */
export function isNeutral(text: string): boolean {
  return text.search(unsafe) === -1
}

const unsafe = new RegExp(`[\\u0000-\\u001f${unsafeBeyondJson}]|\\p{Cs}`, 'gu')

const short = new Map([
  [0x09, '\\t'],
  [0x0a, '\\n'],
  [0x0d, '\\r'],
])

function spell(code: number): string {
  return short.get(code) ?? `\\u${code.toString(16).padStart(4, '0')}`
}

/** A plane of private characters, where unsafe ones hide while other code formats the text around them. */
const plane = 0xf0000
const privatePlane = /[\u{f0000}-\u{fffff}]/gu

/**
 * Replaces every character that is unsafe, and those that match `also`, by a private one that no formatter escapes, strips
 * or acts upon. {@link show} spells them out.
 */
export function hide(text: string, also?: RegExp): string {
  const hidden = text
    .replace(privatePlane, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`)
    .replace(unsafe, toPrivate)
  return also === undefined ? hidden : hidden.replace(also, toPrivate)
}

function toPrivate(character: string): string {
  return String.fromCodePoint(plane + (character.codePointAt(0) ?? 0))
}

/** Spells out what {@link hide} has hidden. */
export function show(text: string): string {
  return text.replace(privatePlane, (character) => {
    const code = (character.codePointAt(0) ?? 0) - plane
    const plain = String.fromCodePoint(code)
    return isNeutral(plain) ? plain : spell(code)
  })
}
