import { type ExtractOptions, withoutTrace, withRemoteTrace } from '../propagation/index.js'
import { activeSpan } from '../spans/active-span.js'
import type { Span, SpanLink, SpanOptions } from '../spans/types.js'
import type { Connection } from './connection.js'
import { isObject, metaOf, type Params } from './messages.js'
import type { McpPeer } from './types.js'

const noTraceId = '0'.repeat(32)
const traceNames = ['traceparent', 'tracestate', 'baggage'] as const

/**
 * Runs `fn` in the trace that a message belongs to, as far as its sender may be believed: that of `_meta` is continued, and what
 * is active already, an HTTP request say, is linked. A sender who may not be believed changes nothing but a link.
 *
 * @param fn - Is given the parent and the links of the message's span.
 * @see https://modelcontextprotocol.io/community/seps/414-request-meta
 */
export function withMessageTrace<T>(
  connection: Connection,
  params: Params,
  extra: unknown,
  fn: (options: Pick<SpanOptions, 'parent' | 'links'>) => T,
): T {
  const { scoped } = connection.network
  const outer = scoped ? outerSpan() : undefined
  const meta = metaOf(params)
  const peer = peerOf(connection, extra)
  const options = extractOptions(connection, peer, judgedBefore(meta, peer, outer))
  const run = (): T =>
    withRemoteTrace(carrierOf(meta, peer), options, ({ parent, links }) =>
      fn(placeOf(parent, links, outer)),
    )
  return scoped ? run() : withoutTrace(run)
}

function placeOf(
  parent: { spanContext(): { spanId: string } } | undefined,
  links: readonly SpanLink[],
  outer: Span | undefined,
): Pick<SpanOptions, 'parent' | 'links'> {
  // Without an active span, what restarts the trace makes the link itself.
  if (outer === undefined) return {}
  if (parent === undefined) return links.length === 0 ? {} : { parent: outer, links }
  const context = outer.spanContext()
  return context.spanId === parent.spanContext().spanId ? {} : { links: [{ context }] }
}

function outerSpan(): Span | undefined {
  const span = activeSpan()
  return span.spanContext().traceId === noTraceId ? undefined : span
}

/**
 * What was decided about the HTTP request that brought the message: its own trace is the message's, so that both are believed, or it
 * was not continued, so that neither is.
 */
function judgedBefore(
  meta: Params | undefined,
  { headers }: McpPeer,
  outer: Span | undefined,
): boolean | undefined {
  if (outer === undefined) return undefined
  const { traceId } = outer.spanContext()
  if (traceIdIn(meta) === traceId) return true
  return [undefined, traceId].includes(traceIdIn(headers)) ? undefined : false
}

function traceIdIn(carrier: Params | undefined): string | undefined {
  const text = carrier?.['traceparent']
  return typeof text === 'string' ? text.slice(3, 35) : undefined
}

function extractOptions(
  { options, network }: Connection,
  peer: McpPeer,
  judged: boolean | undefined,
): ExtractOptions {
  const { trust, baggageFields, sampledBurst } = options
  const byDefault = network.local ? true : judged
  const sampledPerSecond =
    options.sampledPerSecond ?? (network.local ? Number.POSITIVE_INFINITY : undefined)
  const decided = typeof trust === 'function' ? () => trust(peer) : (trust ?? byDefault)
  return {
    peer: peer.address,
    ...(decided !== undefined && { trust: decided }),
    ...(sampledPerSecond !== undefined && { sampledPerSecond }),
    ...(sampledBurst !== undefined && { sampledBurst }),
    ...(baggageFields !== undefined && { baggageFields }),
  }
}

function peerOf(connection: Connection, extra: unknown): McpPeer {
  const { network } = connection
  const { address } = connection.remote()
  const { requestInfo, authInfo } = isObject(extra) ? extra : {}
  const headers = isObject(requestInfo) ? requestInfo['headers'] : undefined
  return {
    ...(network.transport !== undefined && { transport: network.transport }),
    ...(address !== undefined && { address }),
    ...(isObject(headers) && { headers }),
    ...(authInfo !== undefined && { authInfo }),
  }
}

/** Trace context by `_meta` alone; by the headers, whether somebody else is behind the address. */
function carrierOf(meta: Params | undefined, { headers }: McpPeer): object | undefined {
  if (meta === undefined) return undefined
  const carrier = new Map<string, unknown>()
  for (const [name, value] of Object.entries(headers ?? {})) {
    if (!isTraceName(name)) carrier.set(name, value)
  }
  for (const name of traceNames) if (Object.hasOwn(meta, name)) carrier.set(name, meta[name])
  return carrier
}

function isTraceName(name: string): boolean {
  return (traceNames as readonly string[]).includes(name.toLowerCase())
}
