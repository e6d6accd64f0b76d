import { recordHandlerErrors } from './handlers.js'
import { installPeer } from './install.js'
import type { McpProtocol, McpServerLike, McpTracingOptions } from './types.js'

/**
 * Traces what a `McpServer`, or a low-level `Server`, of `@modelcontextprotocol/sdk` receives and sends: a server span for each
 * request, in the trace that its `_meta` names, and a client span for each request of the server to its client. The server stays
 * what it is.
 *
 * Errors of handlers that are registered afterwards are recorded with their stacks, which no response has.
 *
 * @returns The same server. One that is traced already is left as it is.
 * @throws SeclogError `SECLOG_OPTION_INVALID`
 * @see https://github.com/open-telemetry/semantic-conventions-genai/blob/main/docs/gen-ai/mcp.md
 * @example
 * const server = traceMcpServer(new McpServer({ name: 'scanner', version: '1.0.0' }), { log })
 * server.registerTool('scan', { inputSchema }, ({ lockfile }) => scan(lockfile))
 */
export function traceMcpServer<S extends McpServerLike>(server: S, options: McpTracingOptions): S {
  const protocol = (server as { server?: McpProtocol } | null)?.server ?? (server as McpProtocol)
  if (installPeer(protocol, options, 'server')) recordHandlerErrors(server, protocol)
  return server
}
