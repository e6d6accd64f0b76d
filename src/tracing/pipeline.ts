import type { TracingConfig } from '../config/tracing.js'
import { runInScope } from '../context/scope.js'
import { OtlpSender } from './otlp.js'
import {
  isMissing,
  type Load,
  loadTransformer,
  type Missing,
  type Packages,
  type SdkModule,
  type TracerProvider,
} from './packages.js'
import { BatchQueue, type Outside, type QueueSurroundings } from './queue.js'
import { redactBefore } from './redacting-processor.js'
import { createResource } from './resource.js'
import { isSecuritySampler } from './security-sampler.js'
import { createExporterSender, type Sender } from './sender.js'
import type { SpanExporter, SpanProcessor, SpanSampler } from './types.js'

/** The parts that the caller brings. */
export interface OwnParts {
  readonly exporters: readonly SpanExporter[]
  readonly spanProcessors: readonly SpanProcessor[]
  readonly sampler: SpanSampler | undefined
}

/** A provider with its way out. */
export interface Pipeline {
  readonly provider: TracerProvider
  readonly queues: readonly BatchQueue[]
}

export function createOutside({ api, core }: Packages): Outside {
  const quiet = core.suppressTracing(api.ROOT_CONTEXT)
  const scope = { span: undefined, otelContext: quiet, ambient: undefined }
  return (fn) => api.context.with(quiet, () => runInScope(scope, fn))
}

/** Builds the provider; registers nothing. Throws when a part of the configuration cannot be used. */
export async function createPipeline(
  packages: Packages,
  load: Load,
  config: TracingConfig,
  own: OwnParts,
  surroundings: Omit<QueueSurroundings, 'batch'>,
): Promise<Pipeline | Missing> {
  const senders = await createSenders(packages, load, config, own.exporters)
  if (!Array.isArray(senders)) return senders
  const { redaction } = surroundings
  const queues = senders.map(
    (sender) => new BatchQueue(sender, { ...surroundings, batch: config.batch }),
  )
  const processors = [...queues, ...own.spanProcessors.map((next) => redactBefore(next, redaction))]
  const Provider = packages.sdk.TracerProvider ?? packages.sdk.NodeTracerProvider
  if (Provider === undefined) throw new Error('The SDK of OpenTelemetry has no tracer provider.')
  const provider = new Provider({
    resource: createResource(packages.resources, config, redaction),
    sampler: own.sampler ?? createSampler(packages.sdk, config.sampler),
    spanLimits: config.spanLimits,
    spanProcessors: isSecuritySampler(own.sampler)
      ? [own.sampler.processor(...processors)]
      : processors,
  })
  return { provider, queues }
}

async function createSenders(
  packages: Packages,
  load: Load,
  config: TracingConfig,
  exporters: readonly SpanExporter[],
): Promise<Sender[] | Missing> {
  const senders: Sender[] = []
  const timeoutMs = config.batch.exportTimeoutMs
  for (const name of config.exporters) {
    if (name === 'console') {
      senders.push(createExporterSender(new packages.sdk.ConsoleSpanExporter(), timeoutMs))
      continue
    }
    const transformer = await loadTransformer(load)
    if (isMissing(transformer)) return transformer
    const json = config.otlp.protocol === 'http/json'
    const serializer = json ? transformer.JsonTraceSerializer : transformer.ProtobufTraceSerializer
    senders.push(new OtlpSender(config.otlp, serializer))
  }
  for (const exporter of exporters) senders.push(createExporterSender(exporter, timeoutMs))
  return senders
}

function createSampler(sdk: SdkModule, { ratio, parentBased }: TracingConfig['sampler']): object {
  const root =
    ratio >= 1
      ? new sdk.AlwaysOnSampler()
      : ratio <= 0
        ? new sdk.AlwaysOffSampler()
        : new sdk.TraceIdRatioBasedSampler(ratio)
  return parentBased ? new sdk.ParentBasedSampler({ root }) : root
}
