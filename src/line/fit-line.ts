import { quoteJson } from '../redaction/quote.js'
import type { LineSettings } from './core.js'
import { type Member, topMembers } from './members.js'

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

function shrink(line: string, excess: number, settings: LineSettings): string {
  const members = topMembers(line)
  const owned = ownedBy(settings)
  const message = quoteJson(settings.messageKey)
  const candidates = members
    .filter(({ name }) => name === message || !owned.has(name))
    .map((member) => ({ member, bytes: Buffer.byteLength(member.text) }))
    .sort((a, b) => b.bytes - a.bytes)
  let left = excess
  for (const { member, bytes } of candidates) {
    if (left <= 0) break
    const mark = `"[Truncated: ${bytes} bytes]"`
    if (mark.length >= bytes) break
    member.text = mark
    left -= bytes - mark.length
    settings.counters.truncated++
  }
  return left > 0 ? headOnly(members, owned, settings) : assembled(members, settings)
}

/** So many fields that their names alone are too much: what the logger owns, and how many were left out. */
function headOnly(
  members: readonly Member[],
  owned: ReadonlySet<string>,
  settings: LineSettings,
): string {
  const own = members.filter(({ name }) => owned.has(name))
  const omitted = members.length - own.length
  settings.counters.truncated++
  const mark = { name: '"[Truncated]"', text: `"[Truncated: ${omitted} keys]"` }
  return assembled([...own, mark], settings)
}

function ownedBy(settings: LineSettings): ReadonlySet<string> {
  return new Set([...settings.ownNames].map(quoteJson))
}

function assembled(members: readonly Member[], settings: LineSettings): string {
  return `{${members.map(({ name, text }) => `${name}:${text}`).join(',')}${settings.end}`
}
