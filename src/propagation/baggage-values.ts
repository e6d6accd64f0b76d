import { masksText } from '../redaction/keys.js'
import { processRedaction } from '../redaction/process-wide.js'
import { removed } from '../redaction/types.js'
import { trimSpace } from './text.js'

/** C0, DEL, C1, line and paragraph separators: they stand between words. */
const controls = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g
/** Bidi controls, byte order mark, lone surrogates: they stand within words. */
const invisible = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]|\p{Cs}/gu

/**
 * Text without characters that end a line, drive a terminal or cannot be written as UTF-8. Controls become a space: without
 * anything in their place a secret would grow together with the next line, and no rule would know it.
 */
export function cleanText(text: string): string {
  const clean = text.replace(invisible, '').replace(controls, ' ')
  return clean === text ? text : trimSpace(clean)
}

/** A baggage value as it may leave the process, in a header or a line; `undefined` if a rule removes it. */
export function redactValue(key: string, value: string): string | undefined {
  const redaction = processRedaction()
  const verdict = redaction.key(key) ?? redaction.key(key.slice(key.lastIndexOf('.') + 1))
  const masked = verdict !== undefined && masksText(verdict, value) ? verdict.rule : undefined
  const rule = redaction.paths?.next(key)?.ends === true ? 'path' : masked
  if (rule === undefined) return redaction.text(value)
  const written = redaction.censor(value, rule, [key])
  return written === removed || written === undefined ? undefined : String(written)
}

/** Whether the rules find nothing in a text. */
export function isClean(text: string): boolean {
  return processRedaction().text(text) === text
}
