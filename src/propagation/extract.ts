import { formatTraceFlags } from '../context/mixin.js'
import type { OtelBaggage } from '../context/otel.js'
import type { SpanIdentity } from '../context/scope.js'
import { parseBaggage } from './baggage.js'
import { redactValue } from './baggage-values.js'
import { type Carrier, type CarrierValues, readCarrier } from './carrier.js'
import { RemoteSpan, type RemoteSpanContext } from './remote-span.js'
import { sharedBucket } from './token-bucket.js'
import { parseTraceparent, sampledFlag } from './traceparent.js'
import { parseTraceState } from './tracestate.js'
import { forwardingNames, isTrusted, type Trust } from './trust.js'

export interface ExtractOptions {
  /**
   * @defaultValue A `peer` on a loopback, private or link-local address is trusted, unless a forwarding header says that the
   * request came from elsewhere. Without a `peer` no one is.
   */
  readonly trust?: Trust
  /** IP address of the other end of the connection: `request.socket.remoteAddress`. */
  readonly peer?: string | undefined
  /** How many `sampled` flags of trusted peers are honoured in a second; `Infinity` for all. @defaultValue 10 */
  readonly sampledPerSecond?: number
  /** How many of them are honoured at once after a rest. @defaultValue `sampledPerSecond`, and at least 1 */
  readonly sampledBurst?: number
  /** Keys of baggage that become log fields. @defaultValue none */
  readonly baggageFields?: readonly string[]
}

/** What a carrier says of the trace that it belongs to, as far as it may be believed. */
export interface RemoteTrace {
  /** Whether the trace of the carrier, if it has one, is continued. */
  readonly trusted: boolean
  /** The span to continue; only from a trusted peer. */
  readonly parent?: RemoteSpan
  /** The span that is not continued, as an untrusted peer claims it. Its ids are valid; its flags are a claim. */
  readonly upstream?: SpanIdentity
  /** For the first span of the restarted trace: a link to `upstream`. Empty when the trace is continued. */
  readonly links: readonly { readonly context: RemoteSpanContext }[]
  /** Of a trusted peer; decoded and without control characters, not redacted. */
  readonly baggage: ReadonlyMap<string, string>
  /** For log lines: `upstream` of an untrusted peer; the allowed baggage of a trusted one, redacted, 256 characters each. */
  readonly fields: Readonly<Record<string, unknown>>
}

/** With what {@link withRemoteTrace} needs beside. */
export interface ExtractedTrace extends RemoteTrace {
  readonly entries: OtelBaggage | undefined
}

const traceNames = ['traceparent', 'tracestate', 'baggage'] as const
const traceOnly: ReadonlySet<string> = new Set(traceNames)
const withForwarding: ReadonlySet<string> = new Set([...traceNames, ...forwardingNames])
const defaultRate = 10
const longestField = 256

/**
 * Reads the trace context that a carrier has, if its sender may be believed. Never throws.
 *
 * An untrusted peer can neither choose our trace ids, nor have its requests sampled or left out, nor put baggage into them.
 *
 * @param carrier - Headers in any shape, or MCP's `_meta`; what is none has no trace.
 * @see https://www.w3.org/TR/trace-context-2/#security-considerations
 * @example
 * const { parent, links } = extractTrace(message.headers, { trust: true })
 * withSpan('process orders', { kind: 'consumer', links, ...(parent && { parent }) }, work)
 */
export function extractTrace(
  carrier: Carrier | undefined,
  options: ExtractOptions = {},
): RemoteTrace {
  const { entries: _, ...remote } = extract(carrier, options)
  return remote
}

/** As {@link extractTrace}. */
export function extract(carrier: Carrier | undefined, options: ExtractOptions): ExtractedTrace {
  const names = options.trust === undefined ? withForwarding : traceOnly
  const values = readCarrier(carrier, names)
  if (values === undefined) return nothing(false)
  const trusted = isTrusted(options.trust, options.peer, values)
  const identity = identityOf(values)
  return trusted ? continued(values, identity, options) : restarted(identity)
}

function identityOf(values: CarrierValues): SpanIdentity | undefined {
  const [text, ...more] = values.get('traceparent') ?? []
  // Of two that differ none can be believed, and the standard allows one only.
  return text === undefined || more.length > 0 ? undefined : parseTraceparent(text)
}

function nothing(trusted: boolean): ExtractedTrace {
  return { trusted, links: [], baggage: new Map(), fields: {}, entries: undefined }
}

function restarted(identity: SpanIdentity | undefined): ExtractedTrace {
  if (identity === undefined) return nothing(false)
  const { traceId, spanId, traceFlags } = identity
  const upstream = {
    trace_id: traceId,
    span_id: spanId,
    trace_flags: formatTraceFlags(traceFlags),
  }
  return {
    ...nothing(false),
    upstream: identity,
    // Without their flags: a sampler that looks at links shall not follow them either.
    links: [{ context: { traceId, spanId, traceFlags: 0, isRemote: true } }],
    fields: { upstream },
  }
}

function continued(
  values: CarrierValues,
  identity: SpanIdentity | undefined,
  options: ExtractOptions,
): ExtractedTrace {
  const entries = parseBaggage(values.get('baggage') ?? [])
  const baggage = new Map(entries?.getAllEntries().map(([key, { value }]) => [key, value]))
  const remote = { ...nothing(true), baggage, entries, fields: fieldsOf(baggage, options) }
  if (identity === undefined) return remote
  const traceState = parseTraceState(values.get('tracestate') ?? [])
  const context: RemoteSpanContext = {
    traceId: identity.traceId,
    spanId: identity.spanId,
    traceFlags: limited(identity.traceFlags, options),
    isRemote: true,
    ...(traceState !== undefined && { traceState }),
  }
  return { ...remote, parent: new RemoteSpan(context) }
}

/** The flags, without `sampled` if more of it has come than is honoured. */
function limited(traceFlags: number, options: ExtractOptions): number {
  if ((traceFlags & sampledFlag) === 0) return traceFlags
  const perSecond = options.sampledPerSecond ?? defaultRate
  const burst = options.sampledBurst ?? Math.max(perSecond, 1)
  return sharedBucket(perSecond, burst).take() ? traceFlags : traceFlags & ~sampledFlag
}

function fieldsOf(
  baggage: ReadonlyMap<string, string>,
  { baggageFields = [] }: ExtractOptions,
): Readonly<Record<string, unknown>> {
  // As own properties, whatever they are called.
  return Object.fromEntries(
    baggageFields.flatMap((key) => {
      const value = baggage.get(key)
      // Redacted first and cut afterwards, so that no half of a secret is left unmatched.
      const safe = value === undefined ? undefined : redactValue(key, value)
      return safe === undefined ? [] : [[key, cut(safe)]]
    }),
  )
}

function cut(text: string): string {
  if (text.length <= longestField) return text
  const last = text.charCodeAt(longestField - 1)
  const splitsPair = last >= 0xd800 && last <= 0xdbff
  return text.slice(0, splitsPair ? longestField - 1 : longestField)
}
