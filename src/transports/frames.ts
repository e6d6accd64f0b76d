import { Buffer } from 'node:buffer'
import { crc32 } from 'node:zlib'

/** Before each line in a segment: its length and its CRC-32, each 32 bits, the greatest byte first. */
export const headBytes: number = 8

/** No line is longer: a length beyond this is damage. */
export const longestLine: number = 16 * 1024 * 1024

/** Puts lines into frames, in one buffer that is used again and again. */
export class FrameWriter {
  #scratch = Buffer.allocUnsafe(64 * 1024)

  /** @returns The frame; it holds until the next call. */
  frame(line: string): Buffer {
    const most = headBytes + line.length * 3
    if (this.#scratch.length < most) this.#scratch = Buffer.allocUnsafe(most * 2)
    const length = this.#scratch.write(line, headBytes)
    const end = headBytes + length
    this.#scratch.writeUInt32BE(length, 0)
    this.#scratch.writeUInt32BE(crc32(this.#scratch.subarray(headBytes, end)), 4)
    return this.#scratch.subarray(0, end)
  }
}

/** What stands at a place of a segment: a line, damage, or the end of what is there. */
export type Frame =
  | { readonly kind: 'line'; readonly line: Buffer; readonly end: number }
  | { readonly kind: 'damage'; readonly bytes: Buffer; readonly end: number }
  | { readonly kind: 'end' }

/**
 * Reads what stands at `offset`. A line that is damaged alone costs itself only: its length still leads to the next frame. Where that
 * is not so, all that is left of the segment is damage.
 */
export function frameAt(bytes: Buffer, offset: number): Frame {
  if (offset >= bytes.length) return { kind: 'end' }
  const end = endOfFrame(bytes, offset)
  if (end !== undefined && isSound(bytes, offset, end)) {
    return { kind: 'line', line: bytes.subarray(offset + headBytes, end), end }
  }
  if (end !== undefined && isPlausible(bytes, end)) {
    return { kind: 'damage', bytes: bytes.subarray(offset + headBytes, end), end }
  }
  return { kind: 'damage', bytes: bytes.subarray(offset), end: bytes.length }
}

function endOfFrame(bytes: Buffer, offset: number): number | undefined {
  if (offset + headBytes > bytes.length) return undefined
  const length = bytes.readUInt32BE(offset)
  const end = offset + headBytes + length
  return length > longestLine || end > bytes.length ? undefined : end
}

function isSound(bytes: Buffer, offset: number, end: number): boolean {
  return crc32(bytes.subarray(offset + headBytes, end)) === bytes.readUInt32BE(offset + 4)
}

function isPlausible(bytes: Buffer, offset: number): boolean {
  if (offset === bytes.length) return true
  const end = endOfFrame(bytes, offset)
  return end !== undefined && isSound(bytes, offset, end)
}

/** How many lines, or damaged places, stand from `offset` on. */
export function countFrames(bytes: Buffer, offset: number): number {
  let found = 0
  let at = offset
  for (let frame = frameAt(bytes, at); frame.kind !== 'end'; frame = frameAt(bytes, at)) {
    found++
    at = frame.end
  }
  return found
}
