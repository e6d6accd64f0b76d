import type { RecordLevel, RecordSink, RecordTrace } from '../diagnostics.js'
import { type Instance, stateOf, symbols } from '../line/instance.js'
import { writeRecord } from '../line/write.js'

const standardLevels: Readonly<Record<RecordLevel, number>> = {
  trace: 10,
  debug: 20,
  info: 30,
  warn: 40,
  error: 50,
  fatal: 60,
}

const { levelValSym } = symbols

/** A logger as the place where spans and tracing put their records. */
export function createSink(instance: Instance): RecordSink {
  let asked: RecordLevel | undefined
  let threshold: unknown
  let levels: object | undefined
  let known: number | undefined
  // A span asks twice, before its record is made and when it is written.
  const numberOf = (level: RecordLevel): number | undefined => {
    const current = instance[levelValSym]
    if (level !== asked || current !== threshold || instance.levels !== levels) {
      known = enabledNumber(instance, level)
      asked = level
      threshold = current
      levels = instance.levels
    }
    return known
  }
  return {
    write(level, fields, message, trace?: RecordTrace): void {
      const number = numberOf(level)
      if (number === undefined) return
      writeRecord(instance, number, fields, message, trace)
    },
    enabled: (level) => numberOf(level) !== undefined,
    fault() {
      stateOf(instance).writer.settings.counters.faults++
    },
  }
}

/** The number of a level; where a logger has custom levels only, that of the nearest of them. */
export function levelNumberOf(instance: Instance, level: RecordLevel): number {
  const { values } = instance.levels
  const standard = standardLevels[level]
  return values[level] ?? nearest(Object.values(values), standard) ?? standard
}

/** The number of a level if it is enabled. */
function enabledNumber(instance: Instance, level: RecordLevel): number | undefined {
  const number = levelNumberOf(instance, level)
  const compare = instance[symbols.levelCompSym] as (current: number, expected: number) => boolean
  const threshold = instance[symbols.levelValSym] as number
  return compare(number, threshold) ? number : undefined
}

function nearest(numbers: readonly number[], wanted: number): number | undefined {
  return numbers
    .filter(Number.isFinite)
    .sort((a, b) => Math.abs(a - wanted) - Math.abs(b - wanted))
    .at(0)
}
