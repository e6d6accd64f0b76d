export { traceMcpClient } from './trace-client.js'
export { traceMcpServer } from './trace-server.js'
export type {
  McpClientTracingOptions,
  McpPeer,
  McpProtocol,
  McpServerLike,
  McpTracingOptions,
  McpTrust,
} from './types.js'
