import process from 'node:process'
import type pino from 'pino'
import { atExit } from './at-exit.js'
import { QueuedFile, type QueueSettings } from './queued-file.js'
import type { SettlingStream } from './settle.js'

/** How standard output fares. */
export interface OutputHealth {
  /** Lines that wait since the reader does not keep up. */
  readonly waiting: number
  /** Lines that were lost for want of room, or since the reader was gone, by pino's number of their level. */
  readonly lost: Readonly<Record<string, number>>
}

/** A destination that is told of levels, so that what matters goes first when there is no room for all. */
export interface LeveledStream extends pino.DestinationStream {
  /** @param level - pino's number; `Infinity` for what must arrive. */
  writeLeveled(line: string, level: number): void
}

/**
 * Standard output, written synchronously: what a log call has returned from is out, whatever ends the process next. Lines wait only
 * while the reader does not keep up, and no call waits for it unless that is asked for.
 *
 * A line that could not be written makes `write` throw, so that the logger counts it as dropped and says so. When something has
 * replaced `process.stdout.write` (a test runner, a capture), lines go through that.
 *
 * @param lost - Told of each line that is lost after it was taken.
 */
export function standardOutput(
  settings: QueueSettings,
  lost: () => void,
): pino.DestinationStream | StandardOutput {
  // Asking for it makes a pipe one that does not block.
  const { stdout } = process
  if (stdout.write !== Object.getPrototypeOf(stdout).write && Object.hasOwn(stdout, 'write')) {
    return stdout
  }
  return new StandardOutput(fileOf(stdout.fd ?? 1, settings), lost)
}

/** Standard error, for lines that their own destination cannot take any more. */
export function standardError(lost: () => void): StandardOutput {
  return new StandardOutput(fileOf(2, { most: 1_048_576, whenFull: 'drop-new' }), lost)
}

/** One logger's way to standard output. */
export class StandardOutput implements LeveledStream, SettlingStream {
  readonly #file: QueuedFile
  readonly #lost: Record<string, number> = {}
  readonly #onLost: (level: number) => void

  constructor(file: QueuedFile, lost: () => void) {
    this.#file = file
    this.#onLost = (level) => {
      const key = level === Number.POSITIVE_INFINITY ? 'security' : String(level)
      this.#lost[key] = (this.#lost[key] ?? 0) + 1
      lost()
    }
  }

  write(line: string): void {
    this.writeLeveled(line, 30)
  }

  writeLeveled(line: string, level: number): void {
    this.#file.write({ line, level, lost: this.#onLost })
  }

  flush(callback?: (error?: Error) => void): void {
    this.#file.flush(() => callback?.())
  }

  flushSync(): void {
    this.#file.flushSync()
  }

  health(): OutputHealth {
    return { waiting: this.#file.waitingLines, lost: { ...this.#lost } }
  }
}

// One for each file of the process, in every copy of this library: what is left of a line must not meet another one's.
const key = Symbol.for('seclog.stdout.1')
const shared = globalThis as unknown as Record<symbol, Map<number, QueuedFile> | undefined>

function fileOf(fd: number, settings: QueueSettings): QueuedFile {
  shared[key] ??= new Map()
  let file = shared[key].get(fd)
  if (file === undefined) {
    const created = new QueuedFile(fd, settings)
    atExit(() => created.finish())
    shared[key].set(fd, created)
    file = created
  }
  return file
}
