import { createLineage } from '../context/lineage.js'
import { activeOtelContext } from '../context/otel.js'
import { currentScope } from '../context/scope.js'
import type { BaseSpan } from './base-span.js'
import { beginSpan } from './begin.js'
import type { SpanRecorder } from './journal.js'
import type { Span, SpanOptions } from './types.js'

// Node 20 has the symbols under these names only, and contexts of `node:vm` (Jest) do not have them at all.
const dispose = Symbol.dispose ?? Symbol.for('nodejs.dispose')
const asyncDispose = Symbol.asyncDispose ?? Symbol.for('nodejs.asyncDispose')

/**
 * Begins a span that is not ambient: it ends by `end()`, by disposal, or by `options.signal`.
 *
 * It is not ambient because there is no end of a scope that would take it away again; hand it on as `options.parent`.
 *
 * @param recorder - Gets the records of the span.
 * @example
 * await using span = startSpan('long poll')
 * await withSpan('one round', { parent: span }, poll)
 */
export function startSpan(
  name: string,
  options?: SpanOptions,
  recorder?: SpanRecorder,
): Span & Disposable & AsyncDisposable {
  const span = beginSpan(name, options, recorder, currentScope(), activeOtelContext())
  span.watchUntilExit()
  return disposable(span)
}

/** As {@link startSpan}, for a span that gets a logger of its own: what is begun under it can be told from other work. */
export function startBoundSpan(
  name: string,
  options: SpanOptions | undefined,
  recorder: SpanRecorder,
): Span & Disposable & AsyncDisposable {
  const span = beginSpan(name, options, recorder, currentScope(), activeOtelContext())
  span.lineage = createLineage(span.lineage)
  span.watchUntilExit()
  return disposable(span)
}

function disposable(span: BaseSpan): BaseSpan & Disposable & AsyncDisposable {
  Object.defineProperties(span, {
    [dispose]: { value: () => span.end() },
    [asyncDispose]: { value: () => Promise.resolve(span.end()) },
  })
  return span as BaseSpan & Disposable & AsyncDisposable
}
