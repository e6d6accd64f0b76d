import type {
  AgentFields,
  AgentOutcome,
  AnalysisFields,
  AnalysisOutcome,
  CacheFields,
  CacheOutcome,
  ConsumeFields,
  ConsumeOutcome,
  DatabaseFields,
  DatabaseOutcome,
  ExternalCallFields,
  ExternalCallOutcome,
  McpClientFields,
  McpOutcome,
  McpServerFields,
  PluginFields,
  PluginHookFields,
  PluginHookOutcome,
  PluginOutcome,
  PublishFields,
  PublishOutcome,
  RateLimitFields,
  RateLimitOutcome,
  ToolFields,
  ToolOutcome,
} from './domain-field-types.js'
import type { SpanKind } from './types.js'

/** Where names come from, and how firm they are. */
export interface ConventionSource {
  readonly status: 'stable' | 'development' | 'own'
  readonly version: string
  /** The day on which the names were read there. */
  readonly date: string
}

/** The wire name of a field; with `write`, what is written in place of its value. */
export type WireName =
  | string
  | { readonly key: string; readonly write: (value: unknown) => unknown }

/** What an outcome says about a failure. */
export interface StatedFailure {
  /** The `error.type`. */
  readonly type: string
  readonly message?: string | undefined
}

/** How one sort of work is written as a span. */
export interface SpanConvention<Fields, Outcome, Content extends string = never> {
  readonly source: ConventionSource
  /** The first whose attributes are all there is the name. */
  readonly names: readonly string[]
  readonly kind: SpanKind
  /** Attributes of every such span; a field of the same name goes before. */
  readonly fixed?: Readonly<Record<string, string>>
  /** Attributes of a span one of whose attributes has this value. */
  readonly when?: {
    readonly key: string
    readonly is: string
    readonly attributes: Readonly<Record<string, string>>
  }
  /** The wire names of all fields; `undefined` for what is no attribute. */
  readonly keys: { readonly [K in keyof Required<Fields & Outcome>]: WireName | undefined }
  /** Fields that hold what people wrote, recorded when asked for. */
  readonly content?: readonly Content[]
  /** What an outcome that is a single word is about. */
  readonly word?: keyof Outcome & string
  /** The outcome of work that succeeds without one. */
  readonly assumed?: Outcome
  readonly failure?: (outcome: Outcome) => StatedFailure | undefined
}

/** The conventions by the function that follows them. */
export interface Conventions {
  readonly withDatabaseSpan: SpanConvention<DatabaseFields, DatabaseOutcome, 'queryText'>
  readonly withExternalCallSpan: SpanConvention<ExternalCallFields, ExternalCallOutcome>
  readonly withPublishSpan: SpanConvention<PublishFields, PublishOutcome>
  readonly withConsumeSpan: SpanConvention<ConsumeFields, ConsumeOutcome>
  readonly withAgentSpan: SpanConvention<AgentFields, AgentOutcome>
  readonly withToolSpan: SpanConvention<ToolFields, ToolOutcome, 'arguments' | 'result'>
  readonly withMcpClientSpan: SpanConvention<McpClientFields, McpOutcome, 'arguments' | 'result'>
  readonly withMcpServerSpan: SpanConvention<McpServerFields, McpOutcome, 'arguments' | 'result'>
  readonly withPluginHookSpan: SpanConvention<PluginHookFields, PluginHookOutcome>
  readonly withPluginSpan: SpanConvention<PluginFields, PluginOutcome>
  readonly withCacheSpan: SpanConvention<CacheFields, CacheOutcome>
  readonly withRateLimitSpan: SpanConvention<RateLimitFields, RateLimitOutcome>
  readonly withAnalysisSpan: SpanConvention<AnalysisFields, AnalysisOutcome>
}

/** The wire names of all fields of an interface. */
export type Keys<Fields> = { readonly [K in keyof Required<Fields>]: WireName | undefined }
