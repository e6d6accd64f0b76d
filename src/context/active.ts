import { otelApi, otelSpanKey } from './otel.js'
import { type ContextSpan, currentScope } from './scope.js'

/**
 * The active span: the innermost scope wins, whoever opened it.
 *
 * A scope of ours that was opened under a context manager has made an OpenTelemetry context active too, so while that very
 * context is active, ours is the innermost; when another one is, somebody opened it inside of ours.
 */
export function currentSpan(): ContextSpan | undefined {
  const scope = currentScope()
  const manager = otelApi()?.context
  if (manager === undefined) return scope?.span
  const context = manager.active()
  if (scope === undefined) return context.getValue(otelSpanKey) as ContextSpan | undefined
  if (scope.otelContext === context) return scope.span
  const span = context.getValue(otelSpanKey) as ContextSpan | undefined
  return scope.otelContext === undefined ? (span ?? scope.span) : span
}
