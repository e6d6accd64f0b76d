import { processRedaction } from '../redaction/process-wide.js'
import { removed } from '../redaction/types.js'

/** C0, DEL, C1, line and paragraph separators, bidi controls, byte order mark, lone surrogates. */
const unsafe =
  /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]|\p{Cs}/gu

/** Text without characters that end a line, drive a terminal or cannot be written as UTF-8. */
export function cleanText(text: string): string {
  return text.replace(unsafe, '')
}

/** A baggage value as it may leave the process, in a header or a line; `undefined` if a rule removes it. */
export function redactValue(key: string, value: string): string | undefined {
  const redaction = processRedaction()
  const verdict = redaction.key(key) ?? redaction.key(key.slice(key.lastIndexOf('.') + 1))
  const path = redaction.paths?.next(key)
  if (verdict === undefined && path?.ends !== true) return redaction.text(value)
  const written = redaction.censor(value, verdict?.rule ?? 'path', [key])
  return written === removed || written === undefined ? undefined : String(written)
}
