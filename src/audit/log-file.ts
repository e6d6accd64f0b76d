import { createToAppend, type Disk, type File, openToAppend, syncFolder, writeAll } from './disk.js'
import { rotatedPath } from './files.js'

/** The file being written. What failed half-way is taken back before anything else is written, so that no line is glued to a part. */
export class LogFile {
  /** Bytes of whole lines. */
  size: number
  /** Number of its first line. */
  first: number
  private readonly disk: Disk
  private readonly path: string
  private readonly sync: boolean
  private handle: File | undefined
  /** The file at the path, by which it is known again; `undefined` while it has to be created. */
  private inode: bigint | number | undefined

  constructor(disk: Disk, path: string, sync: boolean, size: number, first: number) {
    this.disk = disk
    this.path = path
    this.sync = sync
    this.size = size
    this.first = first
  }

  /** Whole or not at all; durable when it resolves, unless the log does without. Rejects with what the system says. */
  async append(bytes: Uint8Array): Promise<void> {
    this.handle ??= await this.opened()
    try {
      await writeAll(this.handle, bytes)
      if (this.sync) await this.handle.datasync()
    } catch (error) {
      await this.abandon()
      throw error
    }
    this.size += bytes.length
  }

  /** Whether the path still leads to the file that is being written. */
  async isInPlace(): Promise<boolean> {
    if (this.handle === undefined) return true
    try {
      return (await this.disk.lstat(this.path)).ino === this.inode
    } catch {
      return false
    }
  }

  /** Puts the file away under the number of its first line; the next one is created by the next append. */
  async rotate(nextFirst: number): Promise<void> {
    await this.close()
    await this.disk.rename(this.path, rotatedPath(this.path, this.first))
    if (this.sync) await syncFolder(this.disk, this.path)
    this.inode = undefined
    this.size = 0
    this.first = nextFirst
    this.handle = await this.create()
  }

  async create(): Promise<File> {
    const file = await createToAppend(this.disk, this.path)
    this.inode = (await file.stat()).ino
    if (this.sync) await syncFolder(this.disk, this.path)
    return file
  }

  private async opened(): Promise<File> {
    let file: File
    try {
      file = await openToAppend(this.disk, this.path)
    } catch (error) {
      const fresh = this.size === 0 && (error as { code?: unknown } | null)?.code === 'ENOENT'
      if (fresh) return this.create()
      throw error
    }
    try {
      const { ino, size } = await file.stat()
      if (size < this.size || (this.inode !== undefined && ino !== this.inode))
        throw Object.assign(new Error(`${this.path} is another file now.`), { code: 'ESTALE' })
      this.inode = ino
      if (size > this.size) await file.truncate(this.size)
      return file
    } catch (error) {
      await file.close()
      throw error
    }
  }

  /** Takes back what a failed append has left, now or when the file is next opened. */
  private async abandon(): Promise<void> {
    const { handle } = this
    this.handle = undefined
    try {
      await handle?.truncate(this.size)
    } catch {
      // It is tried again before the next append.
    }
    await closeQuietly(handle)
  }

  async close(): Promise<void> {
    const { handle } = this
    this.handle = undefined
    await closeQuietly(handle)
  }
}

async function closeQuietly(file: File | undefined): Promise<void> {
  try {
    await file?.close()
  } catch {
    // What was to be durable was made so before.
  }
}
