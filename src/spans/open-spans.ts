import process from 'node:process'
import type { SpanOutcome } from './record.js'

/** Whether work was asked for that is done only then. */
export interface AskedFor {
  readonly started: boolean
}

interface OpenSpan {
  endAs(outcome: SpanOutcome): void
}

/** More open spans than that are not stated: what is never ended must not fill the memory. */
const most = 4_096

const open = new Map<OpenSpan, AskedFor | undefined>()
let listening = false

/**
 * Has a span stated as `unfinished` that is still open when the process exits.
 *
 * @param watch - Whether its work was asked for; if not, it is stated as `never_started`.
 * @returns What is to be called when the span ends.
 */
export function stateAtExit(span: OpenSpan, watch?: AskedFor): (() => void) | undefined {
  if (open.size >= most) return undefined
  if (!listening) {
    listening = true
    // Before those who flush at the exit.
    process.prependListener('exit', stateOpenSpans)
  }
  open.set(span, watch)
  return () => open.delete(span)
}

function stateOpenSpans(): void {
  for (const [span, watch] of [...open]) {
    span.endAs(watch?.started === false ? 'never_started' : 'unfinished')
  }
}
