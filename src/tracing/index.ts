export { createRedactingSpanProcessor } from './redacting-processor.js'
export { type MainLogger, type RunMainOptions, runMain } from './run-main.js'
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
