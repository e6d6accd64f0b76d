import { closeSync, constants, fstatSync, fsyncSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import type { SpooledLine } from './spool-reader.js'

/** Why the server will never take a line. */
export interface Refusal {
  readonly status: number
  readonly reason: string
}

const longestReason = 1_000

/** Keeps the lines that the server will never take, each with the reason, one JSON object to a line. */
export class DeadLetters {
  readonly #path: string
  readonly #mostBytes: number

  constructor(folder: string, mostBytes: number) {
    this.#path = join(folder, 'dead-letters.ndjson')
    this.#mostBytes = mostBytes
  }

  /**
   * Writes lines to the disk and forces them there.
   *
   * @returns How many found room.
   * @throws The system's error.
   */
  keep(refused: readonly { readonly line: SpooledLine; readonly why: Refusal }[]): number {
    const { O_WRONLY, O_APPEND, O_CREAT } = constants
    const flags = O_WRONLY | O_APPEND | O_CREAT | (constants.O_NOFOLLOW ?? 0)
    const fd = openSync(this.#path, flags, 0o600)
    try {
      let room = this.#mostBytes - fstatSync(fd).size
      let kept = 0
      for (const { line, why } of refused) {
        const bytes = Buffer.from(letter(line, why))
        if (bytes.length > room) break
        for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at)
        room -= bytes.length
        kept++
      }
      fsyncSync(fd)
      return kept
    } finally {
      closeSync(fd)
    }
  }
}

function letter({ id, line }: SpooledLine, { status, reason }: Refusal): string {
  const text = line.toString('utf8')
  const isText = Buffer.from(text).equals(line)
  const record = {
    time: new Date().toISOString(),
    id,
    status,
    reason: reason.slice(0, longestReason),
    ...(isText ? { line: text } : { base64: line.toString('base64') }),
  }
  return `${JSON.stringify(record)}\n`
}
