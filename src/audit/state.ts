import type { KeyObject } from 'node:crypto'
import { SeclogError } from '../errors.js'
import { type Disk, readPlain, replaceFile } from './disk.js'
import { readPrivateKey, seedText } from './keys.js'
import type { AuditCheckpoint } from './types.js'

/**
 * What a restart needs beside the log: the last checkpoint, as its very line, and the key of the next one.
 *
 * It is written before that line is, so that no moment exists in which the log announces a key that nobody has.
 */
export interface ChainState {
  readonly head: AuditCheckpoint
  /** The line of `head`, without its LF. */
  readonly line: Buffer
  /** Where the line with its LF ends in its file. */
  readonly end: number
  /** Number of the first line of that file. */
  readonly first: number
  /** Signs the next checkpoint. */
  readonly key: KeyObject
}

export function statePath(path: string): string {
  return `${path}.state`
}

export function writeState(
  disk: Disk,
  path: string,
  state: ChainState,
  durable: boolean,
): Promise<void> {
  const { head, line, end, first, key } = state
  const text = JSON.stringify({ v: 1, head, line: line.toString(), end, first, key: seedText(key) })
  return replaceFile(disk, statePath(path), Buffer.from(text), durable)
}

/** @throws SeclogError `SECLOG_AUDIT_DAMAGED` */
export async function readState(disk: Disk, path: string): Promise<ChainState | undefined> {
  const bytes = await readPlain(disk, statePath(path))
  if (bytes === undefined) return undefined
  try {
    const { v, head, line, end, first, key } = JSON.parse(bytes.toString())
    if (v !== 1 || !Number.isSafeInteger(end) || !Number.isSafeInteger(first)) throw new Error('v')
    return {
      head,
      line: Buffer.from(line),
      end,
      first,
      key: readPrivateKey(Buffer.from(key, 'base64url')),
    }
  } catch (cause) {
    throw new SeclogError('SECLOG_AUDIT_DAMAGED', `${statePath(path)} is not a state of a chain.`, {
      cause,
    })
  }
}
