import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import { z } from 'zod'
import { type SecurityLogger, withSpan } from '../../src/index.js'
import { type McpTracingOptions, traceMcpServer } from '../../src/mcp/index.js'

/** A server with something of everything that a trace can tell of. */
export function createScanner(
  log: SecurityLogger,
  options: Omit<McpTracingOptions, 'log'> = {},
): McpServer {
  const server = traceMcpServer(
    new McpServer(
      { name: 'scanner', version: '1.0.0' },
      { capabilities: { logging: {}, tools: { listChanged: true }, resources: {}, prompts: {} } },
    ),
    { log, ...options },
  )
  const text = (value: string) => ({ content: [{ type: 'text' as const, text: value }] })
  server.registerTool('scan', { inputSchema: { lockfile: z.string() } }, ({ lockfile }) => {
    log.info({ characters: lockfile.length }, 'scanning')
    return withSpan('parse', () => text(`${lockfile.length} characters`))
  })
  server.registerTool('wait', { inputSchema: { id: z.string() } }, async ({ id }) => {
    for (let turns = id.length + Math.floor(Math.random() * 5); turns > 0; turns -= 1) {
      await new Promise((resolve) => setImmediate(resolve))
    }
    log.info({ call: id }, 'waited')
    return text(id)
  })
  server.registerTool('echo', { inputSchema: { text: z.string() } }, ({ text: said }) => text(said))
  server.registerTool('throw', { inputSchema: { text: z.string() } }, ({ text: said }) => {
    throw new Error(said)
  })
  server.registerTool('deny', {}, () => ({ ...text('not for you'), isError: true }))
  server.registerTool('break', {}, () => {
    throw new RangeError('no such lock file')
  })
  server.registerTool('hang', {}, ({ signal, sendNotification, _meta }) => {
    return new Promise((resolve) => {
      signal.addEventListener('abort', () => {
        log.info('gave up')
        resolve(text('gave up'))
      })
      const progressToken = _meta?.progressToken
      if (progressToken === undefined) return
      const params = { progressToken, progress: 0 }
      void sendNotification({ method: 'notifications/progress', params })
    })
  })
  server.registerTool('progress', {}, async ({ sendNotification, _meta }) => {
    const progressToken = _meta?.progressToken ?? 0
    await sendNotification({
      method: 'notifications/progress',
      params: { progressToken, progress: 1, total: 2 },
    })
    return text('done')
  })
  server.registerTool('ask', {}, async () => {
    const { roots } = await server.server.listRoots()
    return text(roots.map(({ uri }) => uri).join())
  })
  server.registerResource('rules', 'file:///rules.json?token=s3cr3t-t0ken-1', {}, (uri) => ({
    contents: [{ uri: uri.href, text: '[]' }],
  }))
  server.registerPrompt('review', { argsSchema: { code: z.string() } }, ({ code }) => ({
    messages: [{ role: 'user', content: { type: 'text', text: code } }],
  }))
  return server
}
