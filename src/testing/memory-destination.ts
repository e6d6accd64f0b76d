import type pino from 'pino'
import { type LogRecord, parseLogLine } from './log-lines.js'

/** A destination that keeps what it is given. */
export interface MemoryDestination extends pino.DestinationStream {
  /** Every line, in order, without its line end. */
  readonly lines: readonly string[]
  /** The lines that are JSON objects, parsed, in order. */
  readonly records: readonly LogRecord[]
  /** The lines that are not. */
  readonly broken: readonly string[]
  write(chunk: string): void
  /** Forgets everything kept so far. */
  clear(): void
}

/**
 * Makes a destination for tests: pass it as a logger's second argument, then look at `records`.
 *
 * It keeps everything until `clear()`, so it is no place for a service's real log.
 *
 * @example
 * const destination = memoryDestination()
 * createSecurityLogger({}, destination).info({ scan_id: 's-42' }, 'scan finished')
 * destination.records[0]?.['scan_id'] // 's-42'
 */
export function memoryDestination(): MemoryDestination {
  const lines: string[] = []
  const records: LogRecord[] = []
  const broken: string[] = []
  let partial = ''

  function keep(line: string): void {
    if (line.trim() === '') return
    lines.push(line)
    const record = parseLogLine(line)
    if (record === undefined) broken.push(line)
    else records.push(record)
  }

  return {
    lines,
    records,
    broken,
    write(chunk) {
      const pieces = (partial + chunk).split('\n')
      partial = pieces.pop() ?? ''
      for (const piece of pieces) keep(piece)
    },
    clear() {
      lines.length = 0
      records.length = 0
      broken.length = 0
      partial = ''
    },
  }
}
