import { checkCallback } from '../context/callback.js'
import type { Conventions, SpanConvention } from './convention-types.js'
import { conventions } from './conventions.js'
import {
  type AnyConvention,
  type DomainCallback,
  type DomainSpanOptions,
  type RunDomainSpan,
  runDomainSpan,
  type WithDomainSpan,
} from './domain.js'
import type { SpanRecorder } from './journal.js'
import { runPlugin, runPluginHook } from './plugin-chain.js'

/** The functions for domain spans, as `seclog/spans` has them, and a logger with a record of each span's end. */
export type DomainSpans = {
  readonly [Name in keyof Conventions]: Conventions[Name] extends SpanConvention<
    infer Fields,
    infer Outcome,
    infer Content
  >
    ? WithDomainSpan<Fields, Outcome, Content>
    : never
}

export type DomainSpanName = keyof DomainSpans

export const domainSpanNames: readonly DomainSpanName[] = Object.keys(
  conventions,
) as DomainSpanName[]

const runners: Partial<Record<DomainSpanName, RunDomainSpan>> = {
  withPluginHookSpan: runPluginHook,
  withPluginSpan: runPlugin,
}

/**
 * Runs the function of one domain span.
 *
 * @param recorder - Gets the records of the span; without one nothing is written.
 */
export function callDomainSpan(
  name: DomainSpanName,
  recorder: SpanRecorder | undefined,
  fields: object,
  optionsOrFn: DomainSpanOptions<string> | DomainCallback,
  fn?: DomainCallback,
): unknown {
  const convention = conventions[name] as unknown as AnyConvention
  const run = runners[name] ?? runDomainSpan
  checkCallback(name, typeof optionsOrFn === 'function' ? optionsOrFn : fn)
  return typeof optionsOrFn === 'function'
    ? run(convention, fields, undefined, optionsOrFn, recorder)
    : run(convention, fields, optionsOrFn, fn as DomainCallback, recorder)
}

function domainSpan<Name extends DomainSpanName>(name: Name): DomainSpans[Name] {
  const withDomainSpan = (
    fields: object,
    optionsOrFn: DomainSpanOptions<string> | DomainCallback,
    fn?: DomainCallback,
  ): unknown => callDomainSpan(name, undefined, fields, optionsOrFn, fn)
  return withDomainSpan as DomainSpans[Name]
}

/**
 * A query. Its text is recorded only when asked for; parameters never are.
 *
 * @see https://opentelemetry.io/docs/specs/semconv/db/database-spans/
 * @example
 * await withDatabaseSpan({ system: 'postgresql', operation: 'SELECT', collection: 'scans' }, () => db.query(text))
 */
export const withDatabaseSpan: DomainSpans['withDatabaseSpan'] = domainSpan('withDatabaseSpan')

/**
 * A call of another service. A status from 400 on, stated as outcome, is a failure.
 *
 * @see https://opentelemetry.io/docs/specs/semconv/http/http-spans/#http-client-span
 */
export const withExternalCallSpan: DomainSpans['withExternalCallSpan'] =
  domainSpan('withExternalCallSpan')

/**
 * Messages handed to a broker. Their bodies are never recorded.
 *
 * @see https://opentelemetry.io/docs/specs/semconv/messaging/messaging-spans/
 */
export const withPublishSpan: DomainSpans['withPublishSpan'] = domainSpan('withPublishSpan')

/**
 * Work on messages from a broker; link to their senders' spans with `links`.
 *
 * @see https://opentelemetry.io/docs/specs/semconv/messaging/messaging-spans/
 */
export const withConsumeSpan: DomainSpans['withConsumeSpan'] = domainSpan('withConsumeSpan')

/**
 * One run of an agent in this process; for one that runs elsewhere, give `kind: 'client'`.
 *
 * @see https://github.com/open-telemetry/semantic-conventions-genai
 */
export const withAgentSpan: DomainSpans['withAgentSpan'] = domainSpan('withAgentSpan')

/**
 * One call of a tool. Its arguments and result are recorded only when asked for.
 *
 * @see https://github.com/open-telemetry/semantic-conventions-genai
 * @example
 * await withToolSpan({ name: 'scan', callId }, async (span) => {
 *   const result = await scan()
 *   span.outcome({ isError: result.failed })
 * })
 */
export const withToolSpan: DomainSpans['withToolSpan'] = domainSpan('withToolSpan')

/**
 * A request of an MCP client, from sending it to its answer.
 *
 * @see https://github.com/open-telemetry/semantic-conventions-genai
 */
export const withMcpClientSpan: DomainSpans['withMcpClientSpan'] = domainSpan('withMcpClientSpan')

/**
 * A request that an MCP server answers; give the span of its transport in `links`.
 *
 * @see https://github.com/open-telemetry/semantic-conventions-genai
 */
export const withMcpServerSpan: DomainSpans['withMcpServerSpan'] = domainSpan('withMcpServerSpan')

/** A chain of plugins. What the plugin spans inside do to it is recorded here too: who stopped it, who modified it. */
export const withPluginHookSpan: DomainSpans['withPluginHookSpan'] =
  domainSpan('withPluginHookSpan')

/**
 * One plugin of a chain.
 *
 * @example
 * withPluginSpan({ name: 'pii filter' }, (span) => {
 *   if (filter(payload)) span.outcome('modified')
 * })
 */
export const withPluginSpan: DomainSpans['withPluginSpan'] = domainSpan('withPluginSpan')

/** A look-up in a cache: `hit`, `miss` or `stale`. The key is never recorded. */
export const withCacheSpan: DomainSpans['withCacheSpan'] = domainSpan('withCacheSpan')

/** A decision of a rate limit. Whom it is about is never recorded. */
export const withRateLimitSpan: DomainSpans['withRateLimitSpan'] = domainSpan('withRateLimitSpan')

/** An analysis with a verdict, a risk score and a number of findings; what was analysed is never recorded. */
export const withAnalysisSpan: DomainSpans['withAnalysisSpan'] = domainSpan('withAnalysisSpan')
