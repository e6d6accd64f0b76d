import { randomBytes } from 'node:crypto'
import { constants } from 'node:fs'
import { hostname } from 'node:os'
import process from 'node:process'
import { SeclogError } from '../errors.js'
import { type Disk, unlinkIfThere, writeAll } from './disk.js'

/** The right to write a chain. */
export interface Lock {
  /** Tells others that this writer lives; `false` when the right was lost. */
  renew(): Promise<boolean>
  release(): Promise<void>
}

interface Owner {
  readonly pid: number
  readonly host: string
  /** When the process began, as the system counts: ids of processes are used again. */
  readonly began: string
  readonly token: string
}

/** A lock of another host that was not renewed for this long belongs to nobody, in milliseconds. */
const abandonedAfter = 120_000

/** @throws SeclogError `SECLOG_AUDIT_LOCKED` */
export async function acquireLock(disk: Disk, logPath: string): Promise<Lock> {
  const path = `${logPath}.lock`
  const own: Owner = {
    pid: process.pid,
    host: hostname(),
    began: (await beginOf(disk, process.pid)) ?? '',
    token: randomBytes(9).toString('base64url'),
  }
  const text = JSON.stringify(own)
  if (!(await create(disk, path, text))) await takeOver(disk, path, text)
  return {
    async renew() {
      const found = await read(disk, path)
      if (found?.token !== own.token) return false
      const now = new Date()
      await disk.utimes(path, now, now)
      return true
    },
    async release() {
      if ((await read(disk, path))?.token === own.token) await unlinkIfThere(disk, path)
    },
  }
}

/** Only one at a time may find a lock abandoned: else the second one would remove the lock of the first. */
async function takeOver(disk: Disk, path: string, text: string): Promise<void> {
  const guard = `${path}.taking`
  if (await isOlder(disk, guard, abandonedAfter)) await unlinkIfThere(disk, guard)
  if (!(await create(disk, guard, text))) throw locked(path, undefined)
  try {
    const owner = await read(disk, path)
    if (await isAlive(disk, path, owner)) throw locked(path, owner)
    await unlinkIfThere(disk, path)
    if (!(await create(disk, path, text))) throw locked(path, undefined)
  } finally {
    await unlinkIfThere(disk, guard)
  }
}

function locked(path: string, owner: Owner | undefined): SeclogError {
  const by = owner === undefined ? 'Another process' : `Process ${owner.pid} on ${owner.host}`
  return new SeclogError(
    'SECLOG_AUDIT_LOCKED',
    `${by} holds ${path}: two writers cannot write one chain, each needs a path of its own.`,
  )
}

async function create(disk: Disk, path: string, text: string): Promise<boolean> {
  try {
    const file = await disk.open(
      path,
      constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL,
      0o600,
    )
    await writeAll(file, Buffer.from(text)).finally(() => file.close())
    return true
  } catch (error) {
    if ((error as { code?: unknown } | null)?.code === 'EEXIST') return false
    throw error
  }
}

async function read(disk: Disk, path: string): Promise<Owner | undefined> {
  try {
    return JSON.parse(await disk.readFile(path, 'utf8')) as Owner
  } catch {
    return undefined
  }
}

async function isAlive(disk: Disk, path: string, owner: Owner | undefined): Promise<boolean> {
  // Created a moment ago and not written yet, or cut by a crash.
  if (owner === undefined) return !(await isOlder(disk, path, 2_000))
  if (owner.host !== hostname()) return !(await isOlder(disk, path, abandonedAfter))
  try {
    process.kill(owner.pid, 0)
  } catch (error) {
    if ((error as { code?: unknown } | null)?.code === 'ESRCH') return false
  }
  const began = await beginOf(disk, owner.pid)
  return began === undefined || began === owner.began
}

/** Field 22 of `/proc/<pid>/stat` (proc(5)); `undefined` where there is no such file. */
async function beginOf(disk: Disk, pid: number): Promise<string | undefined> {
  try {
    const stat = await disk.readFile(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]
  } catch {
    return undefined
  }
}

async function isOlder(disk: Disk, path: string, milliseconds: number): Promise<boolean> {
  try {
    return Date.now() - (await disk.lstat(path)).mtimeMs > milliseconds
  } catch {
    return false
  }
}
