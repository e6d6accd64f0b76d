import { Buffer } from 'node:buffer'
import {
  closeSync,
  constants,
  fchmodSync,
  fdatasyncSync,
  fstatSync,
  mkdirSync,
  openSync,
  writeSync,
} from 'node:fs'
import { dirname } from 'node:path'
import process from 'node:process'
import { atExit } from './at-exit.js'
import {
  type FileDestinationOptions,
  type FileSettings,
  invalid,
  resolveFile,
} from './file-options.js'
import { QueuedFile, type WriteSync } from './queued-file.js'
import { endsALine, isFileAt, Rotation } from './rotation.js'
import { type LeveledStream, type OutputHealth, StandardOutput } from './stdout.js'

/** How a file fares; see {@link OutputHealth}. */
export interface FileHealth extends OutputHealth {
  /** How often the file got another name. */
  readonly rotations: number
  /** Why lines wait, if they do: the system's code, such as `ENOSPC`. */
  readonly failing?: string
}

/** A file of lines. */
export interface FileDestination extends LeveledStream {
  /** Opens the file anew, for whoever has given it another name. */
  reopen(): void
  flush(callback?: (error?: Error) => void): void
  flushSync(): void
  /** Writes what waits, if the disk takes it, and closes the file. */
  end(callback?: () => void): void
  health(): FileHealth
}

/** How often it is looked whether the path leads to another file by now, in milliseconds. */
const lookMs = 1_000
const info = 30
// Windows has no such flag; 0 there.
const noFollow: number = constants.O_NOFOLLOW ?? 0

/**
 * A destination for `createSecurityLogger` or pino that appends to a file, synchronously: what a call has returned from is in it,
 * whatever ends the process next. It is rotated by another name, never cut, so a reader that follows it misses nothing.
 *
 * While the disk takes no line (it is full, it fails, the folder is gone), lines wait in memory, within bounds, and the errors and
 * security events go first when it does again.
 *
 * @param options - Or the path alone.
 * @throws SeclogError `SECLOG_OPTION_INVALID`; so when the file cannot be opened.
 * @example
 * const log = createSecurityLogger({ service: 'scan-api' }, fileDestination({ path: '/var/log/scan-api.ndjson', rotate: { size: 50_000_000, keep: 5 } }))
 */
export function fileDestination(options: string | FileDestinationOptions): FileDestination {
  const given = typeof options === 'string' ? { path: options } : options
  return new RotatedFile(resolveFile(given), writeSync as WriteSync)
}

/** As {@link fileDestination}; for tests with another way to write. */
export class RotatedFile implements FileDestination {
  readonly #settings: FileSettings
  readonly #writeSync: WriteSync
  readonly #rotation: Rotation
  readonly #queued: QueuedFile
  readonly #output: StandardOutput
  readonly #onSighup = (): void => this.reopen()
  readonly #stayed: () => void
  #fd: number | undefined
  #size = 0
  #lookAt = 0
  /** A line is half written, and the rest of it has to follow. */
  #isMidLine = false
  /** The file ends in a half line, of a process that died or found no room for the rest. */
  #isCut = false
  #rotations = 0
  #rotateAt = 0
  #isStuck = false
  #failing: string | undefined
  /** To be opened anew, between two lines. */
  #isAsked = false
  #isEnded = false

  constructor(settings: FileSettings, write: WriteSync) {
    this.#settings = settings
    this.#writeSync = write
    this.#rotation = new Rotation(settings.path, settings.rotation)
    this.#queued = new QueuedFile(-1, settings.queue, (fd, data) =>
      fd === -1 ? this.#put(data) : write(fd, data),
    )
    this.#output = new StandardOutput(this.#queued, () => {})
    try {
      this.#open()
    } catch (error) {
      throw invalid(
        `The log file ${settings.path} cannot be opened: ${(error as Error).message}`,
        error,
      )
    }
    if (settings.reopenOnSighup) process.on('SIGHUP', this.#onSighup)
    this.#stayed = atExit(() => this.#queued.finish())
  }

  write(line: string): void {
    this.writeLeveled(line, info)
  }

  /** @throws Error when the file is closed. */
  writeLeveled(line: string, level: number): void {
    if (this.#isEnded) throw new Error('the file is closed')
    this.#output.writeLeveled(line, level)
  }

  flush(callback?: (error?: Error) => void): void {
    this.#output.flush((error) => {
      this.#sync()
      callback?.(error)
    })
  }

  flushSync(): void {
    this.#output.flushSync()
    this.#sync()
  }

  reopen(): void {
    if (this.#isEnded) return
    if (this.#isMidLine) this.#isAsked = true
    else this.#close()
    this.#output.flushSync()
  }

  end(callback?: () => void): void {
    if (!this.#isEnded) {
      this.#isEnded = true
      process.off('SIGHUP', this.#onSighup)
      this.#stayed()
      this.#queued.finish()
      this.#sync()
      this.#close()
    }
    callback?.()
  }

  health(): FileHealth {
    return {
      ...this.#output.health(),
      rotations: this.#rotations,
      ...(this.#failing !== undefined && { failing: this.#failing }),
    }
  }

  /** @throws `EAGAIN` for whatever keeps the line from the disk: it waits then, as for a pipe that is full. */
  #put(data: string | Uint8Array): number {
    try {
      const length = typeof data === 'string' ? Buffer.byteLength(data) : data.length
      if (!this.#isMidLine) this.#prepare(length)
      const written = this.#writeSync(this.#fd as number, data)
      this.#size += written
      this.#isMidLine = written < length
      if (this.#failing !== undefined) this.#recover()
      return written
    } catch (error) {
      this.#fail((error as NodeJS.ErrnoException).code ?? 'unknown')
      throw Object.assign(new Error('the line waits'), { code: 'EAGAIN' })
    }
  }

  /** Sees to it that the file for the next line is open. @throws The system's error. */
  #prepare(length: number): void {
    if (this.#fd !== undefined && (this.#isAsked || this.#isElsewhere())) this.#close()
    this.#isAsked = false
    if (this.#fd === undefined) this.#open()
    if (this.#isCut) {
      this.#size += this.#writeSync(this.#fd as number, '\n')
      this.#isCut = false
    }
    if (this.#rotation.isDue(this.#size, length)) this.#rotate()
  }

  /** A file that cannot be given another name grows, and is tried again. @throws What opening the next one says. */
  #rotate(): void {
    const now = performance.now()
    if (now < this.#rotateAt) return
    try {
      if (this.#rotation.rotate(this.#fd as number)) this.#rotations++
    } catch (error) {
      this.#rotateAt = now + lookMs
      const { code = 'unknown' } = error as NodeJS.ErrnoException
      if (!this.#isStuck) this.#say(`cannot be given another name (${code}): it grows`)
      this.#isStuck = true
      return
    }
    this.#isStuck = false
    this.#close()
    this.#open()
  }

  /** Whether another process has rotated the file. */
  #isElsewhere(): boolean {
    const now = performance.now()
    if (now - this.#lookAt < lookMs) return false
    this.#lookAt = now
    return !isFileAt(this.#settings.path, this.#fd as number)
  }

  #open(): void {
    const { path, mode } = this.#settings
    const { O_WRONLY, O_APPEND, O_CREAT } = constants
    // Whoever clears up may remove it while the file is open.
    mkdirSync(dirname(path), { recursive: true })
    const fd = openSync(path, O_WRONLY | O_APPEND | O_CREAT | noFollow, mode)
    const stat = fstatSync(fd)
    if (!stat.isFile()) {
      closeSync(fd)
      throw new Error('it is not a file')
    }
    if ((stat.mode & 0o777 & ~mode) !== 0) fchmodSync(fd, mode)
    this.#fd = fd
    this.#size = stat.size
    this.#isCut = stat.size > 0 && !endsALine(path, stat.size)
    this.#lookAt = performance.now()
    this.#rotation.begin(stat.size === 0 ? Date.now() : stat.mtimeMs)
  }

  #close(): void {
    if (this.#fd === undefined) return
    try {
      closeSync(this.#fd)
    } catch {
      // What a network file system says only now is said for lines that it had taken.
    }
    this.#fd = undefined
  }

  #sync(): void {
    try {
      if (this.#fd !== undefined) fdatasyncSync(this.#fd)
    } catch {
      // The next line says what is wrong.
    }
  }

  #fail(code: string): void {
    if (this.#failing === code) return
    this.#failing = code
    // Opened anew with the next line: the folder may have been another one's.
    if (!this.#isMidLine) this.#close()
    this.#say(`cannot be written (${code}): lines wait in memory`)
  }

  #recover(): void {
    this.#failing = undefined
    this.#say('is written again')
  }

  #say(text: string): void {
    process.emitWarning(`The log file ${this.#settings.path} ${text}.`, {
      type: 'SeclogWarning',
      code: 'SECLOG_FILE',
    })
  }
}
