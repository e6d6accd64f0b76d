import { AsyncLocalStorage } from 'node:async_hooks'
import type { OtelContext } from './otel.js'
import type { ContextSpan } from './types.js'

export type { ContextSpan, SpanIdentity } from './types.js'

/** Fields that every line of a scope carries; the innermost scope's value of a name wins. */
export interface AmbientFields {
  readonly fields: Readonly<Record<string, unknown>>
  readonly outer: AmbientFields | undefined
}

/** What is ambient at one point of an asynchronous call tree. */
export interface Scope {
  readonly span: ContextSpan | undefined
  /** The OpenTelemetry context that was made active together with this scope, if there is a context manager. */
  readonly otelContext: OtelContext | undefined
  readonly ambient: AmbientFields | undefined
}

// Under a registered symbol, so that an ESM and a CommonJS copy of this library share one context.
const key = Symbol.for('seclog.scope.1')
const shared = globalThis as unknown as Record<symbol, AsyncLocalStorage<Scope> | undefined>
let storage: AsyncLocalStorage<Scope> | undefined

/** The innermost scope that this library opened. Costs nothing until the first one is. */
export function currentScope(): Scope | undefined {
  if (storage === undefined) {
    storage = shared[key]
    if (storage === undefined) return undefined
  }
  return storage.getStore()
}

/** Runs `fn` in `scope`. */
export function runInScope<T>(scope: Scope, fn: () => T): T {
  storage ??= shared[key] ??= new AsyncLocalStorage<Scope>()
  return storage.run(scope, fn)
}
