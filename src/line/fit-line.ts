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
    member.text = shrunk(member.text, bytes, left, settings)
    left -= bytes - Buffer.byteLength(member.text)
  }
  return left > 0 ? headOnly(members, owned, settings) : assembled(members, settings)
}

/** A value that is shorter by `excess` bytes, if that is possible: an object by what is largest in it, whatever else whole. */
function shrunk(text: string, bytes: number, excess: number, settings: LineSettings): string {
  const smaller = text.startsWith('{') ? shrunkObject(text, excess, settings) : undefined
  if (smaller !== undefined) return smaller
  const mark = `"[Truncated: ${bytes} bytes]"`
  if (mark.length >= bytes) return text
  settings.counters.truncated++
  return mark
}

/** `undefined` where shrinking members one by one does not make up for the excess. */
function shrunkObject(text: string, excess: number, settings: LineSettings): string | undefined {
  const members = topMembers(text)
  const sizes = members
    .map((member) => ({ member, bytes: Buffer.byteLength(member.text) }))
    .sort((a, b) => b.bytes - a.bytes)
  if (sizes.reduce((sum, { bytes }) => sum + Math.max(bytes - longestMark, 0), 0) < excess) {
    return undefined
  }
  let left = excess
  for (const { member, bytes } of sizes) {
    if (left <= 0) break
    member.text = shrunk(member.text, bytes, left, settings)
    left -= bytes - Buffer.byteLength(member.text)
  }
  return left > 0 ? undefined : `{${membersText(members)}}`
}

const longestMark = '"[Truncated: 999999999 bytes]"'.length

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
  return `{${membersText(members)}${settings.end}`
}

function membersText(members: readonly Member[]): string {
  return members.map(({ name, text }) => `${name}:${text}`).join(',')
}
