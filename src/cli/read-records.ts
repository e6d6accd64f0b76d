import type { LogRecord } from '../testing/log-lines.js'
import { createLineScanner, type LineScanner } from './line-scanner.js'
import type { LineSource } from './line-source.js'
import { parseLine } from './parse-line.js'

/** What was read. */
export interface ReadCounts {
  readonly lines: number
  /** Lines that are no JSON object. */
  readonly broken: number
  readonly tooLong: number
}

export interface ReadOptions {
  /** Look only at lines that hold this text. */
  readonly needle?: string
  readonly signal: AbortSignal
}

interface Reader {
  readonly chunks: AsyncIterator<Buffer>
  readonly scanner: LineScanner
  /** Time of its last record; epoch milliseconds. */
  time: number
}

/**
 * Reads records of all sources in about the order of their times, a chunk at a time from the source that is furthest behind:
 * what belongs together comes together, and nothing is held.
 *
 * @param handle - Gets a record with its line; gives its time in epoch milliseconds.
 * @throws CliError for a source that cannot be read.
 */
export async function readRecords(
  sources: readonly LineSource[],
  { needle, signal }: ReadOptions,
  handle: (record: LogRecord, line: string) => number | undefined,
): Promise<ReadCounts> {
  let lines = 0
  let broken = 0
  const readers = sources.map((source): Reader => {
    const scanner = createLineScanner((line) => {
      if (line.trim() === '') return
      lines += 1
      const record = parseLine(line)
      if (record === undefined) broken += 1
      else reader.time = handle(record, line) ?? reader.time
    }, needle)
    const chunks = source.chunks()[Symbol.asyncIterator]()
    const reader = { chunks, scanner, time: Number.NEGATIVE_INFINITY }
    return reader
  })
  const open = new Set(readers)
  try {
    while (open.size > 0 && !signal.aborted) {
      const reader = furthestBehind(open)
      const { done, value } = await reader.chunks.next()
      if (done !== true) reader.scanner.push(value)
      else {
        reader.scanner.end()
        open.delete(reader)
      }
    }
  } finally {
    for (const { chunks } of open) await chunks.return?.()
  }
  const tooLong = readers.reduce((sum, { scanner }) => sum + scanner.tooLong, 0)
  return { lines, broken, tooLong }
}

function furthestBehind(readers: ReadonlySet<Reader>): Reader {
  return [...readers].reduce((behind, reader) => (reader.time < behind.time ? reader : behind))
}

/** What is to be said of lines that could not be read; `undefined` when all could. */
export function sayBroken({ broken, tooLong }: ReadCounts): string | undefined {
  const parts = [
    ...(broken > 0 ? [`${broken} ${broken === 1 ? 'line is' : 'lines are'} not JSON`] : []),
    ...(tooLong > 0 ? [`${tooLong} ${tooLong === 1 ? 'is' : 'are'} longer than 16 MiB`] : []),
  ]
  return parts.length === 0 ? undefined : `${parts.join(', ')}; left out here.`
}
