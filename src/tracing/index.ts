export { startTracing } from './start.js'
export type {
  SpanExporter,
  SpanProcessor,
  SpanSampler,
  Tracing,
  TracingHealth,
  TracingLogger,
  TracingOptions,
} from './types.js'
