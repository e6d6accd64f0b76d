/** Classes of characters, as bits; {@link scan} and the text rules read them from one table. */
export const charBits = {
  digit: 1,
  /** a-f */
  hexLetter: 2,
  /** g-z */
  lower: 4,
  upper: 8,
  underscore: 16,
  dash: 32,
  /** Must be escaped in JSON. */
  escape: 64,
  /** May end a name that a value follows, or stands in the middle of a credential. */
  trigger: 128,
} as const

/** Bits of the characters that words and tokens are made of: letters, digits, `_` and `-`. */
export const wordBits = 63
/** Letters. */
export const letterBits = 14
/** Letters and digits. */
export const alnumBits = 15

/** The class bits of every UTF-16 unit: one look-up instead of a branch for what lies beyond ASCII is what makes the scan fast. */
export const charTable: Uint8Array = new Uint8Array(0x10000)

for (let c = 0; c < 128; c++) {
  if (c >= 48 && c <= 57) charTable[c] = charBits.digit
  else if (c >= 97 && c <= 102) charTable[c] = charBits.hexLetter
  else if (c >= 103 && c <= 122) charTable[c] = charBits.lower
  else if (c >= 65 && c <= 90) charTable[c] = charBits.upper
  else if (c < 32 || c === 92 || c === 127) charTable[c] = charBits.escape
}
charTable[95] = charBits.underscore
charTable[45] = charBits.dash
charTable[34] = charBits.escape | charBits.trigger
for (const mark of "=:'>@~$%") charTable[mark.charCodeAt(0)] = charBits.trigger
// C1, bidi controls, line separators, surrogates (which may be a pair), the byte order mark.
for (const [first, last] of [
  [0x80, 0x9f],
  [0x61c, 0x61c],
  [0x200e, 0x200f],
  [0x2028, 0x202e],
  [0x2066, 0x2069],
  [0xd800, 0xdfff],
  [0xfeff, 0xfeff],
] as const) {
  charTable.fill(charBits.escape, first, last + 1)
}

/** The class bits of the character at a place; 0 outside the text. */
export function bitsAt(text: string, at: number): number {
  return at >= 0 && at < text.length ? (charTable[text.charCodeAt(at)] as number) : 0
}

/** Whether a character with the escape bit must be escaped: all but the surrogates that make a pair. */
export function mustEscape(text: string, at: number, c: number): boolean {
  if (c < 0xd800 || c > 0xdfff) return true
  if (c < 0xdc00) return (text.charCodeAt(at + 1) & 0xfc00) !== 0xdc00
  return (text.charCodeAt(at - 1) & 0xfc00) !== 0xd800
}
