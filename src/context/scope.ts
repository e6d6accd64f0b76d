import { AsyncLocalStorage } from 'node:async_hooks'
import { type OtelBaggage, type OtelContext, otelApi, otelSpanKey } from './otel.js'
import type { ContextSpan, SpanIdentity } from './types.js'

export type { ContextSpan, SpanIdentity } from './types.js'

/** Fields that every line of a scope carries; the innermost scope's value of a name wins. */
export interface AmbientFields {
  readonly fields: Readonly<Record<string, unknown>>
  readonly outer: AmbientFields | undefined
  /** Given by the scope of a request from outside; the innermost one counts. */
  readonly remote?: RemoteState
}

/** What came with a request from outside, and goes on with the requests that it causes. */
export interface RemoteState {
  /** The trace that is continued. */
  readonly trace: SpanIdentity | undefined
  readonly baggage: OtelBaggage | undefined
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

/**
 * The scope in which a span is the active one, here and for whoever asks OpenTelemetry.
 *
 * @param span - What this library shows as the active span.
 * @param otelSpan - What OpenTelemetry's API shows as the active span.
 * @param outer - The current scope.
 * @param active - The active OpenTelemetry context.
 */
export function spanScope(
  span: ContextSpan,
  otelSpan: ContextSpan,
  outer: Scope | undefined,
  active: OtelContext | undefined,
): Scope {
  return { span, otelContext: active?.setValue(otelSpanKey, otelSpan), ambient: outer?.ambient }
}

/** Runs `fn` in `scope`; the active OpenTelemetry context stays what it is. */
export function runInScope<A extends unknown[], T>(
  scope: Scope,
  fn: (...args: A) => T,
  ...args: A
): T {
  storage ??= shared[key] ??= new AsyncLocalStorage<Scope>()
  return storage.run(scope, fn, ...args)
}

/** Runs `fn` in a scope that {@link spanScope} made, and in the OpenTelemetry context that belongs to it. */
export function runInSpanScope<A extends unknown[], T>(
  scope: Scope,
  fn: (...args: A) => T,
  ...args: A
): T {
  const manager = scope.otelContext === undefined ? undefined : otelApi()?.context
  if (scope.otelContext === undefined || manager === undefined) {
    return runInScope(scope, fn, ...args)
  }
  return manager.with(
    scope.otelContext,
    runInScope as (scope: Scope, fn: (...args: A) => T, ...args: A) => T,
    undefined,
    scope,
    fn,
    ...args,
  )
}
