import { currentSpan, readTrace } from '../context/active.js'
import type { ContextSpan, SpanIdentity } from '../context/types.js'
import { setState } from '../line/children.js'
import { type Instance, stateOf } from '../line/instance.js'
import type { DetachedSpan, SecurityLogger } from '../logger/types.js'

/**
 * The logger of one request: its lines belong to the request's trace wherever they are written, to the innermost span of it
 * where one is active, else to the request's own.
 */
export function boundLogger(
  span: DetachedSpan,
  bindings: Readonly<Record<string, unknown>>,
): SecurityLogger {
  const log = Object.keys(bindings).length === 0 ? span.log : span.log.child({ ...bindings })
  const instance = log as unknown as Instance
  const state = stateOf(instance) as ReturnType<typeof stateOf> | undefined
  if (state !== undefined) {
    setState(instance, { ...state, span: new InnermostSpan(span) }, state.bindings)
  }
  return log
}

class InnermostSpan implements ContextSpan {
  readonly #root: ContextSpan
  readonly #traceId: string

  constructor(root: ContextSpan) {
    this.#root = root
    this.#traceId = root.spanContext().traceId
  }

  spanContext(): SpanIdentity {
    const active = currentSpan()
    const trace = active === undefined ? undefined : readTrace(active)
    return trace?.traceId === this.#traceId ? trace : this.#root.spanContext()
  }

  isRecording(): boolean {
    return this.#root.isRecording()
  }
}
