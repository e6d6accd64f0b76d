/** Classes of the ASCII characters, as bits; {@link scan} and the text rules read them from one table. */
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
/** Letters and digits. */
export const alnumBits = 15

export const charTable: Uint8Array = new Uint8Array(128)

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
for (const mark of "=:'>@~$") charTable[mark.charCodeAt(0)] = charBits.trigger

/** The class bits of the character at a place; 0 beyond ASCII and outside the text. */
export function bitsAt(text: string, at: number): number {
  const c = text.charCodeAt(at)
  return c < 128 ? (charTable[c] as number) : 0
}

/**
 * Whether a character beyond ASCII must be escaped: C1, U+2028/9, bidi controls, the byte order mark, a lone surrogate.
 */
export function escapesBeyondAscii(text: string, at: number, c: number): boolean {
  if (c < 0xa0) return true
  if (c < 0x200e) return c === 0x61c
  if (c < 0xd800) {
    return (
      c === 0x200e || c === 0x200f || (c >= 0x2028 && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069)
    )
  }
  if (c > 0xdfff) return c === 0xfeff
  if (c < 0xdc00) {
    const next = text.charCodeAt(at + 1)
    return !(next >= 0xdc00 && next <= 0xdfff)
  }
  const before = text.charCodeAt(at - 1)
  return !(before >= 0xd800 && before <= 0xdbff)
}
