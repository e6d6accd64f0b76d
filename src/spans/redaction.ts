import { processRedaction } from '../redaction/process-wide.js'
import { scan } from '../redaction/scan.js'
import {
  type KeyVerdict,
  type PathState,
  type Redaction,
  removed,
  scanBits,
} from '../redaction/types.js'
import type { SpanAttributeValue } from './types.js'
import { boundedText, type PlainValue } from './values.js'

/** UTF-16 units of a string that leaves the process in a span. */
const exportedLength = 8_192
const nameLength = 1_024

/**
 * Text as it may leave the process in a span. Redacted first and cut afterwards, so that no half of a secret is left
 * unmatched.
 */
export function exportedText(text: string): string {
  return boundedText(redactText(processRedaction(), text), exportedLength)
}

/**
 * An attribute's value as it may leave the process, in a shape that both generations of OpenTelemetry keep.
 *
 * @returns `undefined` if a rule removes it.
 */
export function exportedValue(key: string, value: PlainValue): SpanAttributeValue | undefined {
  const redaction = processRedaction()
  if (typeof value !== 'object' && redaction.paths === undefined) {
    if (keyOf(redaction, key).verdict === undefined) return exportedScalar(redaction, key, value)
  }
  const safe = redactValue(redaction, key, value, redaction.paths?.next(key), [key])
  if (typeof safe === 'string') return boundedText(safe, exportedLength)
  if (typeof safe === 'number' || typeof safe === 'boolean') return safe
  if (safe === undefined || safe === null) return undefined
  if (isUniform(safe)) {
    return safe.map((item) =>
      typeof item === 'string' ? boundedText(item, exportedLength) : item,
    ) as readonly string[]
  }
  return boundedText(JSON.stringify(safe), exportedLength)
}

/** A key as it may leave the process. */
export function exportedKey(key: string): string {
  const redaction = processRedaction()
  return redaction.eager ? exportedText(key) : keyOf(redaction, key).text
}

/** A name of a span or an event as it may leave the process. */
export function exportedName(name: string): string {
  const redaction = processRedaction()
  if (redaction.eager || name.length > longestKnown)
    return boundedText(exportedText(name), nameLength)
  if (knownFor !== redaction) forget(redaction)
  const kept = names.get(name)
  if (kept !== undefined) return kept
  if (names.size >= mostKnown) names.clear()
  const text = boundedText(exportedText(name), nameLength)
  names.set(name, text)
  return text
}

interface KnownKey {
  readonly text: string
  readonly verdict: KeyVerdict | undefined
}

// A program has few names and keys, and uses them for every span: what the rules say about them is kept.
const mostKnown = 512
const longestKnown = 256
const names = new Map<string, string>()
const keys = new Map<string, KnownKey>()
let knownFor: Redaction | undefined

function forget(redaction: Redaction): void {
  knownFor = redaction
  names.clear()
  keys.clear()
}

function keyOf(redaction: Redaction, key: string): KnownKey {
  if (knownFor !== redaction) forget(redaction)
  const kept = keys.get(key)
  if (kept !== undefined) return kept
  // Keys of attributes are dotted: `http.request.header.authorization` is about an `authorization`.
  const verdict = redaction.key(key) ?? redaction.key(key.slice(key.lastIndexOf('.') + 1))
  const known = { text: exportedText(key), verdict }
  if (key.length > longestKnown) return known
  if (keys.size >= mostKnown) keys.clear()
  keys.set(key, known)
  return known
}

function exportedScalar(
  redaction: Redaction,
  key: string,
  value: string | number | boolean,
): SpanAttributeValue | undefined {
  if (typeof value === 'boolean') return value
  if (typeof value === 'string') return boundedText(redactText(redaction, value), exportedLength)
  const rule = redaction.number(value)
  if (rule === undefined) return value
  return censored(redaction, value, rule, [key]) as SpanAttributeValue | undefined
}

/** Most text is clean, and found so in one pass. */
function redactText(redaction: Redaction, text: string): string {
  return redaction.eager || (scan(text) & scanBits.suspect) !== 0 ? redaction.text(text) : text
}

function redactValue(
  redaction: Redaction,
  key: string,
  value: PlainValue,
  path: PathState | undefined,
  at: readonly string[],
): PlainValue | undefined {
  if (path?.ends === true) return censored(redaction, value, 'path', at)
  const { verdict } = keyOf(redaction, key)
  if (verdict !== undefined && (verdict.scope === 'branch' || isMaskedScalar(value))) {
    return censored(redaction, value, verdict.rule, at)
  }
  if (typeof value === 'string') return redactText(redaction, value)
  if (typeof value === 'number') {
    const rule = redaction.number(value)
    return rule === undefined ? value : censored(redaction, value, rule, at)
  }
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) {
    return value.flatMap((item: PlainValue, index) => {
      const name = String(index)
      const safe = redactValue(redaction, name, item, path?.next(name), [...at, name])
      return safe === undefined ? [] : [safe]
    })
  }
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, item]) => {
      const safe = redactValue(redaction, name, item, path?.next(name), [...at, name])
      return safe === undefined ? [] : [[redactText(redaction, name), safe]]
    }),
  )
}

function isMaskedScalar(value: PlainValue): boolean {
  if (Array.isArray(value)) return value.every(isMaskedScalar)
  return typeof value === 'string' || typeof value === 'number'
}

function censored(
  redaction: Redaction,
  value: PlainValue,
  rule: string,
  at: readonly string[],
): PlainValue | undefined {
  const written = redaction.censor(value, rule, at)
  if (written === removed || written === undefined) return undefined
  return typeof written === 'number' || typeof written === 'boolean' ? written : String(written)
}

function isUniform(value: PlainValue): value is readonly PlainValue[] {
  if (!Array.isArray(value)) return false
  let type: string | undefined
  for (const item of value as readonly PlainValue[]) {
    if (item === null) continue
    const itemType = typeof item
    if (itemType === 'object' || (type !== undefined && type !== itemType)) return false
    type = itemType
  }
  return true
}
