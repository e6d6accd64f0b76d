/** OpenTelemetry as an application sets it up: a provider, a batch processor, an exporter that drops what it gets. */
import { load } from './project.mjs'

/** Registers a provider and gives what the cases need of it. */
export async function registerOpenTelemetry({ sampled = true, security = false } = {}) {
  const { trace, context } = await load('@opentelemetry/api')
  const { AlwaysOffSampler, AlwaysOnSampler, BatchSpanProcessor, NodeTracerProvider } = await load(
    '@opentelemetry/sdk-trace-node',
  )
  const { AsyncLocalStorageContextManager } = await load('@opentelemetry/context-async-hooks')
  const exporter = {
    export: (_spans, done) => done({ code: 0 }),
    shutdown: async () => {},
    forceFlush: async () => {},
  }
  // A queue that no batch of calls fills: spans that are dropped cost less than spans that are kept.
  const processor = new BatchSpanProcessor(exporter, {
    maxQueueSize: 1 << 20,
    maxExportBatchSize: 1 << 20,
    scheduledDelayMillis: 1 << 30,
  })
  const usual = sampled ? new AlwaysOnSampler() : new AlwaysOffSampler()
  const { securitySampler } = await load('seclog/tracing')
  const recording = security ? securitySampler({ ratio: 0 }) : undefined
  const provider = new NodeTracerProvider({
    sampler: recording ?? usual,
    spanProcessors: [recording?.processor(processor) ?? processor],
  })
  provider.register({ contextManager: new AsyncLocalStorageContextManager() })
  const tracer = trace.getTracer('bench')
  const contexts = Array.from({ length: 64 }, () =>
    trace.setSpan(context.active(), tracer.startSpan('bench')),
  )
  return {
    tracer,
    context,
    contexts,
    drain: () => provider.forceFlush(),
  }
}
