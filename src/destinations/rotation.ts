import { fstatSync, readdirSync, renameSync, statSync, unlinkSync } from 'node:fs'
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
   * @throws The system's error.
   */
  rotate(fd: number): void {
    if (!isFileAt(this.#path, fd)) return
    renameSync(this.#path, this.#nextName())
    this.#removeOldest()
  }

  #nextName(): string {
    const stamp = new Date().toISOString().replaceAll(/[:.]/g, '-')
    const taken = new Set(readdirSync(dirname(this.#path)))
    for (let count = 0; ; count++) {
      const name = `${basename(this.#path)}.${stamp}${count === 0 ? '' : `-${String(count).padStart(3, '0')}`}`
      if (!taken.has(name)) return join(dirname(this.#path), name)
    }
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

const rotatedEnd = /^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d-\d{3}Z(?:-\d{3,})?$/

/** Whether a path still leads to an open file: who rotates from outside gives it another name, or removes it. */
export function isFileAt(path: string, fd: number): boolean {
  try {
    const [named, open] = [statSync(path), fstatSync(fd)]
    return named.ino === open.ino && named.dev === open.dev
  } catch {
    return false
  }
}
