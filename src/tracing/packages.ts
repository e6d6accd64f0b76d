import type { OtelContext } from '../context/otel.js'
import type { SpanProcessor } from './types.js'

/** What is used of OpenTelemetry's packages, structurally: the same in 2.x and 3.x. */
export interface Packages {
  readonly api: ApiModule
  readonly sdk: SdkModule
  readonly resources: ResourcesModule
  readonly core: CoreModule
  readonly hooks: { readonly AsyncLocalStorageContextManager: new () => ContextManager }
}

export interface ApiModule {
  readonly ROOT_CONTEXT: OtelContext
  readonly trace: {
    setGlobalTracerProvider(provider: object): boolean
    disable(): void
  }
  readonly context: {
    setGlobalContextManager(manager: object): boolean
    with<T>(context: OtelContext, fn: () => T): T
    disable(): void
  }
  readonly propagation: {
    setGlobalPropagator(propagator: object): boolean
    disable(): void
  }
}

export interface ContextManager {
  enable(): ContextManager
}

export interface TracerProvider {
  forceFlush(): Promise<void>
  shutdown(): Promise<void>
}

interface ProviderOptions {
  readonly resource: Resource
  readonly sampler: object
  readonly spanLimits: object
  readonly spanProcessors: readonly SpanProcessor[]
}

type ProviderConstructor = new (options: ProviderOptions) => TracerProvider

/** `sdk-trace` (2.9 and later, 3.x) has `TracerProvider`, `sdk-trace-node` (2.x) has `NodeTracerProvider`. */
export interface SdkModule {
  readonly TracerProvider?: ProviderConstructor
  readonly NodeTracerProvider?: ProviderConstructor
  readonly ParentBasedSampler: new (options: { root: object }) => object
  readonly TraceIdRatioBasedSampler: new (ratio: number) => object
  readonly AlwaysOnSampler: new () => object
  readonly AlwaysOffSampler: new () => object
  readonly ConsoleSpanExporter: new () => import('./types.js').SpanExporter
}

export interface Resource {
  merge(other: Resource): Resource
}

export interface ResourcesModule {
  defaultResource(): Resource
  resourceFromAttributes(attributes: object): Resource
}

export interface CoreModule {
  suppressTracing(context: OtelContext): OtelContext
  readonly CompositePropagator: new (options: { propagators: object[] }) => object
  readonly W3CTraceContextPropagator: new () => object
  readonly W3CBaggagePropagator: new () => object
}

/** Serialises for OTLP. `otlp-transformer` comes with every OTLP exporter of OpenTelemetry. */
export interface TraceSerializer {
  serializeRequest(spans: readonly unknown[]): Uint8Array | undefined
  deserializeResponse(body: Uint8Array): {
    partialSuccess?: { rejectedSpans?: unknown; errorMessage?: string } | null
  }
}

export interface TransformerModule {
  readonly ProtobufTraceSerializer: TraceSerializer
  readonly JsonTraceSerializer: TraceSerializer
}

/** Resolves with the module, or with `undefined` when the package is not installed. */
export type Load = (name: string) => Promise<unknown>

/** The names of what is not installed. */
export interface Missing {
  readonly missing: readonly string[]
}

export const scope = '@opentelemetry/'

/** A loader that takes given modules first, and imports the rest. */
export function createLoad(given: Readonly<Record<string, object>> = {}): Load {
  return async (name) => given[name] ?? (await importOptional(name))
}

/** The packages that a provider is made of. Rejects when one is there and cannot be loaded. */
export async function loadPackages(load: Load): Promise<Packages | Missing> {
  const api = await load(`${scope}api`)
  const sdk = (await load(`${scope}sdk-trace`)) ?? (await load(`${scope}sdk-trace-node`))
  const [resources, core, hooks] = await Promise.all([
    load(`${scope}resources`),
    load(`${scope}core`),
    load(`${scope}context-async-hooks`),
  ])
  const missing = Object.entries({
    api,
    'sdk-trace': sdk,
    resources,
    core,
    'context-async-hooks': hooks,
  }).flatMap(([name, module]) => (module === undefined ? [scope + name] : []))
  if (missing.length > 0) return { missing }
  return { api, sdk, resources, core, hooks } as Packages
}

/** What serialises spans for OTLP. */
export async function loadTransformer(load: Load): Promise<TransformerModule | Missing> {
  const module = await load(`${scope}otlp-transformer`)
  if (module === undefined) return { missing: [`${scope}exporter-trace-otlp-proto`] }
  return module as TransformerModule
}

export function isMissing(value: object): value is Missing {
  return 'missing' in value
}

/**
 * Imports a package that need not be there.
 *
 * The name is no literal on purpose: bundlers leave the import alone, so that a bundle can be made without the package.
 */
async function importOptional(name: string): Promise<unknown> {
  try {
    const module: { default?: unknown } = await import(name)
    return module
  } catch (error) {
    if (isAbsent(error, name)) return undefined
    throw error
  }
}

/** Whether the package itself is absent, and not something that it needs. */
function isAbsent(error: unknown, name: string): boolean {
  if (!(error instanceof Error) || !('code' in error)) return false
  const absent = error.code === 'ERR_MODULE_NOT_FOUND' || error.code === 'MODULE_NOT_FOUND'
  return absent && (error.message.includes(`'${name}'`) || error.message.includes(`"${name}"`))
}
