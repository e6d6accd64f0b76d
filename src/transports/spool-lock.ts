import { randomBytes } from 'node:crypto'
import { lstatSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { SeclogError } from '../errors.js'

interface Owner {
  readonly pid: number
  readonly host: string
  /** When the process began, as the system counts: ids of processes are used again. */
  readonly began: string
  readonly token: string
}

/** A guard that a crash has left is nobody's after this long, in milliseconds. */
const abandonedAfter = 10_000

/**
 * Takes a spool for this process.
 *
 * @returns What gives it back.
 * @throws SeclogError `SECLOG_SPOOL_LOCKED` when another one has it.
 */
export function lockSpool(folder: string): () => void {
  const path = join(folder, 'lock')
  const token = randomBytes(9).toString('base64url')
  const own: Owner = {
    pid: process.pid,
    host: hostname(),
    began: beginOf(process.pid) ?? '',
    token,
  }
  const text = JSON.stringify(own)
  if (!create(path, text)) takeOver(path, text)
  return () => {
    if (read(path)?.token === token) unlinkSync(path)
  }
}

/** Only one at a time may find a lock abandoned: else the second one would remove the lock of the first. */
function takeOver(path: string, text: string): void {
  const guard = `${path}.taking`
  if (isOlder(guard, abandonedAfter)) unlinkIfThere(guard)
  if (!create(guard, text)) throw locked(path, undefined)
  try {
    const owner = read(path)
    if (isAlive(path, owner)) throw locked(path, owner)
    unlinkIfThere(path)
    if (!create(path, text)) throw locked(path, undefined)
  } finally {
    unlinkIfThere(guard)
  }
}

function locked(path: string, owner: Owner | undefined): SeclogError {
  const by = owner === undefined ? 'Another process' : `Process ${owner.pid} on ${owner.host}`
  return new SeclogError(
    'SECLOG_SPOOL_LOCKED',
    `${by} holds ${path}: each process needs a spool of its own, one in a cluster by the number of its worker.`,
  )
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

/** A lock of another host may be that of a process that lives: a spool is on a disk of one machine. */
function isAlive(path: string, owner: Owner | undefined): boolean {
  // Created a moment ago and not written yet, or cut by a crash.
  if (owner === undefined) return !isOlder(path, 2_000)
  // A container that was made anew has another name and the same disk.
  if (owner.host !== hostname()) return false
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
