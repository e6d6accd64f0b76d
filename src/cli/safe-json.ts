import { unsafeBeyondJson } from '../redaction/quote.js'

const unsafe = new RegExp(`[${unsafeBeyondJson}]`, 'g')

/** JSON on one line, in which nothing can drive the terminal that it may be shown on. */
export function safeJson(value: unknown): string {
  return JSON.stringify(value).replace(
    unsafe,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
