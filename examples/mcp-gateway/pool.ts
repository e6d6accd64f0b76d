import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js'
import type { SecurityLogger } from 'seclog'
import { traceMcpClient } from 'seclog/mcp'
import { withoutTrace } from 'seclog/propagation'

/** Sessions to server processes: one for each server, opened when it is first needed, and shared by all requests. */
export interface SessionPool {
  session(server: string): Promise<Client>
  close(): Promise<void>
}

/**
 * @param servers - The script of each server.
 * @param stderr - File descriptor for the lines of the servers.
 */
export function createSessionPool(
  log: SecurityLogger,
  servers: Readonly<Record<string, string>>,
  stderr: number,
): SessionPool {
  const sessions = new Map<string, Promise<Client>>()

  async function open(server: string): Promise<Client> {
    const script = servers[server]
    if (script === undefined) throw new Error(`There is no server ${server}.`)
    const client = traceMcpClient(new Client({ name: 'gateway', version: '1.0.0' }), { log })
    client.onclose = () => sessions.delete(server)
    const { execPath } = process
    await client.connect(new StdioClientTransport({ command: execPath, args: [script], stderr }))
    return client
  }

  return {
    session(server) {
      const known = sessions.get(server)
      if (known !== undefined) return known
      // Whoever comes first does not put the session into the trace of their request: it outlives the request.
      const opened = withoutTrace(() => open(server))
      sessions.set(server, opened)
      opened.catch(() => sessions.delete(server))
      return opened
    },
    async close() {
      const open = await Promise.allSettled(sessions.values())
      await Promise.all(
        open.map((it) => (it.status === 'fulfilled' ? it.value.close() : undefined)),
      )
    },
  }
}
