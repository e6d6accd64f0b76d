import type { TraceProblem } from './trace-types.js'

/** A problem as a sentence for people. */
export function describeProblem(problem: TraceProblem): string {
  switch (problem.kind) {
    case 'orphan':
      return `span ${problem.spanId}: its parent ${problem.parentSpanId} was never seen`
    case 'unended':
      return `span ${problem.spanId}: started, never ended`
    case 'unrecorded':
      return `span ${problem.spanId}: only lines written in it were seen, no record of the span`
    case 'repeated':
      return `span ${problem.spanId}: ended ${problem.times} times, the first is shown`
    case 'cycle':
      return `span ${problem.spanId}: is its own ancestor, shown as a root`
    case 'skew':
      return `span ${problem.spanId}: began ${problem.byMs.toFixed(1)} ms before its parent, by another service's clock`
  }
}
