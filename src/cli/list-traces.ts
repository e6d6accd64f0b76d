import { printable } from '../testing/printable.js'
import { exitCodes } from './cli-error.js'
import type { Io } from './command.js'
import type { LineSource } from './line-source.js'
import { readRecords, sayBroken } from './read-records.js'
import { safeJson } from './safe-json.js'
import { formatTable } from './table.js'
import { timeOf, traceIdOf } from './trace-id.js'
import { createTraceList } from './trace-list.js'
import type { TraceOptions } from './trace-options.js'
import { durationOf, type TraceSummary } from './trace-summary.js'
import { checkReadableAgain, readTrees, writePage } from './write-page.js'

/** Lists the traces of what is read. @returns the status of the process. @throws CliError */
export async function listTraces(
  sources: readonly LineSource[],
  options: TraceOptions,
  io: Io,
): Promise<number> {
  const { services, errors, since, limit, slowest, html } = options
  if (html !== undefined) checkReadableAgain(sources)
  const list = createTraceList({
    limit,
    slowest,
    wanted: (trace) =>
      (!errors || trace.errors > 0) &&
      (services.length === 0 || services.some((name) => trace.services.has(name))),
  })
  const counts = await readRecords(sources, { signal: io.signal }, (record) => {
    const timeMs = timeOf(record)
    const traceId = traceIdOf(record)
    if (traceId !== undefined && (timeMs ?? Infinity) >= since) list.add(traceId, record, timeMs)
    return timeMs
  })
  const broken = sayBroken(counts)
  if (broken !== undefined) await io.err.write(`${broken[0]?.toUpperCase()}${broken.slice(1)}\n`)
  const traces = list.result()
  if (traces.length === 0) {
    await io.err.write(`${nothingFound(counts.lines, options)}\n`)
    return exitCodes.found
  }
  if (html !== undefined) {
    const ids = traces.map(({ traceId }) => traceId)
    const { trees, left } = await readTrees(sources, ids, since, io)
    const remarks = [
      ...(broken === undefined ? [] : [broken]),
      ...(left > 0 ? [`${left} lines did not fit and are left out.`] : []),
    ]
    return writePage(html, { trees, sources: sources.map(({ name }) => name), remarks }, io)
  }
  if (options.json) {
    for (const trace of traces) await io.out.write(`${safeJson(asJson(trace))}\n`)
    return exitCodes.ok
  }
  await io.out.write(`${asTable(traces, io)}\n`)
  const more = list.found - traces.length
  if (more > 0) await io.err.write(`${more} more; --limit lists more than ${limit}.\n`)
  return exitCodes.ok
}

function nothingFound(lines: number, { services, errors, since }: TraceOptions): string {
  if (lines === 0) return 'There are no lines in it.'
  const filtered = services.length > 0 || errors || since > Number.NEGATIVE_INFINITY
  return filtered
    ? 'No trace is like that; leave an option out to see more.'
    : 'No line has a trace id: nothing was logged inside of a span. `seclog doctor` says why in a project.'
}

function asJson(trace: TraceSummary): object {
  const durationMs = durationOf(trace)
  return {
    trace_id: trace.traceId,
    ...(durationMs !== undefined && {
      start: new Date(trace.startMs).toISOString(),
      duration_ms: durationMs,
    }),
    span_count: trace.spans,
    error_count: trace.errors,
    line_count: trace.lines,
    services: [...trace.services],
    name: trace.name,
  }
}

const columns = [
  { title: 'trace' },
  { title: 'began' },
  { title: 'took ms', align: 'right' },
  { title: 'spans', align: 'right' },
  { title: 'failed', align: 'right' },
  { title: 'lines', align: 'right' },
  { title: 'services' },
  { title: 'root' },
] as const

function asTable(traces: readonly TraceSummary[], io: Io): string {
  const rows = traces.map((trace) => [
    trace.traceId,
    Number.isFinite(trace.startMs) ? new Date(trace.startMs).toISOString() : '?',
    durationOf(trace)?.toFixed(1) ?? '?',
    String(trace.spans),
    String(trace.errors),
    String(trace.lines),
    [...trace.services].map(printable).join(', '),
    printable(trace.name),
  ])
  return formatTable(columns, rows, (cell, column, row) => {
    if (row < 0) return io.out.style('dim', cell)
    return column === 4 && cell !== '0' ? io.out.style('red', cell) : cell
  })
}
