import process from 'node:process'

/** Whether work was asked for that is done only then. */
export interface AskedFor {
  readonly started: boolean
}

interface Statable {
  endAs(outcome: 'never_started' | 'unfinished'): void
}

/** An open span's place in the list of them. A list: a `Map` costs more per span. */
export interface OpenSpan {
  readonly span: Statable | undefined
  readonly watch: AskedFor | undefined
  before: OpenSpan
  after: OpenSpan
}

/** More open spans than that are not stated: what is never ended must not fill the memory. */
const most = 4_096

const ring = createRing()
let size = 0
let listening = false

/**
 * Has a span stated as `unfinished` that is still open when the process exits.
 *
 * @param watch - Whether its work was asked for; if not, it is stated as `never_started`.
 * @returns What {@link forgetOpen} is to be given when the span ends.
 */
export function stateAtExit(span: Statable, watch: AskedFor | undefined): OpenSpan | undefined {
  if (size >= most) return undefined
  if (!listening) {
    listening = true
    // Before those who flush at the exit.
    process.prependListener('exit', stateOpenSpans)
  }
  const last = ring.before
  const open: OpenSpan = { span, watch, before: last, after: ring }
  last.after = open
  ring.before = open
  size += 1
  return open
}

/** The span has ended. */
export function forgetOpen({ before, after }: OpenSpan): void {
  before.after = after
  after.before = before
  size -= 1
}

function stateOpenSpans(): void {
  for (let at = ring.after; at !== ring; at = at.after) {
    at.span?.endAs(at.watch?.started === false ? 'never_started' : 'unfinished')
  }
}

function createRing(): OpenSpan {
  const ring = { span: undefined, watch: undefined } as unknown as OpenSpan
  ring.before = ring
  ring.after = ring
  return ring
}
