import { constants } from 'node:fs'
import * as promises from 'node:fs/promises'
import { dirname } from 'node:path'

/** What an audit log does with the file system; a part of `node:fs/promises`. */
export type Disk = Pick<typeof promises, 'open' | 'rename' | 'unlink' | 'readdir' | 'lstat'>

export type File = promises.FileHandle

export const nodeDisk: Disk = promises

/** Owner only. */
const mode = 0o600

// Windows has no such flag; 0 there.
const noFollow: number = constants.O_NOFOLLOW ?? 0

/** A symbolic link in place of the file is refused (ELOOP), and so is whatever is not a plain file. */
async function openPlain(disk: Disk, path: string, flags: number): Promise<File> {
  const file = await disk.open(path, flags | noFollow, mode)
  try {
    const { mode: found } = await plainStat(file, path)
    if ((found & 0o077) !== 0) await file.chmod(mode)
    return file
  } catch (error) {
    await file.close()
    throw error
  }
}

async function plainStat(file: File, path: string) {
  const stat = await file.stat()
  if (!stat.isFile()) throw Object.assign(new Error(`${path} is not a file.`), { code: 'EFTYPE' })
  return stat
}

export function openToAppend(disk: Disk, path: string): Promise<File> {
  return openPlain(disk, path, constants.O_WRONLY | constants.O_APPEND)
}

/** The file must not exist. */
export function createToAppend(disk: Disk, path: string): Promise<File> {
  const flags = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_EXCL
  return disk.open(path, flags | noFollow, mode)
}

export async function readPlain(disk: Disk, path: string, from = 0): Promise<Buffer | undefined> {
  let file: File
  try {
    file = await disk.open(path, constants.O_RDONLY | noFollow)
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
  try {
    const { size } = await plainStat(file, path)
    const bytes = Buffer.alloc(Math.max(0, size - from))
    let at = 0
    while (at < bytes.length) {
      const { bytesRead } = await file.read(bytes, at, bytes.length - at, from + at)
      if (bytesRead === 0) break
      at += bytesRead
    }
    return bytes.subarray(0, at)
  } finally {
    await file.close()
  }
}

export async function writeAll(file: File, bytes: Uint8Array): Promise<void> {
  let at = 0
  while (at < bytes.length) {
    const { bytesWritten } = await file.write(bytes, at, bytes.length - at)
    at += bytesWritten
  }
}

/** Puts `bytes` in place of the file: a reader sees the old or the new ones, never a part. */
export async function replaceFile(
  disk: Disk,
  path: string,
  bytes: Uint8Array,
  durable: boolean,
): Promise<void> {
  const temporary = `${path}.tmp`
  const file = await createAnew(disk, temporary)
  try {
    await writeAll(file, bytes)
    if (durable) await file.sync()
  } finally {
    await file.close()
  }
  await disk.rename(temporary, path)
  if (durable) await syncFolder(disk, path)
}

async function createAnew(disk: Disk, path: string): Promise<File> {
  try {
    return await createToAppend(disk, path)
  } catch (error) {
    if ((error as { code?: unknown } | null)?.code !== 'EEXIST') throw error
    // A crash has left it.
    await unlinkIfThere(disk, path)
    return createToAppend(disk, path)
  }
}

/** Makes what was created, renamed or removed beside `path` durable; not every system can. */
export async function syncFolder(disk: Disk, path: string): Promise<void> {
  try {
    const folder = await disk.open(dirname(path), constants.O_RDONLY)
    await folder.sync().finally(() => folder.close())
  } catch {
    // Windows refuses to open folders.
  }
}

export async function unlinkIfThere(disk: Disk, path: string): Promise<void> {
  try {
    await disk.unlink(path)
  } catch (error) {
    if (!isMissing(error)) throw error
  }
}

export function isMissing(error: unknown): boolean {
  return (error as { code?: unknown } | null)?.code === 'ENOENT'
}
