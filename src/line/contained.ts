import { containRejection } from '../redaction/promises.js'
import { deepest } from './core.js'
import type { LineState } from './line-writer.js'

/** How many functions of users are running, each called by a record that the one before has made. */
let running = 0

/** Runs a user's function; what it throws is counted, and nothing taken from it. */
export function contained<T>(state: LineState, run: () => T): T | undefined {
  const { counters } = state.writer.settings
  if (running >= deepest) {
    counters.faults++
    return undefined
  }
  running++
  try {
    return containRejection(run(), () => {
      counters.faults++
    })
  } catch {
    counters.faults++
    return undefined
  } finally {
    running--
  }
}
