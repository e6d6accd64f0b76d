import { currentSpan, readTrace } from '../context/active.js'
import {
  activeOtelContext,
  type OtelBaggage,
  type OtelBaggageEntry,
  otelBaggageKey,
} from '../context/otel.js'
import { currentScope, type RemoteState, type SpanIdentity } from '../context/scope.js'
import { warnOnce } from '../diagnostics.js'
import { formatBaggage } from './baggage.js'
import type { Carrier } from './carrier.js'
import { remoteState } from './remote-state.js'
import { formatTraceparent, randomFlag } from './traceparent.js'
import { parseTraceState } from './tracestate.js'
import { type CarrierChanges, writeCarrier } from './write-carrier.js'

export interface InjectOptions {
  /** The span that the request is made for. @defaultValue the active one */
  readonly span?: { spanContext(): SpanIdentity }
  /** `false` sends none; an object is added to what the scope carries. @defaultValue true */
  readonly baggage?: boolean | Readonly<Record<string, string>>
}

/**
 * Writes the trace context of the active span into a carrier: `traceparent`, `tracestate` and `baggage`. Never throws.
 *
 * Afterwards the carrier says what the current scope says and nothing else: what stood under these names before, such as headers
 * copied from another request, is gone. Baggage passes the redactor.
 *
 * @param carrier - Headers in any shape, or MCP's `_meta`. For headers of a pooled connection see `poolHeaders`.
 * @returns The carrier.
 * @see https://www.w3.org/TR/trace-context-2/#mutating-the-traceparent-field
 * @example
 * await fetch(url, { headers: injectTrace({ accept: 'application/json' }) })
 */
export function injectTrace<T extends Carrier>(carrier: T, options: InjectOptions = {}): T {
  try {
    writeCarrier(carrier, outgoing(options))
  } catch {
    warnOnce(
      'propagation:carrier',
      'A carrier could not be written; its request has no trace context.',
    )
  }
  return carrier
}

/** What is to be sent: the names that are left out of it are `undefined`. */
export function outgoing({ span = currentSpan(), baggage = true }: InjectOptions): CarrierChanges {
  const remote = remoteState(currentScope())
  const trace = span && readTrace(span)
  return new Map([
    ['traceparent', trace && formatTraceparent(withRandom(trace, remote))],
    ['tracestate', trace && span && stateOf(span)],
    ['baggage', baggage === false ? undefined : formatBaggage(entriesOf(remote, baggage))],
  ])
}

/** A trace id that came as random still is; OpenTelemetry's SDK forgets the flag. */
function withRandom(trace: SpanIdentity, remote: RemoteState | undefined): SpanIdentity {
  if (remote?.trace?.traceId !== trace.traceId) return trace
  return { ...trace, traceFlags: trace.traceFlags | (remote.trace.traceFlags & randomFlag) }
}

function stateOf(span: { spanContext(): SpanIdentity }): string | undefined {
  try {
    const { traceState } = span.spanContext() as { traceState?: { serialize(): unknown } }
    const text = traceState?.serialize()
    // Whoever made it: only what is valid goes into a header.
    return typeof text === 'string' ? parseTraceState([text])?.serialize() : undefined
  } catch {
    return undefined
  }
}

function entriesOf(
  remote: RemoteState | undefined,
  more: true | Readonly<Record<string, string>>,
): Map<string, OtelBaggageEntry> {
  const entries = new Map<string, OtelBaggageEntry>()
  if (more !== true) for (const [key, value] of Object.entries(more)) entries.set(key, { value })
  try {
    // With a context manager the scope of a request has put its baggage there, where others may have changed it.
    const active = activeOtelContext()
    const carried =
      active === undefined
        ? remote?.baggage
        : (active.getValue(otelBaggageKey) as OtelBaggage | undefined)
    for (const [key, entry] of carried?.getAllEntries() ?? []) {
      if (!entries.has(key)) entries.set(key, entry)
    }
  } catch {
    // Somebody else's baggage that cannot be read is none.
  }
  return entries
}
