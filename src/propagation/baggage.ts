import type { OtelBaggage, OtelBaggageEntry } from '../context/otel.js'
import { cleanText, isClean, redactValue } from './baggage-values.js'
import { trimSpace } from './text.js'

const mostMembers = 64
/** Of all `baggage` headers of a request together. */
const mostBytes = 8_192
const keyForm = /^[!#$%&'*+\-.^_`|~\dA-Za-z]{1,256}$/
const valueForm = /^[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]*$/
const metadataForm = /^[\x20\x21\x23-\x2b\x2d-\x7e\t]*$/

/**
 * Reads the `baggage` headers of a request as one list: whole members, up to 64 of them in 8192 bytes. Values are decoded and
 * cleaned; a member that is not valid is left out.
 *
 * @see https://www.w3.org/TR/baggage/#limits
 */
export function parseBaggage(headers: readonly string[]): OtelBaggage | undefined {
  const entries = new Map<string, OtelBaggageEntry>()
  let members = 0
  let bytes = 0
  for (const header of headers) {
    for (let start = 0; start < header.length; ) {
      const comma = header.indexOf(',', start)
      const end = comma === -1 ? header.length : comma
      members += 1
      bytes += end - start + (members === 1 ? 0 : 1)
      if (members > mostMembers || bytes > mostBytes) return baggageOf(entries)
      const member = parseMember(header.slice(start, end))
      if (member !== undefined) entries.set(member.key, member.entry)
      start = end + 1
    }
  }
  return baggageOf(entries)
}

/**
 * Writes baggage: redacted, percent-encoded, whole members, up to 64 of them in 8192 bytes.
 *
 * @returns `undefined` for none.
 */
export function formatBaggage(
  entries: Iterable<readonly [key: string, entry: OtelBaggageEntry]>,
): string | undefined {
  const members: string[] = []
  let bytes = -1
  for (const [key, entry] of entries) {
    const member = formatMember(key, entry)
    if (member === undefined || bytes + 1 + member.length > mostBytes) continue
    bytes += 1 + member.length
    if (members.push(member) === mostMembers) break
  }
  return members.length === 0 ? undefined : members.join(',')
}

function parseMember(
  text: string,
): { readonly key: string; readonly entry: OtelBaggageEntry } | undefined {
  const semicolon = text.indexOf(';')
  const pair = semicolon === -1 ? text : text.slice(0, semicolon)
  const equals = pair.indexOf('=')
  const key = trimSpace(pair.slice(0, Math.max(equals, 0)))
  const encoded = trimSpace(pair.slice(equals + 1))
  if (!keyForm.test(key) || !valueForm.test(encoded)) return undefined
  const metadata = semicolon === -1 ? '' : trimSpace(text.slice(semicolon + 1))
  try {
    const value = cleanText(decodeURIComponent(encoded))
    if (metadata === '' || !metadataForm.test(metadata)) return { key, entry: { value } }
    return { key, entry: { value, metadata: { toString: () => metadata } } }
  } catch {
    return undefined
  }
}

function formatMember(key: string, entry: OtelBaggageEntry): string | undefined {
  try {
    if (!keyForm.test(key) || !isClean(key)) return undefined
    const value = redactValue(key, cleanText(String(entry.value)))
    if (value === undefined) return undefined
    const member = `${key}=${encodeURIComponent(value)}`
    const metadata = entry.metadata === undefined ? '' : String(entry.metadata)
    const isSafe = metadataForm.test(metadata) && isClean(metadata)
    return metadata === '' || !isSafe ? member : `${member};${metadata}`
  } catch {
    return undefined
  }
}

function baggageOf(entries: ReadonlyMap<string, OtelBaggageEntry>): OtelBaggage | undefined {
  return entries.size === 0 ? undefined : new Baggage(entries)
}

/** OpenTelemetry's `Baggage`, structurally. Immutable. */
class Baggage implements OtelBaggage {
  private readonly entries: ReadonlyMap<string, OtelBaggageEntry>

  constructor(entries: ReadonlyMap<string, OtelBaggageEntry>) {
    this.entries = entries
  }

  getEntry(key: string): OtelBaggageEntry | undefined {
    return this.entries.get(key)
  }

  getAllEntries(): [string, OtelBaggageEntry][] {
    return [...this.entries]
  }

  setEntry(key: string, entry: OtelBaggageEntry): OtelBaggage {
    return new Baggage(new Map(this.entries).set(key, entry))
  }

  removeEntry(key: string): OtelBaggage {
    return this.removeEntries(key)
  }

  removeEntries(...keys: string[]): OtelBaggage {
    return new Baggage(new Map([...this.entries].filter(([key]) => !keys.includes(key))))
  }

  clear(): OtelBaggage {
    return new Baggage(new Map())
  }
}
