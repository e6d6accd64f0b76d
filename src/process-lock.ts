import { randomBytes } from 'node:crypto'
import { lstatSync, readFileSync, unlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import process from 'node:process'

/** The right of one process to a file or folder. */
export interface ProcessLock {
  /** Tells others that this process lives; `false` when the right was lost. @throws The system's error. */
  renew(): boolean
  /** @throws The system's error. */
  release(): void
}

/** Who has the right; `undefined` where that cannot be read. */
export interface LockHolder {
  readonly heldBy: { readonly pid: number; readonly host: string } | undefined
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

/**
 * Takes the lock at a path, also from a process that is gone.
 *
 * @param path - Of the file that stands for the right.
 * @throws The system's error.
 */
export function takeLock(path: string): ProcessLock | LockHolder {
  const own: Owner = {
    pid: process.pid,
    host: hostname(),
    began: beginOf(process.pid) ?? '',
    token: randomBytes(9).toString('base64url'),
  }
  const text = JSON.stringify(own)
  const holder = create(path, text) ? undefined : takeOver(path, text)
  if (holder !== undefined) return holder
  const isOwn = (): boolean => read(path)?.token === own.token
  return {
    renew() {
      if (!isOwn()) return false
      const now = new Date()
      utimesSync(path, now, now)
      return true
    },
    release() {
      if (isOwn()) unlinkIfThere(path)
    },
  }
}

/** Only one at a time may find a lock abandoned: else the second one would remove the lock of the first. */
function takeOver(path: string, text: string): LockHolder | undefined {
  const guard = `${path}.taking`
  if (isOlder(guard, abandonedAfter)) unlinkIfThere(guard)
  if (!create(guard, text)) return { heldBy: undefined }
  try {
    const owner = read(path)
    if (isAlive(path, owner)) return { heldBy: owner }
    unlinkIfThere(path)
    return create(path, text) ? undefined : { heldBy: undefined }
  } finally {
    unlinkIfThere(guard)
  }
}

function create(path: string, text: string): boolean {
  try {
    writeFileSync(path, text, { flag: 'wx', mode: 0o600 })
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

function read(path: string): Owner | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Owner
  } catch {
    return undefined
  }
}

function isAlive(path: string, owner: Owner | undefined): boolean {
  // Created a moment ago and not written yet, or cut by a crash.
  if (owner === undefined) return !isOlder(path, 2_000)
  if (owner.host !== hostname()) return !isOlder(path, abandonedAfter)
  try {
    process.kill(owner.pid, 0)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false
  }
  const began = beginOf(owner.pid)
  return began === undefined || began === owner.began
}

/** Field 22 of `/proc/<pid>/stat` (proc(5)); `undefined` where there is no such file. */
function beginOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]
  } catch {
    return undefined
  }
}

function isOlder(path: string, milliseconds: number): boolean {
  try {
    return Date.now() - lstatSync(path).mtimeMs > milliseconds
  } catch {
    return false
  }
}

function unlinkIfThere(path: string): void {
  try {
    unlinkSync(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
}
