/**
 * OpenTelemetry's API by its own versioned global, so that any copy of the API, any bundle and no API at all work.
 * API 1.x keeps `version`, `trace`, `context`, `propagation` under `Symbol.for('opentelemetry.js.api.1')`.
 */
import type { OtelMeterProvider } from './metric-types.js'
import type { ContextSpan } from './types.js'

export interface OtelContext {
  getValue(key: symbol): unknown
  setValue(key: symbol, value: unknown): OtelContext
  deleteValue(key: symbol): OtelContext
}

export interface OtelContextManager {
  active(): OtelContext
  with<A extends unknown[], T>(
    context: OtelContext,
    fn: (...args: A) => T,
    thisArg?: unknown,
    ...args: A
  ): T
}

export interface OtelBaggageEntry {
  readonly value: string
  readonly metadata?: { toString(): string }
}

export interface OtelBaggage {
  getEntry(key: string): OtelBaggageEntry | undefined
  getAllEntries(): [string, OtelBaggageEntry][]
  setEntry(key: string, entry: OtelBaggageEntry): OtelBaggage
  removeEntry(key: string): OtelBaggage
  removeEntries(...keys: string[]): OtelBaggage
  clear(): OtelBaggage
}

export interface OtelTracer {
  startSpan(name: string, options?: object, context?: OtelContext): ContextSpan
}

export interface OtelTracerProvider {
  getTracer(name: string, version?: string): OtelTracer
}

export interface OtelApi {
  readonly version: string
  readonly trace?: OtelTracerProvider
  readonly context?: OtelContextManager
  readonly metrics?: OtelMeterProvider
}

const apiKey = Symbol.for('opentelemetry.js.api.1')
/** The API's own key of the active span in a context. */
export const otelSpanKey: symbol = Symbol.for('OpenTelemetry Context Key SPAN')
/** The API's own key of the baggage in a context. */
export const otelBaggageKey: symbol = Symbol.for('OpenTelemetry Baggage Key')

const shared = globalThis as unknown as Record<symbol, OtelApi | undefined>

/** What is registered with the OpenTelemetry API of this process, whichever copy of it did so. */
export function otelApi(): OtelApi | undefined {
  return shared[apiKey]
}

/** The active OpenTelemetry context; `undefined` without a context manager, and with one that throws. */
export function activeOtelContext(): OtelContext | undefined {
  const manager = shared[apiKey]?.context
  if (manager === undefined) return undefined
  try {
    return manager.active()
  } catch {
    return undefined
  }
}

/**
 * Runs `fn` where instrumentations make no spans and no span is active: for requests that the library itself makes.
 *
 * @see https://github.com/open-telemetry/opentelemetry-js/blob/main/packages/opentelemetry-core/src/trace/suppress-tracing.ts
 */
export function withoutTracing<T>(fn: () => T): T {
  const manager = shared[apiKey]?.context
  const active = activeOtelContext()
  if (manager === undefined || active === undefined) return fn()
  return manager.with(active.deleteValue(otelSpanKey).setValue(suppressKey, true), fn)
}

const suppressKey = Symbol.for('OpenTelemetry SDK Context Key SUPPRESS_TRACING')

/** The context to hand to a tracer where no context manager is registered: the API's own root is in its package only. */
export const otelRootContext: OtelContext = createContext(new Map())

function createContext(values: ReadonlyMap<symbol, unknown>): OtelContext {
  return {
    getValue: (key) => values.get(key),
    setValue: (key, value) => createContext(new Map(values).set(key, value)),
    deleteValue(key) {
      const rest = new Map(values)
      rest.delete(key)
      return createContext(rest)
    },
  }
}
