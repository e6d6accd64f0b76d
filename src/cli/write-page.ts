import { writeFile } from 'node:fs/promises'
import { printable } from '../testing/printable.js'
import { traceTree } from '../testing/trace-tree.js'
import type { TraceTree } from '../testing/trace-types.js'
import { CliError, exitCodes } from './cli-error.js'
import { createTraceCollector } from './collect-traces.js'
import type { Io } from './command.js'
import type { LineSource } from './line-source.js'
import { createPage } from './page-html.js'
import { readRecords } from './read-records.js'
import { traceData } from './trace-data.js'
import { timeOf, traceIdOf } from './trace-id.js'

/** What goes on a page of traces. */
export interface PageContents {
  readonly trees: readonly TraceTree[]
  readonly sources: readonly string[]
  readonly remarks: readonly string[]
}

/**
 * Writes a page of traces to a file, or to standard output for `-`.
 *
 * @returns the status of the process. @throws CliError
 */
export async function writePage(path: string, contents: PageContents, io: Io): Promise<number> {
  const { trees, sources, remarks } = contents
  const traces = trees.map(traceData)
  const [first] = traces
  const name = first?.spans[0]?.name
  const title = name === undefined ? 'traces' : printable(name).slice(0, 100)
  const made = new Date().toISOString()
  const { html } = createPage({ made, sources, traces, live: false, remarks }, `${title} · seclog`)
  if (path === '-') await io.out.write(html)
  else {
    await writeFile(path, html).catch((error: unknown) => {
      const why = error instanceof Error ? error.message : String(error)
      throw new CliError(`The page cannot be written to ${path} (${why}).`)
    })
    const count = `${traces.length} ${traces.length === 1 ? 'trace' : 'traces'}`
    await io.err.write(`${count} in ${path}\n`)
  }
  return exitCodes.ok
}

/**
 * The trees of traces that a list has named: sources are read once more, so that no more than these is held.
 *
 * @throws CliError for a source that can be read only once.
 */
export async function readTrees(
  sources: readonly LineSource[],
  traceIds: readonly string[],
  since: number,
  io: Io,
): Promise<{ readonly trees: readonly TraceTree[]; readonly left: number }> {
  const wanted = new Set(traceIds)
  const traces = createTraceCollector()
  await readRecords(sources, { signal: io.signal }, (record, line) => {
    const timeMs = timeOf(record)
    const id = traceIdOf(record)
    if (id !== undefined && wanted.has(id) && (timeMs ?? Infinity) >= since)
      traces.add(id, record, line.length)
    return timeMs
  })
  const trees = traceIds.flatMap((id) => traceTree(traces.records(id)))
  return { trees, left: traceIds.reduce((sum, id) => sum + traces.left(id), 0) }
}

/** @throws CliError for what cannot be read a second time. */
export function checkReadableAgain(sources: readonly LineSource[]): void {
  const once = sources.find(({ again }) => !again)
  if (once === undefined) return
  throw new CliError(
    `A page of several traces is made by reading twice, which ${once.name} does not allow: give files, or the id of one trace.`,
  )
}
