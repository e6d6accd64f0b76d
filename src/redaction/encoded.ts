import { bitsAt, wordBits } from './characters.js'
import { scan } from './scan.js'
import { Spans } from './spans.js'
import { unreserved } from './triggers.js'
import { scanBits } from './types.js'

/** How long a value is read. */
const longestValue = 8_192

/**
 * A value of a query or a form whose name says nothing and that is percent-encoded: `?next=https%3A%2F%2Fx%2F%3Ftoken%3Dabc`. It is
 * decoded, and masked whole if there is a secret in what it says.
 *
 * @param at - The first `%` of the value.
 * @param find - Finds secrets in the decoded text.
 * @returns Where to go on reading; `at` when nothing was found.
 */
export function maskEncoded(
  text: string,
  at: number,
  spans: Spans,
  find: (decoded: string, spans: Spans) => void,
): number {
  const start = text.lastIndexOf('=', at) + 1
  const end = valueEnd(text, start)
  const value = text.slice(start, end)
  if (!marks.test(value)) return at
  const decoded = decode(value)
  if ((scan(decoded) & scanBits.suspect) === 0) return at
  const inner = new Spans()
  find(decoded, inner)
  const rule = inner.rules[0]
  if (rule === undefined) return at
  return spans.add(start, end, inner.rules.every((other) => other === rule) ? rule : 'query')
}

/** Marks that part a name from a value, a secret from what stands around it, encoded. */
const marks = /%(?:3[abdf]|2[02467bf]|40|7[bc]|0[ad]|5[bc])/i

function valueEnd(text: string, start: number): number {
  let end = start
  for (; end < text.length && end - start < longestValue; end++) {
    const c = text.charCodeAt(end)
    if (inValue(text, end)) continue
    // A mark that pads base64 belongs to the value; one that the next value stands behind does not.
    if (c !== 61 || inValue(text, end + 1)) break
  }
  while (end > start && closing.has(text.charCodeAt(end - 1))) end--
  const quotes = text.slice(start, end).split("'").length - 1
  return text.charCodeAt(end) === 39 && quotes % 2 === 1 ? end + 1 : end
}

function inValue(text: string, at: number): boolean {
  const c = text.charCodeAt(at)
  return (bitsAt(text, at) & wordBits) !== 0 || c === 37 || unreserved.has(c)
}

/** What ends a sentence or a bracket around the value rather than the value. */
const closing: ReadonlySet<number> = new Set([...".!)',:?"].map((mark) => mark.charCodeAt(0)))

function decode(value: string): string {
  const spaced = value.replaceAll('+', ' ')
  try {
    return decodeURIComponent(spaced)
  } catch {
    return spaced.replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    )
  }
}
