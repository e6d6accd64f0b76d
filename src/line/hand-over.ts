import { warnOnce } from '../diagnostics.js'
import { contained } from './contained.js'
import { deepest, type LineSettings } from './core.js'
import { type Instance, type Stream, stateOf, symbols } from './instance.js'
import type { LineState } from './line-writer.js'
import { numbered } from './sequence.js'
import { callFields, timeOf } from './written-record.js'

const { needsMetadataGsym, streamSym } = symbols

/** How many calls are being written, each made by the destination of the one before. */
let writing = 0
/** Hands a line to the destination. */
export function handOver(instance: Instance, state: LineState, level: number, line: string): void {
  const { settings } = state.writer
  const { counters } = settings
  const stream = instance[streamSym] as Stream & Record<symbol, unknown>
  const { streamWrite } = state.detours
  if (writing >= deepest) {
    counters.dropped++
    counters.faults++
    return
  }
  writing++
  try {
    if (stream[needsMetadataGsym] === true) tellMetadata(stream, instance, level, line)
    const told = settings.sequence === true ? numbered(line, settings.end, isEcs(settings)) : line
    const text = streamWrite === undefined ? told : hooked(streamWrite, told, state)
    if (stream.writeLeveled === undefined) stream.write(text)
    else stream.writeLeveled(text, level)
    counters.lines++
    if (level < Number.POSITIVE_INFINITY) {
      counters.byLevel[level] = (counters.byLevel[level] ?? 0) + 1
    }
  } catch (error) {
    counters.dropped++
    counters.faults++
    warnOnce(
      'destination',
      `The log destination throws (${error instanceof Error ? error.name : typeof error}): lines are dropped and counted in health().dropped.`,
    )
  } finally {
    writing--
  }
}

function isEcs({ timeKey }: LineSettings): boolean {
  return timeKey === '@timestamp'
}

function hooked(streamWrite: (line: string) => string, line: string, state: LineState): string {
  const replaced = contained(state, () => streamWrite(line))
  return typeof replaced === 'string' ? replaced : line
}

/** A file's stream; a worker's is left to itself, since waiting for another thread may take any time. */
interface SettlingFile {
  readonly fd?: unknown
  flushSync?(): void
}

/** Has a file that keeps lines in memory write them now. */
export function flushFile(instance: Instance, { writer }: LineState): void {
  const stream = instance[streamSym] as SettlingFile
  if (typeof stream.fd !== 'number' || stream.fd < 0) return
  try {
    stream.flushSync?.()
  } catch {
    writer.settings.counters.faults++
  }
}

/** Sets what multistream and other streams with metadata read; their `lastObj` and `lastMsg` are of the safe record. */
function tellMetadata(stream: Stream, instance: Instance, level: number, line: string): void {
  const { messageKey, timeKey } = stateOf(instance).writer.settings
  let record: Record<string, unknown> | undefined
  const parsed = (): Record<string, unknown> => {
    record ??= JSON.parse(line) as Record<string, unknown>
    return record
  }
  stream.lastLevel = level
  stream.lastTime = timeOf(line, timeKey)
  stream.lastLogger = instance
  Object.defineProperty(stream, 'lastObj', {
    configurable: true,
    get: () => callFields(instance, parsed()),
    set: ignore,
  })
  Object.defineProperty(stream, 'lastMsg', {
    configurable: true,
    get: () => parsed()[messageKey],
    set: ignore,
  })
}

function ignore(): void {}
