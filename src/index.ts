export type { LineLimits, LogFormat } from './config/logger.js'
export type { ServiceOption } from './config/resource.js'
export { type ActiveTrace, activeTrace } from './context/active.js'
export { traceMixin } from './context/mixin.js'
export { type FileDestination, type FileHealth, fileDestination } from './destinations/file.js'
export type { FileDestinationOptions } from './destinations/file-options.js'
export { errorCodes, SeclogError, type SeclogErrorCode } from './errors.js'
export {
  type CaptureConsoleOptions,
  type CapturedConsole,
  captureConsole,
} from './logger/capture-console.js'
export { createSecurityLogger } from './logger/create-logger.js'
export {
  installProcessHandlers,
  type ProcessHandlerOptions,
  type ProcessHandlers,
} from './logger/process-handlers.js'
export type {
  DetachedSpan,
  LoggerHealth,
  SecurityLogger,
  SecurityLoggerMethods,
  SecurityLoggerOptions,
  SpanRecordOptions,
} from './logger/types.js'
export { activeSpan, addSpanAttributes, addSpanEvent } from './spans/active-span.js'
export { type TracedOptions, traced } from './spans/traced.js'
export type {
  Span,
  SpanAttributes,
  SpanContext,
  SpanKind,
  SpanLink,
  SpanOptions,
  SpanStatus,
  TimeInput,
  TraceState,
} from './spans/types.js'
export { withSpan } from './spans/with-span.js'
export {
  type Instrumentation,
  type MainLogger,
  type RunMainOptions,
  runMain,
  type SpanExporter,
  type SpanProcessor,
  type SpanSampler,
  startTracing,
  type Tracing,
  type TracingHealth,
  type TracingLogger,
  type TracingOptions,
} from './tracing/index.js'
