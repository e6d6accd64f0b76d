import { randomBytes } from 'node:crypto'
import {
  closeSync,
  constants,
  fstatSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  statSync,
  unlinkSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'

export interface RotationSettings {
  /** Bytes after which a file is full. */
  readonly size: number
  /** Milliseconds of which each file has its own; counted from 1970, so that a day begins at midnight UTC. */
  readonly every: number
  /** How many full files stay. */
  readonly keep: number
}

/** When a file is full, and what becomes of it: another name, under which a reader that follows it goes on. */
export class Rotation {
  readonly #path: string
  readonly #settings: RotationSettings
  /** Tells the names of one process from those of another one. */
  readonly #token = randomBytes(3).toString('hex')
  #stamp = ''
  #count = 0
  #until = Number.POSITIVE_INFINITY

  constructor(path: string, settings: RotationSettings) {
    this.#path = path
    this.#settings = settings
  }

  /** A file was opened that has its last line from `since`, or none. */
  begin(since: number): void {
    const { every } = this.#settings
    if (every < Number.POSITIVE_INFINITY) this.#until = (Math.floor(since / every) + 1) * every
  }

  /** @param size - Of the file, in bytes. @param more - Bytes to come. */
  isDue(size: number, more: number): boolean {
    if (size === 0) return false
    return size + more > this.#settings.size || Date.now() >= this.#until
  }

  /**
   * Gives the file another name, unless another process has done so, and removes the oldest beyond those that stay.
   *
   * @returns Whether it was done here.
   * @throws The system's error.
   */
  rotate(fd: number): boolean {
    if (!isFileAt(this.#path, fd)) return false
    renameSync(this.#path, this.#nextName())
    this.#removeOldest()
    return true
  }

  /**
   * A name that nobody else takes, in the order of time. It is not asked for on the disk: a file that stands there for it would be read by
   * those who follow, and what is renamed to it be taken for another one.
   */
  #nextName(): string {
    const stamp = new Date().toISOString().replaceAll(/[:.]/g, '-')
    this.#count = stamp === this.#stamp ? this.#count + 1 : 0
    this.#stamp = stamp
    return `${this.#path}.${stamp}-${String(this.#count).padStart(3, '0')}-${this.#token}`
  }

  #removeOldest(): void {
    const { keep } = this.#settings
    if (keep === Number.POSITIVE_INFINITY) return
    const folder = dirname(this.#path)
    const start = `${basename(this.#path)}.`
    const old = readdirSync(folder)
      .filter((name) => name.startsWith(start) && rotatedEnd.test(name.slice(start.length)))
      .sort()
    for (const name of old.slice(0, Math.max(0, old.length - keep))) {
      try {
        unlinkSync(join(folder, name))
      } catch {
        // Another process has removed it, or it stays one more time.
      }
    }
  }
}

const rotatedEnd = /^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d-\d{3}Z-\d{3,}-[0-9a-f]{6}$/

/** Whether a path still leads to an open file: who rotates from outside gives it another name, or removes it. */
export function isFileAt(path: string, fd: number): boolean {
  try {
    const [named, open] = [statSync(path), fstatSync(fd)]
    return named.ino === open.ino && named.dev === open.dev
  } catch {
    return false
  }
}

/** Whether the last byte is the end of a line; taken to be so where the file may not be read. */
export function endsALine(path: string, size: number): boolean {
  const last = Buffer.alloc(1)
  try {
    const fd = openSync(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0))
    try {
      return readSync(fd, last, 0, 1, size - 1) === 0 || last[0] === 0x0a
    } finally {
      closeSync(fd)
    }
  } catch {
    return true
  }
}
