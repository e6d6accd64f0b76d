import { createHash } from 'node:crypto'
import { SeclogError } from '../errors.js'
import { Chain, type Recovery } from './chain.js'
import { type Disk, isMissing, openToAppend, readPlain, replaceFile } from './disk.js'
import { listFiles, rotatedPath } from './files.js'
import { leafHash, parseLineHead } from './format.js'
import { LogFile } from './log-file.js'
import { beginChain } from './new-chain.js'
import type { AuditSettings } from './options.js'
import { type ChainState, readState, writeState } from './state.js'
import { isStrictObject } from './strict-json.js'
import type { AuditLogOptions } from './types.js'

/** A chain ready to be continued. */
export interface OpenedChain {
  readonly chain: Chain
  /** It is a new one. */
  readonly fresh: boolean
  /** What the first checkpoint has to tell. */
  readonly recovery: Recovery
}

/** What a crash left that is no line of the chain; it stays when its checkpoint has told of it. */
export function tornPath(path: string): string {
  return `${path}.torn`
}

/**
 * Holds the file against the state and makes it a whole chain again.
 *
 * @throws SeclogError `SECLOG_AUDIT_DAMAGED` when what was sealed is not there, `SECLOG_OPTION_INVALID` without a root key for a
 *   new chain
 */
export async function openChain(
  options: AuditLogOptions,
  settings: AuditSettings,
  disk: Disk,
  now: () => number,
): Promise<OpenedChain> {
  const { path, fsync } = settings
  const sync = fsync !== 'none'
  const found = await readState(disk, path)
  if (found === undefined) {
    await refuseOrphans(disk, path)
    const state = await beginChain(options, now())
    await writeState(disk, path, state, sync)
    return { ...(await resume(settings, disk, state, now)), fresh: true }
  }
  if (options.id !== undefined && options.id !== found.head.id)
    throw new SeclogError(
      'SECLOG_OPTION_CONFLICT',
      `${path} holds the chain ${found.head.id}, not ${options.id}.`,
    )
  return { ...(await resume(settings, disk, found, now)), fresh: false }
}

/** A log without its state cannot be continued: the key of its next checkpoint is gone. */
async function refuseOrphans(disk: Disk, path: string): Promise<void> {
  for (const file of await listFiles(disk, path)) {
    if ((await readPlain(disk, file))?.length === 0) continue
    throw damaged(path, `${file} is there, but not the state to continue it`)
  }
}

async function resume(
  settings: AuditSettings,
  disk: Disk,
  state: ChainState,
  now: () => number,
): Promise<Omit<OpenedChain, 'fresh'>> {
  const { path } = settings
  const { head, line, end } = state
  const rotated = head.why === 'rotate' && (await isThere(disk, rotatedPath(path, state.first)))
  const sealed = rotated ? Buffer.alloc(0) : Buffer.concat([line, Buffer.from('\n')])
  const begin = rotated ? 0 : end - sealed.length
  const bytes = await readFrom(disk, path, begin)
  const owes = !bytes.subarray(0, sealed.length).equals(sealed)
  if (owes && bytes.length >= sealed.length)
    throw damaged(path, `another line stands in place of the checkpoint ${head.seq}`)
  const tail = owes ? { size: 0, seq: 0, prev: '' } : readTail(path, bytes, sealed.length, head)
  const kept = begin + tail.size
  // A part of the line that is written now is nothing to tell of.
  const ownPart = owes && sealed.subarray(0, bytes.length).equals(bytes)
  const rest = bytes.subarray(ownPart ? bytes.length : tail.size)
  const sync = settings.fsync !== 'none'
  const recovery = await moveAside(disk, path, rest, kept, sync)
  const file = new LogFile(disk, path, sync, kept, rotated ? head.seq + 1 : state.first)
  const chain = new Chain(settings, disk, file, state, now)
  if (owes) chain.owe(line, head)
  else chain.resume(tail.seq, tail.prev)
  return { chain, recovery }
}

async function readFrom(disk: Disk, path: string, begin: number): Promise<Buffer> {
  if (begin > 0 && !((await sizeOf(disk, path)) >= begin))
    throw damaged(path, 'the file lacks records that were sealed')
  return (await readPlain(disk, path, begin)) ?? Buffer.alloc(0)
}

/** How far whole lines of the chain go behind its last checkpoint. */
function readTail(
  path: string,
  bytes: Buffer,
  from: number,
  head: ChainState['head'],
): { size: number; seq: number; prev: string } {
  let { seq, h: prev } = head
  let size = from
  for (let end = bytes.indexOf(10, size); end !== -1; end = bytes.indexOf(10, size)) {
    const line = bytes.subarray(size, end)
    const found = parseLineHead(line)
    if (found?.id !== head.id || found.seq !== seq + 1 || found.prev !== prev) break
    if (!isStrictObject(line)) break
    if (found.type !== undefined)
      throw damaged(path, 'it goes on behind its state, which is an older copy')
    seq++
    prev = leafHash(line)
    size = end + 1
  }
  return { size, seq: seq + 1, prev }
}

async function moveAside(
  disk: Disk,
  path: string,
  torn: Buffer,
  kept: number,
  sync: boolean,
): Promise<Recovery> {
  const aside = tornPath(path)
  let held = (await readPlain(disk, aside)) ?? Buffer.alloc(0)
  if (torn.length > 0) {
    // A crash may have come between this and the cut below.
    if (!held.subarray(Math.max(0, held.length - torn.length)).equals(torn)) {
      held = Buffer.concat([held, torn])
      await replaceFile(disk, aside, held, sync)
    }
    const file = await openToAppend(disk, path)
    await file.truncate(kept).finally(() => file.close())
  }
  if (held.length === 0) return {}
  const sha256 = createHash('sha256').update(held).digest('hex')
  return { torn: { bytes: held.length, sha256 } }
}

async function sizeOf(disk: Disk, path: string): Promise<number> {
  try {
    return (await disk.lstat(path)).size
  } catch (error) {
    if (isMissing(error)) return -1
    throw error
  }
}

async function isThere(disk: Disk, path: string): Promise<boolean> {
  return (await sizeOf(disk, path)) >= 0
}

function damaged(path: string, what: string): SeclogError {
  return new SeclogError(
    'SECLOG_AUDIT_DAMAGED',
    `The audit log ${path} cannot be continued: ${what}. Keep the files, verify them, and begin a new chain under another path.`,
  )
}
