export { promote } from './promote.js'
export type { PromotionHealth } from './promotion-buffer.js'
export { createRedactingSpanProcessor } from './redacting-processor.js'
export { type MainLogger, type RunMainOptions, runMain } from './run-main.js'
export {
  type KeepOptions,
  type SecuritySampler,
  type SecuritySamplerOptions,
  securitySampler,
} from './security-sampler.js'
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
