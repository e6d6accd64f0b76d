import { activeOtelContext, otelBaggageKey, otelSpanKey } from '../context/otel.js'
import { runInSpanScope } from '../context/scope.js'
import { warnOnce } from '../diagnostics.js'
import { entriesOf, textsOf } from './carrier.js'
import { type InjectOptions, injectTrace } from './inject.js'

/** Headers that belong to one request: trace context of W3C and of vendors, baggage, correlation ids. */
const perRequestNames: ReadonlySet<string> = new Set([
  'traceparent',
  'tracestate',
  'traceresponse',
  'baggage',
  'b3',
  'correlation-context',
  'correlation-id',
  'request-context',
  'request-id',
  'idempotency-key',
  'grpc-trace-bin',
  'grpc-tags-bin',
  'cf-ray',
  'jaeger-baggage',
  'jaeger-debug-id',
  'sentry-trace',
  'sw8',
  'uber-trace-id',
  'x-amz-cf-id',
  'x-amz-request-id',
  'x-amzn-requestid',
  'x-amzn-trace-id',
  'x-cloud-trace-context',
  'x-ms-client-request-id',
  'x-ms-request-id',
])
const perRequestForm =
  /^(?:x-b3-|x-datadog-|x-dynatrace|uberctx-|ot-tracer-|ot-baggage-|elastic-apm-)|(?:^|-)(?:trace|span|parent|request|correlation|transaction|parent-span|operation)-?id$|(?:^|-)(?:traceparent|tracestate|trace-context|span-context|correlation-context)$/

/**
 * Headers for a connection that serves many requests: without any that belong to one of them, and frozen, so that none can be
 * put in later.
 *
 * A header of a pooled session is sent with every request that the session ever makes. One request's `traceparent` in it would
 * put all the others into its trace, for as long as the session lives; its baggage and correlation ids would go along.
 *
 * @param headers - In any shape that can be listed.
 * @returns A frozen object of names in lower case. Values of one name are joined by a comma.
 * @example
 * const transport = new StreamableHTTPClientTransport(url, { requestInit: { headers: poolHeaders({ authorization }) } })
 */
export function poolHeaders(headers: object = {}): Readonly<Record<string, string>> {
  const pooled: Record<string, string> = Object.create(null)
  for (const [key, value] of entriesOf(listable(headers))) {
    const name = String(key).toLowerCase()
    const text = textsOf(value)?.join(', ') ?? ''
    if (isPerRequest(name)) refuse(name.replaceAll('_', '-'))
    else if (text !== '') pooled[name] = name in pooled ? `${pooled[name]}, ${text}` : text
  }
  return Object.freeze(pooled)
}

/**
 * Runs `fn` outside of every trace and request: no active span, no ambient fields, no baggage, for this library and for
 * OpenTelemetry. What `fn` starts stays outside: a pooled connection that is opened in it does not live on in the trace of the
 * request that happened to open it.
 *
 * @throws What `fn` throws.
 * @example
 * const session = (pool[url] ??= withoutTrace(() => connect(url)))
 */
export function withoutTrace<T>(fn: () => T): T {
  const otelContext = activeOtelContext()?.deleteValue(otelSpanKey).deleteValue(otelBaggageKey)
  return runInSpanScope({ span: undefined, otelContext, ambient: undefined }, fn)
}

/**
 * Params of one MCP message with the trace context of the active span in their `_meta`: the way to send it over a pooled
 * session. A copy, because params that are kept and sent again would pin the trace as headers do.
 *
 * @see https://modelcontextprotocol.io/community/seps/414-request-meta
 * @example
 * await client.request({ method: 'tools/call', params: injectMeta({ name: 'scan', arguments: { path } }) }, schema)
 */
export function injectMeta<T extends object>(
  params?: T,
  options?: InjectOptions,
): T & { _meta: Record<string, unknown> } {
  const { _meta } = (params ?? {}) as { _meta?: Readonly<Record<string, unknown>> }
  return { ...(params as T), _meta: injectTrace({ ..._meta }, options) }
}

function isPerRequest(name: string): boolean {
  const dashed = name.replaceAll('_', '-')
  return perRequestNames.has(dashed) || perRequestForm.test(dashed)
}

/** Names that are in no table may be a client's: they are neither shown nor given a warning each. */
function refuse(name: string): void {
  const header = perRequestNames.has(name) ? `The header ${JSON.stringify(name)}` : 'A header'
  warnOnce(
    `propagation:pooled:${perRequestNames.has(name) ? name : ''}`,
    `${header} belongs to one request and was left out of the headers of a pooled connection.`,
  )
}

/** `Headers` and gRPC's `Metadata` list themselves in ways of their own. */
function listable(headers: object): object {
  const { entries, getMap } = headers as { entries?: unknown; getMap?: unknown }
  if (Array.isArray(headers)) return headers
  if (typeof entries === 'function') return [...(headers as Headers).entries()]
  return typeof getMap === 'function' ? (getMap.call(headers) as object) : headers
}
