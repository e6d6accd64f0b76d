import { currentScope, runInScope } from './scope.js'

/**
 * Runs `fn`; the ambient fields of every line written in its scope contain `fields`.
 *
 * The active span stays what it is. When OpenTelemetry's scope is the innermost, it still is inside: the new scope keeps
 * the OpenTelemetry context that our span belongs to, and `currentSpan` compares that one with the active one.
 */
export function withFields<T>(fields: object, fn: () => T): T {
  const outer = currentScope()
  const scope = {
    span: outer?.span,
    otelContext: outer?.otelContext,
    ambient: { fields: fields as Readonly<Record<string, unknown>>, outer: outer?.ambient },
  }
  return runInScope(scope, fn)
}
