import { currentSpan } from '../context/active.js'
import {
  activeOtelContext,
  type OtelBaggage,
  type OtelContext,
  otelBaggageKey,
  otelSpanKey,
} from '../context/otel.js'
import { currentScope, runInSpanScope, type Scope } from '../context/scope.js'
import type { Carrier } from './carrier.js'
import { type ExtractedTrace, type ExtractOptions, extract, type RemoteTrace } from './extract.js'
import { createRestart, type RemoteSpan } from './remote-span.js'
import { remoteState } from './remote-state.js'

/**
 * Runs `fn` as part of the trace that a carrier belongs to: spans begun in it are children of the sender's span, for this
 * library and for OpenTelemetry, and requests sent from it carry the sender's baggage on.
 *
 * Where the sender is not trusted, the trace restarts: the first spans in it are roots with new ids and a link to the sender's,
 * and every line has the sender's ids under `upstream`. A carrier without a valid `traceparent` changes nothing.
 *
 * @param carrier - Headers in any shape, or MCP's `_meta`.
 * @throws What `fn` throws, and nothing else.
 * @example
 * withRemoteTrace(request.headers, { peer: request.socket.remoteAddress }, () =>
 *   log.withSpan('GET /scans', { kind: 'server' }, () => handle(request, response)),
 * )
 */
export function withRemoteTrace<T>(
  carrier: Carrier | undefined,
  options: ExtractOptions,
  fn: (remote: RemoteTrace) => T,
): T {
  const { entries, ...remote } = extract(carrier, options)
  const { parent, upstream } = remote
  if (parent === undefined && upstream === undefined && entries === undefined) return fn(remote)
  return runInSpanScope(remoteScope({ ...remote, entries }), fn, remote)
}

function remoteScope({ parent, links, fields, entries }: ExtractedTrace): Scope {
  const outer = currentScope()
  const active = activeOtelContext()
  const [link] = links
  const before = link === undefined ? remoteState(outer) : undefined
  const baggage = entries ?? before?.baggage
  return {
    span: link === undefined ? (parent ?? currentSpan(outer)) : createRestart(link.context),
    otelContext: active && otelContextOf(active, parent, entries, link !== undefined),
    ambient: {
      fields,
      outer: outer?.ambient,
      remote: { trace: parent?.spanContext() ?? before?.trace, baggage },
    },
  }
}

function otelContextOf(
  active: OtelContext,
  parent: RemoteSpan | undefined,
  baggage: OtelBaggage | undefined,
  restarts: boolean,
): OtelContext {
  if (restarts) return active.deleteValue(otelSpanKey).deleteValue(otelBaggageKey)
  const context = parent === undefined ? active : active.setValue(otelSpanKey, parent)
  return baggage === undefined ? context : context.setValue(otelBaggageKey, baggage)
}
