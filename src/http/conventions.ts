/**
 * Names of OpenTelemetry's conventions for HTTP spans: stable, of semantic-conventions 1.44.0 (2026-08-20).
 *
 * @see https://opentelemetry.io/docs/specs/semconv/http/http-spans/
 */
export const spanKeys = {
  method: 'http.request.method',
  methodOriginal: 'http.request.method_original',
  resendCount: 'http.request.resend_count',
  requestHeader: 'http.request.header.',
  responseHeader: 'http.response.header.',
  status: 'http.response.status_code',
  route: 'http.route',
  urlFull: 'url.full',
  urlPath: 'url.path',
  urlQuery: 'url.query',
  urlScheme: 'url.scheme',
  serverAddress: 'server.address',
  serverPort: 'server.port',
  clientAddress: 'client.address',
  peerAddress: 'network.peer.address',
  peerPort: 'network.peer.port',
  protocolVersion: 'network.protocol.version',
  userAgent: 'user_agent.original',
  errorType: 'error.type',
} as const

/** Names of the request log's fields that the spans' conventions do not have: those of Elastic Common Schema 9. */
export const logKeys = {
  category: 'event.category',
  type: 'event.type',
  outcome: 'event.outcome',
  duration: 'duration_ms',
  requestBytes: 'http.request.body.bytes',
  responseBytes: 'http.response.body.bytes',
  requestId: 'http.request.id',
  requestIdReplaced: 'http.request.id_replaced',
  version: 'http.version',
  clientIp: 'client.ip',
} as const

const methods: ReadonlySet<string> = new Set([
  'CONNECT',
  'DELETE',
  'GET',
  'HEAD',
  'OPTIONS',
  'PATCH',
  'POST',
  'PUT',
  'QUERY',
  'TRACE',
])

/** A request's method: `name` begins the span's name and has few values, whatever a client sends. */
export interface MethodNames {
  readonly name: string
  readonly attribute: string
  /** Only where the attribute does not say it. */
  readonly original?: string
}

const other: MethodNames = { name: 'HTTP', attribute: '_OTHER' }

export function methodNames(method: string): MethodNames {
  return methods.has(method)
    ? { name: method, attribute: method }
    : { ...other, original: method.slice(0, 64) }
}
