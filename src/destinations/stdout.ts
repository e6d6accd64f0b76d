import process from 'node:process'
import pino from 'pino'
import type { SettlingStream } from './settle.js'

/**
 * Standard output, written synchronously: what a log call has returned from is out, whatever ends the process next.
 *
 * A line that could not be written makes `write` throw, so that the logger counts it as dropped and says so. When something has
 * replaced `process.stdout.write` (a test runner, a capture), lines go through that.
 */
export function standardOutput(): pino.DestinationStream {
  const { stdout } = process
  if (stdout.write !== Object.getPrototypeOf(stdout).write && Object.hasOwn(stdout, 'write')) {
    return stdout
  }
  return new StandardOutput(stdout.fd ?? 1)
}

class StandardOutput implements pino.DestinationStream, SettlingStream {
  private readonly file: ReturnType<typeof pino.destination>
  private failure: NodeJS.ErrnoException | undefined

  constructor(fd: number) {
    this.file = pino.destination({ dest: fd, sync: true })
    this.file.on('error', (error: NodeJS.ErrnoException) => {
      this.failure = error
    })
  }

  write(line: string): void {
    // Nobody will ever read from a closed pipe again; a full disk may have room for the next line.
    if (this.failure?.code !== 'EPIPE') {
      this.failure = undefined
      this.file.write(line)
    }
    if (this.failure !== undefined) throw this.failure
  }

  flush(callback?: (error?: Error) => void): void {
    this.file.flush(callback)
  }

  flushSync(): void {
    this.file.flushSync()
  }
}
