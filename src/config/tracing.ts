import { readVariable, reportBadVariable } from './environment.js'
import {
  hasOtlpEndpoint,
  maskUrl,
  type OtlpCompression,
  type OtlpConfig,
  type OtlpProtocol,
  resolveOtlp,
} from './otlp.js'
import { type ResourceValue, resolveResource, type ServiceOption } from './resource.js'
import {
  firstVariable,
  longestTimeout,
  readBoolean,
  resolveName,
  resolveNumber,
} from './variables.js'

export type TracesExporter = 'otlp' | 'console' | 'none'
export type PropagatorName = 'tracecontext' | 'baggage' | 'none'

/** How spans wait to be sent. Each setting has the default of OpenTelemetry's batch span processor. */
export interface BatchOptions {
  /** Spans that may wait; what comes beyond is dropped and counted. @defaultValue 2048 */
  readonly queueSize?: number
  /** Spans of one request. @defaultValue 512 */
  readonly batchSize?: number
  /** Longest time that a span waits for a fuller batch, in milliseconds. @defaultValue 5000 */
  readonly delayMs?: number
  /** Longest time of one export by an exporter of your own, in milliseconds. @defaultValue 30000 */
  readonly exportTimeoutMs?: number
}

/** What one span may hold. `Infinity` is no limit. */
export interface SpanLimitOptions {
  readonly attributeCountLimit?: number
  readonly attributeValueLengthLimit?: number
  readonly eventCountLimit?: number
  readonly linkCountLimit?: number
  readonly attributePerEventCountLimit?: number
  readonly attributePerLinkCountLimit?: number
}

/** The settings of {@link TracingOptions} that have a counterpart in the environment; an option wins over it. */
export interface TracingSettings {
  /** Name, version and environment of this service. @defaultValue `OTEL_SERVICE_NAME`, `OTEL_RESOURCE_ATTRIBUTES` */
  readonly service?: string | ServiceOption
  /** Further attributes of the resource. They win over `OTEL_RESOURCE_ATTRIBUTES`. */
  readonly resourceAttributes?: Readonly<Record<string, ResourceValue>>
  /** Base URL of an OTLP/HTTP receiver; `/v1/traces` is appended unless it ends so. @defaultValue `http://localhost:4318` */
  readonly endpoint?: string
  /** Headers of every export request. */
  readonly headers?: Readonly<Record<string, string>>
  /** @defaultValue 'http/protobuf' */
  readonly protocol?: OtlpProtocol
  /** @defaultValue 'none' */
  readonly compression?: OtlpCompression
  /** Longest time of one OTLP export with all its retries, in milliseconds. @defaultValue 10000 */
  readonly timeoutMs?: number
  /** Share of new traces that is sampled, 0 to 1; a trace begun elsewhere keeps the decision made there. @defaultValue 1 */
  readonly ratio?: number
  /** Which headers carry a trace from service to service. @defaultValue `['tracecontext', 'baggage']` */
  readonly propagators?: readonly PropagatorName[]
  readonly batch?: BatchOptions
  readonly spanLimits?: SpanLimitOptions
}

/** The one frozen configuration of tracing. */
export interface TracingConfig {
  readonly disabled: boolean
  readonly resource: Readonly<Record<string, ResourceValue>>
  /** Exporters by name; empty when none is wanted. */
  readonly exporters: readonly Exclude<TracesExporter, 'none'>[]
  readonly otlp: OtlpConfig
  readonly sampler: { readonly parentBased: boolean; readonly ratio: number }
  readonly propagators: readonly Exclude<PropagatorName, 'none'>[]
  readonly batch: Required<BatchOptions>
  readonly spanLimits: SpanLimitOptions
}

const samplers = {
  always_on: { parentBased: false, ratio: 1 },
  always_off: { parentBased: false, ratio: 0 },
  traceidratio: { parentBased: false, ratio: undefined },
  parentbased_always_on: { parentBased: true, ratio: 1 },
  parentbased_always_off: { parentBased: true, ratio: 0 },
  parentbased_traceidratio: { parentBased: true, ratio: undefined },
} as const

/**
 * Options over environment over OpenTelemetry's defaults; a value that cannot be used is said once and its default taken.
 *
 * @param exporter - Exporter by name, or `'own'` where the caller brings exporters or processors of its own.
 * @see https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/
 */
export function resolveTracing(
  settings: TracingSettings = {},
  exporter?: TracesExporter | 'own',
): TracingConfig {
  return deepFreeze({
    disabled: readBoolean('OTEL_SDK_DISABLED') ?? readBoolean('OTEL_ENABLED') === false,
    resource: resolveResource(settings.service, settings.resourceAttributes),
    exporters: resolveExporters(exporter),
    otlp: resolveOtlp(settings),
    sampler: resolveSampler(settings.ratio),
    propagators: resolvePropagators(settings.propagators),
    batch: resolveBatch(settings.batch ?? {}),
    spanLimits: { ...resolveSpanLimits(), ...settings.spanLimits },
  })
}

/** The configuration as it may be shown: values of headers and credentials of the URL are masked. */
export function maskTracing(config: TracingConfig): TracingConfig {
  const headers = Object.keys(config.otlp.headers).map((name) => [name, '***'])
  const otlp = {
    ...config.otlp,
    url: maskUrl(config.otlp.url),
    headers: Object.fromEntries(headers),
  }
  return deepFreeze({ ...config, otlp })
}

function resolveExporters(
  exporter: TracesExporter | 'own' | undefined,
): TracingConfig['exporters'] {
  if (exporter === 'own' || exporter === 'none') return []
  if (exporter !== undefined) return [exporter]
  const given = firstVariable('OTEL_TRACES_EXPORTER')
  if (given === undefined) return ['otlp']
  const found = new Set<TracesExporter>()
  for (const value of given.value.split(',')) {
    found.add(resolveName({ ...given, value }, ['otlp', 'console', 'none'], 'otlp'))
  }
  found.delete('none')
  return [...found] as TracingConfig['exporters']
}

/** Whether the environment asks for an exporter by name or by endpoint. */
export function environmentAsksForExporter(): boolean {
  return readVariable('OTEL_TRACES_EXPORTER') !== undefined || hasOtlpEndpoint()
}

function resolveSampler(option: number | undefined): TracingConfig['sampler'] {
  const arg = ['OTEL_TRACES_SAMPLER_ARG', 'OTEL_SAMPLING_RATE'] as const
  const ratio = (): number =>
    resolveNumber({ name: 'the option ratio', value: option }, arg, {
      min: 0,
      max: 1,
      fallback: 1,
      clamp: true,
    })
  if (option !== undefined) return { parentBased: true, ratio: ratio() }
  const names = Object.keys(samplers) as (keyof typeof samplers)[]
  const given = firstVariable('OTEL_TRACES_SAMPLER')
  // A ratio without a sampler's name is meant: the specification would ignore it.
  const name = resolveName(
    given,
    names,
    given ? 'parentbased_always_on' : 'parentbased_traceidratio',
  )
  const sampler = samplers[name]
  return { parentBased: sampler.parentBased, ratio: sampler.ratio ?? ratio() }
}

function resolvePropagators(
  option: readonly PropagatorName[] | undefined,
): TracingConfig['propagators'] {
  const given = firstVariable('OTEL_PROPAGATORS')
  const names = option ?? given?.value.split(',') ?? ['tracecontext', 'baggage']
  const found = new Set<PropagatorName>()
  for (const name of names) {
    const value = name.trim().toLowerCase()
    if (value === 'tracecontext' || value === 'baggage' || value === 'none') found.add(value)
    else {
      const source = option === undefined ? 'OTEL_PROPAGATORS' : 'the option propagators'
      reportBadVariable(source, value, 'is not known here', 'the rest of the list')
    }
  }
  return (found.has('none') ? [] : [...found]) as TracingConfig['propagators']
}

function resolveBatch(batch: BatchOptions): Required<BatchOptions> {
  const number = (name: keyof BatchOptions, variable: string, fallback: number, min = 1) =>
    Math.floor(
      resolveNumber({ name: `the option batch.${name}`, value: batch[name] }, [variable], {
        min,
        max: longestTimeout,
        fallback,
      }),
    )
  const queueSize = number('queueSize', 'OTEL_BSP_MAX_QUEUE_SIZE', 2048)
  const batchSize = number('batchSize', 'OTEL_BSP_MAX_EXPORT_BATCH_SIZE', 512)
  return {
    queueSize,
    batchSize: Math.min(batchSize, queueSize),
    delayMs: number('delayMs', 'OTEL_BSP_SCHEDULE_DELAY', 5_000, 0),
    exportTimeoutMs: number('exportTimeoutMs', 'OTEL_BSP_EXPORT_TIMEOUT', 30_000),
  }
}

/** Neither generation's `sdk-trace` reads these variables, so they are read here. */
function resolveSpanLimits(): SpanLimitOptions {
  const rule = { min: 0, max: Number.MAX_SAFE_INTEGER }
  const limit = (names: readonly string[], fallback: number): number =>
    Math.floor(resolveNumber({ name: '', value: undefined }, names, { ...rule, fallback }))
  const length = ['OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT', 'OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT']
  return {
    attributeCountLimit: limit(
      ['OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT', 'OTEL_ATTRIBUTE_COUNT_LIMIT'],
      128,
    ),
    attributeValueLengthLimit: limit(length, Number.POSITIVE_INFINITY),
    eventCountLimit: limit(['OTEL_SPAN_EVENT_COUNT_LIMIT'], 128),
    linkCountLimit: limit(['OTEL_SPAN_LINK_COUNT_LIMIT'], 128),
    attributePerEventCountLimit: limit(['OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT'], 128),
    attributePerLinkCountLimit: limit(['OTEL_LINK_ATTRIBUTE_COUNT_LIMIT'], 128),
  }
}

function deepFreeze<T extends object>(value: T): T {
  for (const inner of Object.values(value)) {
    if (typeof inner === 'object' && inner !== null) deepFreeze(inner)
  }
  return Object.freeze(value)
}
