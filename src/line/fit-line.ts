import { quoteJson } from '../redaction/quote.js'
import type { LineSettings } from './core.js'

/**
 * Cuts a line that is over its limit of bytes: the largest fields give way first, each leaving a mark with its size, the
 * logger's own fields last.
 */
export function fitLine(line: string, settings: LineSettings): string {
  const { lineBytes } = settings
  if (line.length * 3 <= lineBytes) return line
  const excess = Buffer.byteLength(line) - lineBytes
  return excess <= 0 ? line : shrink(line, excess, settings)
}

interface Member {
  readonly name: string
  text: string
}

function shrink(line: string, excess: number, settings: LineSettings): string {
  const record = JSON.parse(line) as Record<string, unknown>
  const members: Member[] = Object.keys(record).map((name) => ({
    name,
    text: safeText(record[name]),
  }))
  const candidates = members
    .filter(({ name }) => !settings.ownNames.has(name) || name === settings.messageKey)
    .map((member) => ({ member, bytes: Buffer.byteLength(member.text) }))
    .sort((a, b) => b.bytes - a.bytes)
  let left = excess
  for (const { member, bytes } of candidates) {
    if (left <= 0) break
    member.text = `"[Truncated: ${bytes} bytes]"`
    left -= bytes - member.text.length
    settings.counters.truncated++
  }
  if (left > 0) return headOnly(members, settings)
  return assembled(members, settings)
}

/** So many fields that their names alone are too much: what the logger owns, and how many were left out. */
function headOnly(members: readonly Member[], settings: LineSettings): string {
  const own = members.filter(({ name }) => settings.ownNames.has(name))
  const omitted = members.length - own.length
  return assembled(
    [...own, { name: '[Truncated]', text: `"[Truncated: ${omitted} keys]"` }],
    settings,
  )
}

function assembled(members: readonly Member[], settings: LineSettings): string {
  return `{${members.map(({ name, text }) => `${quoteJson(name)}:${text}`).join(',')}${settings.end}`
}

/** JSON of parsed JSON, with the escapes of `quoteJson` at every depth. */
function safeText(value: unknown): string {
  if (typeof value === 'string') return quoteJson(value)
  if (Array.isArray(value)) return `[${value.map(safeText).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const members = Object.entries(value).map(
    ([name, member]) => `${quoteJson(name)}:${safeText(member)}`,
  )
  return `{${members.join(',')}}`
}
