import { activeOtelContext } from '../context/otel.js'
import type { ContextSpan } from '../context/types.js'

/** The server span that OpenTelemetry's HTTP instrumentation has begun for a request. */
export interface InstrumentedSpan {
  readonly span: ContextSpan
  route(): string | undefined
  /** Tells the instrumentation, whose metrics have the route too. */
  setRoute(route: string): void
}

// What OpenTelemetry's own packages share about a request: the HTTP instrumentation puts it there, those of frameworks add the
// route. It is there for requests that are not sampled, too.
const rpcKey = Symbol.for('OpenTelemetry SDK Context Key RPC_METADATA')

interface RpcMetadata {
  readonly type?: unknown
  readonly span?: ContextSpan & { readonly ended?: unknown }
  route?: unknown
}

/** The server span that another instrumentation has begun around the current call; `undefined` where there is none. */
export function instrumentedSpan(): InstrumentedSpan | undefined {
  const metadata = activeOtelContext()?.getValue(rpcKey) as RpcMetadata | undefined
  const span = metadata?.span
  if (metadata === undefined || metadata.type !== 'http' || span === undefined) return undefined
  // One that has ended was another request's, in whose scope the server began to listen.
  if (typeof span.spanContext !== 'function' || span.ended === true) return undefined
  return {
    span,
    route: () => (typeof metadata.route === 'string' ? metadata.route : undefined),
    setRoute(route) {
      metadata.route = route
    },
  }
}
