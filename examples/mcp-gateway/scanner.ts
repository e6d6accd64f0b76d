import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js'
import { pino } from 'pino'
import { createSecurityLogger } from 'seclog'
import { traceMcpServer } from 'seclog/mcp'
import { z } from 'zod'

// Standard output belongs to the protocol.
const log = createSecurityLogger({ service: 'scanner' }, pino.destination({ fd: 2, sync: true }))

const server = traceMcpServer(new McpServer({ name: 'scanner', version: '1.0.0' }), { log })

server.registerTool(
  'scan_lockfile',
  { description: 'Counts the packages of a lock file.', inputSchema: { path: z.string() } },
  async ({ path }) => {
    const text = await log.withSpan('read lock file', () => readFile(resolve(path), 'utf8'))
    const { packages = {} } = JSON.parse(text) as { packages?: Record<string, LockedPackage> }
    const found = Object.entries(packages).filter(([name]) => name !== '')
    const bare = found.filter(([, locked]) => locked.integrity === undefined && !locked.link)
    log.info({ packages: found.length, without_hash: bare.length }, 'lock file scanned')
    const sources = bare.map(([name, { resolved }]) => `${name} from ${resolved}`)
    return {
      content: [{ type: 'text', text: [`${found.length} packages`, ...sources].join('\n') }],
    }
  },
)

interface LockedPackage {
  readonly resolved?: string
  readonly integrity?: string
  readonly link?: boolean
}

await server.connect(new StdioServerTransport())
