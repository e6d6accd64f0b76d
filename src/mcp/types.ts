import type { SecurityLogger } from '../logger/types.js'
import type { SpanAttributes } from '../spans/types.js'

/** Who is at the other end of a connection, as far as the transport tells. */
export interface McpPeer {
  /** `pipe` for stdio, `tcp` for HTTP and WebSocket; absent where the transport does not tell. */
  readonly transport?: 'pipe' | 'tcp'
  /** IP address of the other end of the connection; absent without a socket. */
  readonly address?: string
  /** Headers of the HTTP request that brought the message. */
  readonly headers?: Readonly<Record<string, unknown>>
  /** What the transport's authentication found out. */
  readonly authInfo?: unknown
}

/** Whose trace context in `_meta` is continued: everyone's, no one's, those in a network, those the function says `true` for. */
export type McpTrust = boolean | readonly string[] | ((peer: McpPeer) => boolean)

export interface McpTracingOptions {
  /** Where spans write their records. */
  readonly log: SecurityLogger<never>
  /**
   * @defaultValue The other end of a pipe, and of a transport within the process, is trusted; over HTTP a peer on a loopback,
   * private or link-local address for whom no forwarding header speaks, and one whose HTTP request is of the same trace.
   */
  readonly trust?: McpTrust
  /** How many `sampled` flags of trusted peers are honoured in a second. @defaultValue 10 over a network, all over a pipe */
  readonly sampledPerSecond?: number
  /** How many of them are honoured at once after a rest. @defaultValue `sampledPerSecond`, and at least 1 */
  readonly sampledBurst?: number
  /** Keys of the other end's baggage that become log fields. @defaultValue none */
  readonly baggageFields?: readonly string[]
  /** What is put into `_meta` of what is sent; `'trace'` leaves the baggage out. @defaultValue true */
  readonly inject?: boolean | 'trace'
  /** Which notifications have spans of their own. @defaultValue all but `notifications/progress` and `notifications/message` */
  readonly notifications?: boolean | ((method: string) => boolean)
  /** Whether arguments and results of tools are recorded: redacted, then cut to the logger's limits. @defaultValue neither */
  readonly record?: { readonly arguments?: boolean; readonly results?: boolean }
  /** On every span: `server.address`, say. */
  readonly attributes?: SpanAttributes
}

export interface McpClientTracingOptions extends McpTracingOptions {
  /** Spans within a call: for handing over the request, and for reading the response. @defaultValue true */
  readonly lifecycle?: boolean
}

/** The least that is asked of a `Client` or a low-level `Server` of `@modelcontextprotocol/sdk`. */
export interface McpProtocol {
  connect(transport: never, options?: never): Promise<void>
  request(request: never, resultSchema: never, options?: never): Promise<unknown>
}

/** A `McpServer`, or a low-level `Server`. */
export type McpServerLike = McpProtocol | { readonly server: McpProtocol }

/** The SDK's `Transport`, structurally. */
export interface McpTransport {
  start(): Promise<void>
  send(message: unknown, options?: unknown): Promise<void>
  onmessage?: ((message: unknown, extra?: unknown) => void) | undefined
  onclose?: (() => void) | undefined
  readonly sessionId?: string | undefined
}
