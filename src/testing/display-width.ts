/** Columns that a text takes in a terminal: two for wide characters, none for those that join others. */
export function displayWidth(text: string): number {
  if (oneEach.test(text)) return text.length
  let width = 0
  for (const { segment } of graphemes.segment(text)) width += widthOf(segment)
  return width
}

/** The text in `width` columns at most, with `…` in place of what does not fit. */
export function cutToWidth(text: string, width: number): string {
  if (oneEach.test(text)) return text.length > width ? `${text.slice(0, width - 1)}…` : text
  if (displayWidth(text) <= width) return text
  let kept = ''
  let taken = 0
  for (const { segment } of graphemes.segment(text)) {
    taken += widthOf(segment)
    if (taken > width - 1) break
    kept += segment
  }
  return `${kept}…`
}

/** The text in exactly `width` columns. */
export function padToWidth(text: string, width: number): string {
  const cut = cutToWidth(text, width)
  return cut + ' '.repeat(Math.max(width - displayWidth(cut), 0))
}

/** ASCII, Latin and what draws branches and bars. */
const oneEach = /^[\u0020-\u007e\u00a0-\u02ff\u2010-\u2027\u2500-\u259f\u2691\u2713\u2717]*$/

/** @see https://www.unicode.org/reports/tr11/ */
const wide =
  /^(?:[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1b000}-\u{1b2ff}\u{1f200}-\u{1f2ff}\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}|\p{Emoji}\ufe0f)/u
const joining = /^[\p{Mn}\p{Me}\p{Cf}]+$/u

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' })

function widthOf(grapheme: string): number {
  if (joining.test(grapheme)) return 0
  return wide.test(grapheme) ? 2 : 1
}
