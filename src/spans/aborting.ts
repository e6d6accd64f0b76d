interface Abortable {
  fail(error: unknown, type: string): void
  end(): void
}

interface Waiting {
  readonly spans: Set<Abortable>
  readonly onAbort: () => void
}

const waiting = new WeakMap<AbortSignal, Waiting>()

/**
 * Ends the span as failed when `signal` fires, at once if it has fired.
 *
 * All spans of one signal share a listener: Node warns of a leak from the eleventh one on.
 *
 * @returns What lets go of the signal.
 */
export function endOnAbort(span: Abortable, signal: AbortSignal): (() => void) | undefined {
  if (signal.aborted) {
    abort(span, signal)
    return undefined
  }
  let entry = waiting.get(signal)
  if (entry === undefined) {
    entry = startWaiting(signal)
    waiting.set(signal, entry)
  }
  const { spans, onAbort } = entry
  spans.add(span)
  return () => {
    spans.delete(span)
    if (spans.size > 0) return
    waiting.delete(signal)
    signal.removeEventListener('abort', onAbort)
  }
}

function startWaiting(signal: AbortSignal): Waiting {
  const spans = new Set<Abortable>()
  const onAbort = (): void => {
    for (const span of [...spans]) abort(span, signal)
  }
  signal.addEventListener('abort', onAbort, { once: true })
  return { spans, onAbort }
}

function abort(span: Abortable, signal: AbortSignal): void {
  span.fail(signal.reason, 'AbortError')
  span.end()
}
