import { recordHandlerErrors } from './handlers.js'
import { installPeer } from './install.js'
import type { McpClientTracingOptions, McpProtocol } from './types.js'

/**
 * Traces what a `Client` of `@modelcontextprotocol/sdk` sends and receives: a client span for each request, with the trace context
 * in its `_meta`, and a server span for each request of the server to the client. The client stays what it is.
 *
 * @returns The same client. One that is traced already is left as it is.
 * @throws SeclogError `SECLOG_OPTION_INVALID`
 * @see https://github.com/open-telemetry/semantic-conventions-genai/blob/main/docs/gen-ai/mcp.md
 * @example
 * const client = traceMcpClient(new Client({ name: 'gateway', version: '1.0.0' }), { log })
 * await client.connect(transport)
 */
export function traceMcpClient<C extends McpProtocol>(
  client: C,
  options: McpClientTracingOptions,
): C {
  const first = installPeer(client, { lifecycle: true, ...options }, 'client')
  if (first) recordHandlerErrors(client, client)
  return client
}
