import { warnOnce } from '../diagnostics.js'
import { checkCallback } from './callback.js'
import { currentScope, runInScope } from './scope.js'

/**
 * Runs `fn`; the ambient fields of every line written in its scope contain `fields`.
 *
 * The active span stays what it is. When OpenTelemetry's scope is the innermost, it still is inside: the new scope keeps
 * the OpenTelemetry context that our span belongs to, and `currentSpan` compares that one with the active one.
 *
 * @param fields - What is no object gives no fields.
 * @throws SeclogError `SECLOG_CALLBACK_MISSING`, and what `fn` throws.
 */
export function withFields<T>(fields: object, fn: () => T): T {
  checkCallback('withFields', fn)
  if (typeof fields !== 'object' || fields === null) {
    warnOnce('withFields', 'withFields was given fields that are no object; there are none then.')
    return fn()
  }
  const outer = currentScope()
  const scope = {
    span: outer?.span,
    otelContext: outer?.otelContext,
    ambient: { fields: fields as Readonly<Record<string, unknown>>, outer: outer?.ambient },
  }
  return runInScope(scope, fn)
}
