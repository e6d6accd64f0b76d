import { type Duration, parseDuration } from '../config/duration.js'
import { BoundedTraces } from '../context/bounded-traces.js'
import { addTraceKeeper, type TraceKeeper } from '../context/promotion.js'
import { SeclogError } from '../errors.js'
import { type Instance, stateOf } from '../line/instance.js'
import { traceIdOf } from '../line/trace-id.js'
import { writeLine } from '../line/write.js'

/** From which level on lines are written at once, and how much of those below may be held. */
export interface BufferBelowOptions {
  /** Lines below this level are held. */
  readonly level: string
  /** Of all lines together. @defaultValue 8388608 */
  readonly bytes?: number
  /** @defaultValue 1000 */
  readonly traces?: number
  /** @defaultValue '60s' */
  readonly age?: Duration
}

export interface LineBufferHealth {
  /** Traces of which lines are held. */
  readonly traces: number
  /** Of all lines that are held. */
  readonly bytes: number
  /** Lines of traces that were promoted. */
  readonly written: number
  /** Lines that went before their trace was over, for want of room or by their age. */
  readonly dropped: number
}

interface HeldLine {
  readonly instance: Instance
  readonly level: number
  readonly line: string
}

/** Under which name a line says that it was held. */
export const bufferedName = 'buffered'

/** Holds the lines of a trace that are below a level, and writes them if the trace turns out to be worth it. */
export class LineBuffer implements TraceKeeper {
  readonly #below: number
  readonly #lines: BoundedTraces<HeldLine>
  readonly #remove: () => void
  #written = 0
  #dropped = 0

  /**
   * @param levels - The logger's levels by label.
   * @throws SeclogError `SECLOG_OPTION_INVALID`
   */
  constructor(option: string | BufferBelowOptions, levels: Readonly<Record<string, number>>) {
    const given = typeof option === 'string' ? { level: option } : option
    if (typeof given !== 'object' || given === null || !Object.hasOwn(levels, given.level)) {
      throw invalid(
        `bufferBelow must be one of ${Object.keys(levels).join(', ')}, or an object with one as its level`,
      )
    }
    const ageMs = parseDuration(given.age ?? '60s')
    if (ageMs === undefined)
      throw invalid('bufferBelow.age must be milliseconds or a number with a unit: 60s')
    const bounds = {
      bytes: whole('bytes', given.bytes ?? 8_388_608),
      traces: whole('traces', given.traces ?? 1_000),
      ageMs,
    }
    this.#below = levels[given.level] as number
    this.#lines = new BoundedTraces(bounds, (lines) => {
      this.#dropped += lines.length
    })
    this.#remove = addTraceKeeper(this)
  }

  /** Whether a line is held, or goes: outside of a trace, nothing could ever ask for it. */
  readonly holds = (instance: object, level: number, line: string): boolean => {
    if (level >= this.#below) return false
    const logger = instance as Instance
    const traceId = traceIdOf(logger)
    if (traceId === undefined) return true
    if (this.#lines.isPromoted(traceId)) return false
    this.#lines.add(traceId, { instance: logger, level, line }, line.length)
    return true
  }

  promote(traceId: string): void {
    for (const { instance, level, line } of this.#lines.promote(traceId)) {
      this.#written++
      writeLine(instance, level, marked(instance, line))
    }
  }

  end(traceId: string): void {
    this.#lines.forget(traceId)
  }

  health(): LineBufferHealth {
    const { traces, bytes } = this.#lines
    return { traces, bytes, written: this.#written, dropped: this.#dropped }
  }

  close(): void {
    this.#remove()
  }
}

/** The line as it was made, with a word that it was held. In ECS that is a label, unless the call has one of its name. */
function marked(instance: Instance, line: string): string {
  const { end, timeKey } = stateOf(instance).writer.settings
  if (timeKey !== '@timestamp') return `${line.slice(0, -end.length)},"${bufferedName}":true${end}`
  if (line.includes(`"${bufferedName}":`)) return line
  // A line of a span has this label, and it is the first.
  return line.replace(
    '"labels":{"trace_flags":',
    `"labels":{"${bufferedName}":"true","trace_flags":`,
  )
}

function whole(name: string, given: number): number {
  if (Number.isSafeInteger(given) && given >= 1) return given
  throw invalid(`bufferBelow.${name} must be a whole number from 1 on`)
}

function invalid(message: string): SeclogError {
  return new SeclogError('SECLOG_OPTION_INVALID', `The option ${message}.`)
}
