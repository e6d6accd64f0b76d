import { isUtf8 } from 'node:buffer'

const deepest = 64

const loneSurrogate = /\p{Surrogate}/u

/**
 * Whether the bytes are one JSON object (RFC 8259) in valid UTF-8, in which no object has a key twice. Readers differ in what they
 * make of anything else, so that two of them could see two logs in one file.
 */
export function isStrictObject(bytes: Buffer): boolean {
  if (bytes[0] !== 0x7b || bytes[bytes.length - 1] !== 0x7d || !isUtf8(bytes)) return false
  return objectEnd(bytes, 0, 0) === bytes.length
}

/** Each of these gives the place behind what it has read, or -1. */
function valueEnd(bytes: Buffer, at: number, depth: number): number {
  switch (bytes[at]) {
    case 0x22:
      return stringEnd(bytes, at)
    case 0x7b:
      return depth < deepest ? objectEnd(bytes, at, depth + 1) : -1
    case 0x5b:
      return depth < deepest ? arrayEnd(bytes, at, depth + 1) : -1
    case 0x74:
      return wordEnd(bytes, at, 'true')
    case 0x66:
      return wordEnd(bytes, at, 'false')
    case 0x6e:
      return wordEnd(bytes, at, 'null')
    default:
      return numberEnd(bytes, at)
  }
}

function objectEnd(bytes: Buffer, start: number, depth: number): number {
  let at = skipSpace(bytes, start + 1)
  if (bytes[at] === 0x7d) return at + 1
  const keys: string[] = []
  let many: Set<string> | undefined
  for (;;) {
    const end = bytes[at] === 0x22 ? stringEnd(bytes, at) : -1
    if (end < 0) return -1
    const key = keyOf(bytes, at, end)
    if (many === undefined ? keys.includes(key) : many.has(key)) return -1
    if (many !== undefined) many.add(key)
    else if (keys.push(key) > 16) many = new Set(keys)
    at = skipSpace(bytes, end)
    if (bytes[at] !== 0x3a) return -1
    at = valueEnd(bytes, skipSpace(bytes, at + 1), depth)
    if (at < 0) return -1
    at = skipSpace(bytes, at)
    if (bytes[at] === 0x7d) return at + 1
    if (bytes[at] !== 0x2c) return -1
    at = skipSpace(bytes, at + 1)
  }
}

function arrayEnd(bytes: Buffer, start: number, depth: number): number {
  let at = skipSpace(bytes, start + 1)
  if (bytes[at] === 0x5d) return at + 1
  for (;;) {
    at = valueEnd(bytes, at, depth)
    if (at < 0) return -1
    at = skipSpace(bytes, at)
    if (bytes[at] === 0x5d) return at + 1
    if (bytes[at] !== 0x2c) return -1
    at = skipSpace(bytes, at + 1)
  }
}

/** A key as a reader sees it: its escapes are undone, and its bytes stand for its characters. */
function keyOf(bytes: Buffer, start: number, end: number): string {
  const raw = bytes.toString('latin1', start + 1, end - 1)
  if (!raw.includes('\\')) return raw
  const text = JSON.parse(bytes.toString('utf8', start, end)) as string
  // Lone surrogates have no bytes of their own: they stay apart from what they would be replaced by.
  return loneSurrogate.test(text)
    ? `\\${JSON.stringify(text)}`
    : Buffer.from(text).toString('latin1')
}

function stringEnd(bytes: Buffer, start: number): number {
  for (let at = start + 1; at < bytes.length; at++) {
    const byte = bytes[at] as number
    if (byte === 0x22) return at + 1
    if (byte < 0x20) return -1
    if (byte !== 0x5c) continue
    at++
    if (bytes[at] === 0x75) {
      for (let digit = 1; digit <= 4; digit++) if (!isHex(bytes[at + digit])) return -1
      at += 4
    } else if (!isEscape(bytes[at])) return -1
  }
  return -1
}

function numberEnd(bytes: Buffer, start: number): number {
  let at = bytes[start] === 0x2d ? start + 1 : start
  if (bytes[at] === 0x30) at++
  else {
    const end = digitsEnd(bytes, at)
    if (end === at) return -1
    at = end
  }
  if (bytes[at] === 0x2e) {
    const end = digitsEnd(bytes, at + 1)
    if (end === at + 1) return -1
    at = end
  }
  if (bytes[at] === 0x65 || bytes[at] === 0x45) {
    const from = bytes[at + 1] === 0x2b || bytes[at + 1] === 0x2d ? at + 2 : at + 1
    const end = digitsEnd(bytes, from)
    if (end === from) return -1
    at = end
  }
  return at
}

function digitsEnd(bytes: Buffer, at: number): number {
  let end = at
  while (end < bytes.length && (bytes[end] as number) >= 0x30 && (bytes[end] as number) <= 0x39)
    end++
  return end
}

function wordEnd(bytes: Buffer, at: number, word: string): number {
  return bytes.toString('latin1', at, at + word.length) === word ? at + word.length : -1
}

function skipSpace(bytes: Buffer, at: number): number {
  let end = at
  while (bytes[end] === 0x20 || bytes[end] === 0x09 || bytes[end] === 0x0d || bytes[end] === 0x0a)
    end++
  return end
}

function isHex(byte: number | undefined): boolean {
  if (byte === undefined) return false
  return (byte >= 0x30 && byte <= 0x39) || ((byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x66)
}

/** One of `"\/bfnrt`. */
function isEscape(byte: number | undefined): boolean {
  return byte !== undefined && '"\\/bfnrt'.includes(String.fromCharCode(byte))
}
