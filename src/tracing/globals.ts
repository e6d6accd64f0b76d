import type { TracingConfig } from '../config/tracing.js'
import { otelApi } from '../context/otel.js'
import { findEarlyTracers } from './early-tracers.js'
import type { ContextManager, CoreModule, Packages, TracerProvider } from './packages.js'

/** Takes back what was registered; what somebody else has registered in its place meanwhile stays. */
export type Unregister = () => void

/** Whether the app has registered a tracer provider of its own. */
export function hasForeignProvider(): boolean {
  return otelApi()?.trace !== undefined
}

/**
 * Registers the provider, and the context manager and the propagator where the app has none, one by one: this way works
 * for both generations.
 *
 * @returns how to take it back, or why the API refused: a copy of another version was there first
 */
export function registerGlobals(
  packages: Packages,
  provider: TracerProvider,
  propagators: TracingConfig['propagators'],
): Unregister | string {
  const { api, core, hooks } = packages
  const giveToEarlyTracers = findEarlyTracers()
  if (!api.trace.setGlobalTracerProvider(provider)) {
    const version = otelApi()?.version
    return version === undefined
      ? 'The OpenTelemetry API refused the provider.'
      : `Another copy of @opentelemetry/api, version ${version}, is in this process and was first; make it one copy (npm dedupe).`
  }
  const undo: Unregister[] = [
    undoOf('trace', () => api.trace.disable()),
    giveToEarlyTracers(provider),
  ]
  if (otelApi()?.context === undefined) {
    const manager: ContextManager = new hooks.AsyncLocalStorageContextManager()
    api.context.setGlobalContextManager(manager.enable())
    undo.push(undoOf('context', () => api.context.disable()))
  }
  if (propagators.length > 0 && registered('propagation') === undefined) {
    api.propagation.setGlobalPropagator(createPropagator(core, propagators))
    undo.push(undoOf('propagation', () => api.propagation.disable()))
  }
  return () => {
    for (const take of undo) take()
  }
}

function createPropagator(core: CoreModule, names: TracingConfig['propagators']): object {
  const propagators = names.map((name) =>
    name === 'baggage' ? new core.W3CBaggagePropagator() : new core.W3CTraceContextPropagator(),
  )
  return new core.CompositePropagator({ propagators })
}

type GlobalName = 'trace' | 'context' | 'propagation'

function undoOf(name: GlobalName, disable: () => void): Unregister {
  const ours = registered(name)
  return () => {
    if (registered(name) === ours) disable()
  }
}

function registered(name: GlobalName): unknown {
  return (otelApi() as Readonly<Record<string, unknown>> | undefined)?.[name]
}
