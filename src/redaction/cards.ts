import { bitsAt, charBits, wordBits } from './characters.js'

/** Issuers: what a card number begins with and how long it then is. */
const issuers: readonly (readonly [
  name: string,
  low: number,
  high: number,
  lengths: readonly number[],
])[] = [
  ['visa', 4_000, 4_999, [16, 19]],
  ['mastercard', 5_100, 5_599, [16]],
  ['mastercard', 2_221, 2_720, [16]],
  ['amex', 3_400, 3_499, [15]],
  ['amex', 3_700, 3_799, [15]],
  ['diners', 3_000, 3_059, [14, 16]],
  ['diners', 3_095, 3_095, [14, 16]],
  ['diners', 3_600, 3_699, [14]],
  ['diners', 3_800, 3_999, [14, 16]],
  ['discover', 6_011, 6_011, [16, 19]],
  ['discover', 6_440, 6_599, [16, 19]],
  ['unionpay', 6_200, 6_299, [16, 19]],
  ['jcb', 3_528, 3_589, [16, 19]],
  ['maestro', 5_018, 5_018, [16, 19]],
  ['maestro', 5_020, 5_020, [16, 19]],
  ['maestro', 5_038, 5_038, [16, 19]],
  ['maestro', 6_304, 6_304, [16, 19]],
  ['maestro', 6_759, 6_763, [16, 19]],
  ['mir', 2_200, 2_204, [16]],
  ['elo', 6_362, 6_363, [16]],
  ['rupay', 6_080, 6_089, [16]],
  ['rupay', 8_172, 8_172, [16]],
  ['troy', 9_792, 9_792, [16]],
]

/** Whether these digits are a card number: issuer, length and check digit (ISO/IEC 7812) are right. */
export function isCardNumber(digits: string): boolean {
  const length = digits.length
  if (length < 14 || length > 19) return false
  const head = Number(digits.slice(0, 4))
  if (
    !issuers.some(
      ([, low, high, lengths]) => head >= low && head <= high && lengths.includes(length),
    )
  )
    return false
  return passesLuhn(digits) && !/^(\d)\1*$/.test(digits)
}

function passesLuhn(digits: string): boolean {
  let sum = 0
  let double = false
  for (let i = digits.length - 1; i >= 0; i--) {
    let value = digits.charCodeAt(i) - 48
    if (double) {
      value *= 2
      if (value > 9) value -= 9
    }
    sum += value
    double = !double
  }
  return sum % 10 === 0
}

/** The end of the card number that begins at a place, grouped by one kind of separator or not at all; 0 when there is none. */
export function cardEnd(text: string, start: number): number {
  const before = text.charCodeAt(start - 1)
  if (before < 128 && (bitsAt(text, start - 1) & wordBits) !== 0) return 0
  if (before === 46 && bitsAt(text, start - 2) === charBits.digit) return 0
  card.lastIndex = start
  const match = card.exec(text)
  if (match === null) return 0
  const end = start + match[0].length
  const after = text.charCodeAt(end)
  if ((after === 46 || after === 45) && bitsAt(text, end + 1) === charBits.digit) return 0
  return isCardNumber(match[0].replace(/\D/g, '')) ? end : 0
}

const card =
  /(?:\d{14,19}|\d{4}([ .\u00a0-]| {2})\d{4}\1\d{4}\1\d{4}(?:\1\d{3})?|\d{4}[ .\u00a0-]\d{6}[ .\u00a0-]\d{4,5})(?![\w])/y
