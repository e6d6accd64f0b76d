import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createSecurityLogger } from 'seclog'
import { setRequestError, setRequestRoute, traceHttpHandler } from 'seclog/http'
import { type Payload, runHook } from './plugins.js'
import { createSessionPool } from './pool.js'

const route = /^\/tools\/([\w-]{1,64})$/
const largestBody = 64 * 1024

interface Answer {
  readonly status: number
  readonly body: object
}

const log = createSecurityLogger({ service: 'gateway' })
const [scanner = '', stderr = '2'] = process.argv.slice(2)
const pool = createSessionPool(log, { scanner }, Number(stderr))

/** `POST /tools/{name}` calls a tool, between the plugins of the hooks before and after. */
async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { status, body } = await answer(request).catch((error: unknown) => {
    setRequestError(request, error)
    return { status: 502, body: { error: 'the tool could not be called' } }
  })
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

async function answer(request: IncomingMessage): Promise<Answer> {
  const [, tool] = route.exec(request.url ?? '') ?? []
  if (request.method !== 'POST' || tool === undefined) return { status: 404, body: {} }
  setRequestRoute(request, '/tools/{name}')
  const path = await readPath(request)
  if (path === undefined) return { status: 400, body: { error: 'a path is needed' } }
  const before = runHook(log, 'tool_pre_invoke', { tool, path })
  if ('stop' in before) {
    log.warn({ plugin: before.plugin, reason: before.stop }, 'tool call denied')
    return { status: 403, body: { error: before.stop } }
  }
  const called = await callTool(before.payload)
  if (called === undefined) return { status: 422, body: { error: 'the tool failed' } }
  const after = runHook(log, 'tool_post_invoke', called)
  if ('stop' in after) return { status: 403, body: { error: after.stop } }
  return { status: 200, body: { text: after.payload.text } }
}

async function callTool(payload: Payload): Promise<Payload | undefined> {
  const session = await pool.session('scanner')
  const { tool, path } = payload
  const result = await session.callTool({ name: tool, arguments: { path } })
  if (result.isError === true) return undefined
  const content = result.content as readonly { readonly text?: string }[]
  return { ...payload, text: content.map(({ text = '' }) => text).join('\n') }
}

async function readPath(request: IncomingMessage): Promise<string | undefined> {
  let text = ''
  for await (const chunk of request.setEncoding('utf8')) {
    text += chunk
    if (text.length > largestBody) return undefined
  }
  try {
    const { path } = JSON.parse(text) as { path?: unknown }
    return typeof path === 'string' ? path : undefined
  } catch {
    return undefined
  }
}

const server = createServer(traceHttpHandler(handle, { log })).listen(0, '127.0.0.1')
await once(server, 'listening')
process.send?.({ port: (server.address() as AddressInfo).port })
process.once('disconnect', async () => {
  server.close()
  await pool.close()
  await log.close()
})
