export { createRedactingSpanProcessor } from './redacting-processor.js'
export { startTracing } from './start.js'
export type {
  Instrumentation,
  SpanExporter,
  SpanProcessor,
  SpanSampler,
  Tracing,
  TracingHealth,
  TracingLogger,
  TracingOptions,
} from './types.js'
