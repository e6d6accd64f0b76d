import type { LogRecord } from '../testing/log-lines.js'
import { createLineScanner } from './line-scanner.js'
import type { LineSource } from './line-source.js'
import { parseLine } from './parse-line.js'
import { timeOf } from './trace-id.js'

/** A line, and what it says; `record` is absent where it is no JSON object. */
export interface ReadLine {
  readonly line: string
  readonly record: LogRecord | undefined
}

interface TimedLine extends ReadLine {
  /** Its own time, or that of the line before it. */
  readonly timeMs: number
}

interface Head {
  readonly batches: AsyncIterator<readonly TimedLine[]>
  batch: readonly TimedLine[]
  at: number
}

/**
 * The lines of all sources, in the order of their times where each source is in order by itself. A chunk of each source is held.
 *
 * @returns Batches of lines, each as soon as it is known that nothing comes before it.
 * @throws CliError for a source that cannot be read.
 */
export async function* mergeLines(
  sources: readonly LineSource[],
): AsyncGenerator<readonly ReadLine[]> {
  const heads: Head[] = sources.map((source) => ({
    batches: timedLines(source),
    batch: [],
    at: 0,
  }))
  const open = new Set(heads)
  try {
    for (;;) {
      for (const head of open) if (!(await refill(head))) open.delete(head)
      if (open.size === 0) return
      yield takeInOrder(open)
    }
  } finally {
    for (const { batches } of open) await batches.return?.()
  }
}

async function refill(head: Head): Promise<boolean> {
  while (head.at >= head.batch.length) {
    const { done, value } = await head.batches.next()
    if (done === true) return false
    head.batch = value
    head.at = 0
  }
  return true
}

/** Until what is held of one source is used up: what comes next of it may be before the rest. */
function takeInOrder(open: ReadonlySet<Head>): ReadLine[] {
  const taken: ReadLine[] = []
  for (;;) {
    let first: Head | undefined
    for (const head of open) {
      if (first === undefined || timeAt(head) < timeAt(first)) first = head
    }
    const line = first?.batch[first.at]
    if (first === undefined || line === undefined) return taken
    taken.push(line)
    first.at += 1
    if (first.at >= first.batch.length) return taken
  }
}

function timeAt({ batch, at }: Head): number {
  return batch[at]?.timeMs ?? Number.NEGATIVE_INFINITY
}

async function* timedLines(source: LineSource): AsyncGenerator<readonly TimedLine[]> {
  let lines: TimedLine[] = []
  let timeMs = Number.NEGATIVE_INFINITY
  const scanner = createLineScanner((line) => {
    if (line.trim() === '') return
    const record = parseLine(line)
    timeMs = (record === undefined ? undefined : timeOf(record)) ?? timeMs
    lines.push({ line, record, timeMs })
  })
  for await (const chunk of source.chunks()) {
    scanner.push(chunk)
    if (lines.length > 0) yield lines
    lines = []
  }
  scanner.end()
  if (lines.length > 0) yield lines
}
