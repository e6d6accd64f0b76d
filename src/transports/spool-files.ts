import { randomBytes } from 'node:crypto'
import {
  closeSync,
  constants,
  existsSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'

/** A place in the spool: all before it is delivered, dead or dropped. */
export interface Cursor {
  readonly segment: number
  /** In bytes. */
  readonly offset: number
}

const segmentName = /^(\d{16})\.seg$/
// Windows has no such flag; 0 there.
const noFollow: number = constants.O_NOFOLLOW ?? 0

export function segmentPath(folder: string, segment: number): string {
  return join(folder, `${String(segment).padStart(16, '0')}.seg`)
}

/** Numbers of the segments that are there, the oldest first. Other files are left alone. */
export function listSegments(folder: string): number[] {
  return readdirSync(folder)
    .flatMap((name) => {
      const digits = segmentName.exec(name)?.[1]
      return digits === undefined ? [] : [Number(digits)]
    })
    .sort((a, b) => a - b)
}

/** @throws The system's error. */
export function makeFolder(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  if (!lstatSync(folder).isDirectory()) throw new Error('it is not a folder')
}

/** Opens a new segment. @throws The system's error. */
export function createSegment(folder: string, segment: number): number {
  const { O_WRONLY, O_APPEND, O_CREAT, O_EXCL } = constants
  return openSync(
    segmentPath(folder, segment),
    O_WRONLY | O_APPEND | O_CREAT | O_EXCL | noFollow,
    0o600,
  )
}

export function sizeOf(folder: string, segment: number): number {
  try {
    return statSync(segmentPath(folder, segment)).size
  } catch {
    return 0
  }
}

/** Removes a segment that may be gone already. @returns The bytes that it had. */
export function removeSegment(folder: string, segment: number): number {
  const size = sizeOf(folder, segment)
  try {
    unlinkSync(segmentPath(folder, segment))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') return 0
  }
  return size
}

/** Where delivery stands; a cursor that is missing or cannot be read starts at the oldest line, which the server may know already. */
export function readCursor(folder: string): Cursor {
  try {
    const { segment, offset } = JSON.parse(readFileSync(join(folder, 'cursor'), 'utf8'))
    if (Number.isSafeInteger(segment) && Number.isSafeInteger(offset) && offset >= 0) {
      return { segment, offset }
    }
  } catch {
    // None yet, or torn by a loss of power.
  }
  return { segment: 0, offset: 0 }
}

/** Moves the cursor so that a crash leaves the old one or the new one. @throws The system's error. */
export function writeCursor(folder: string, cursor: Cursor): void {
  replaceFile(folder, 'cursor', `${JSON.stringify(cursor)}\n`)
}

/**
 * What tells this spool from all others, and is half of each line's id: 16 random bytes, made once.
 *
 * @throws The system's error.
 */
export function spoolIdOf(folder: string): string {
  const path = join(folder, 'spool-id')
  if (existsSync(path)) {
    const found = readFileSync(path, 'utf8').trim()
    if (/^[\w-]{22}$/.test(found)) return found
  }
  const made = randomBytes(16).toString('base64url')
  replaceFile(folder, 'spool-id', `${made}\n`)
  return made
}

function replaceFile(folder: string, name: string, content: string): void {
  const path = join(folder, name)
  const temporary = `${path}.new`
  const { O_WRONLY, O_CREAT, O_TRUNC } = constants
  const fd = openSync(temporary, O_WRONLY | O_CREAT | O_TRUNC | noFollow, 0o600)
  try {
    writeSync(fd, content)
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
  renameSync(temporary, path)
  syncFolder(folder)
}

/** A rename or a new file is safe from a loss of power only then. Windows cannot, and need not. */
export function syncFolder(folder: string): void {
  try {
    const fd = openSync(folder, constants.O_RDONLY)
    try {
      fsyncSync(fd)
    } finally {
      closeSync(fd)
    }
  } catch {
    // Not there on this system.
  }
}
