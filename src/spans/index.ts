export type { DomainSpan, DomainSpanOptions, WithDomainSpan, WordOf } from './domain.js'
export type * from './domain-field-types.js'
export {
  type DomainSpans,
  withAgentSpan,
  withAnalysisSpan,
  withCacheSpan,
  withConsumeSpan,
  withDatabaseSpan,
  withExternalCallSpan,
  withMcpClientSpan,
  withMcpServerSpan,
  withPluginHookSpan,
  withPluginSpan,
  withPublishSpan,
  withRateLimitSpan,
  withToolSpan,
} from './domain-spans.js'
export { type TracedOptions, traced } from './traced.js'
export {
  type TracedAgentOptions,
  type TracedToolOptions,
  tracedAgent,
  tracedTool,
} from './traced-domain.js'
export type { Span, SpanAttributes, SpanKind, SpanLink, SpanOptions } from './types.js'
