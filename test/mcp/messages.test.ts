import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js'
import {
  ListRootsRequestSchema,
  ToolListChangedNotificationSchema,
} from '@modelcontextprotocol/sdk/types.js'
import test from 'ava'
import { createSecurityLogger } from '../../src/index.js'
import { memoryDestination, traceTree } from '../../src/testing/index.js'
import {
  connectInMemory,
  createGatewayClient,
  inMemory,
  outline,
  recordOf,
  spansNamed,
} from './both-ends.js'
import { createScanner } from './server.js'

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

test('connecting is one trace: the handshake and its notification', async (t) => {
  const lines = memoryDestination()
  const client = createGatewayClient(createSecurityLogger({ service: 'gateway' }, lines))
  await connectInMemory(
    t,
    client,
    createScanner(createSecurityLogger({ service: 'scanner' }, lines)),
  )
  const [tree, ...others] = traceTree(lines.records)
  t.deepEqual(others, [])
  t.deepEqual(outline(tree), [
    'gateway internal mcp.client.initialize',
    '  gateway client initialize',
    '    scanner server initialize',
    '    gateway internal mcp.client.request',
    '    gateway internal mcp.client.response',
    '  gateway client notifications/initialized',
    '    scanner server notifications/initialized',
  ])
  const [initialize] = spansNamed([tree as never], 'initialize')
  t.is(initialize?.attributes['mcp.protocol.version'], '2025-11-25')
})

test('a request of the server to its client is part of the call that it serves', async (t) => {
  const { client, log, trees } = await inMemory(t)
  client.setRequestHandler(ListRootsRequestSchema, () => {
    log.info('asked for roots')
    return { roots: [{ uri: 'file:///work' }] }
  })
  t.like(await client.callTool({ name: 'ask' }), { content: [{ text: 'file:///work' }] })
  const [tree, ...others] = trees()
  t.deepEqual(others, [])
  t.deepEqual(outline(tree), [
    'gateway client tools/call ask',
    '  gateway internal mcp.client.request',
    '  gateway internal mcp.client.response',
    '  scanner server tools/call ask',
    '    scanner client roots/list',
    '      gateway server roots/list',
  ])
  const [, roots] = spansNamed(trees(), 'roots/list')
  t.deepEqual(
    roots?.lines.map(({ message }) => message),
    ['asked for roots'],
  )
})

test('a request that the client cannot serve fails at both ends', async (t) => {
  const { client, trees } = await inMemory(t)
  client.removeRequestHandler(ListRootsRequestSchema.shape.method.value)
  t.like(await client.callTool({ name: 'ask' }), { isError: true })
  t.deepEqual(
    spansNamed(trees(), 'roots/list').map(({ attributes }) => attributes['error.type']),
    ['-32601', '-32601'],
  )
})

test('progress is an event of the call, and its callback runs in the scope of the caller', async (t) => {
  const { client, log, trees } = await inMemory(t)
  await log.withSpan('submit', () =>
    log.withFields({ tenant: 'acme' }, () =>
      client.callTool({ name: 'progress' }, undefined, {
        onprogress: ({ progress }) => log.info({ progress }, 'progress'),
      }),
    ),
  )
  const [call] = spansNamed(trees(), 'tools/call progress')
  t.like(call?.lines[0], { message: 'progress', fields: { progress: 1, tenant: 'acme' } })
  const { events } = recordOf(call)
  t.is(events?.length, 1)
  t.like(events?.[0], { name: 'notifications/progress', attributes: { progress: 1, total: 2 } })
  t.deepEqual(spansNamed(trees(), 'notifications/progress'), [])
})

test('a notification is a span at both ends, in one trace, and its handler runs in it', async (t) => {
  const lines = memoryDestination()
  const log = createSecurityLogger({ service: 'gateway' }, lines)
  const server = createScanner(createSecurityLogger({ service: 'scanner' }, lines))
  const client = createGatewayClient(log)
  await connectInMemory(t, client, server)
  client.setNotificationHandler(ToolListChangedNotificationSchema, () => log.info('tools changed'))
  lines.clear()
  server.sendToolListChanged()
  await turn()
  const [tree, ...others] = traceTree(lines.records)
  t.deepEqual(others, [])
  t.deepEqual(outline(tree), [
    'scanner client notifications/tools/list_changed',
    '  gateway server notifications/tools/list_changed',
  ])
  t.like(tree?.roots[0]?.children[0]?.lines[0], { message: 'tools changed' })
})

test('which notifications have spans can be said', async (t) => {
  const names = async (notifications: boolean | ((method: string) => boolean)) => {
    const lines = memoryDestination()
    const log = createSecurityLogger({ service: 'gateway' }, lines)
    const server = createScanner(createSecurityLogger({}, lines), { notifications })
    const client = createGatewayClient(log, { notifications })
    await connectInMemory(t, client, server)
    lines.clear()
    await server.sendLoggingMessage({ level: 'info', data: 'hello' })
    server.sendPromptListChanged()
    await turn()
    return traceTree(lines.records).flatMap(({ roots }) => roots.map(({ name }) => name))
  }
  t.deepEqual(await names(true), ['notifications/message', 'notifications/prompts/list_changed'])
  t.deepEqual(await names(false), [])
  t.deepEqual(await names((method) => method === 'notifications/message'), [
    'notifications/message',
  ])
})

test('a function of notifications that throws costs the trace, not the message', async (t) => {
  const lines = memoryDestination()
  const server = createScanner(createSecurityLogger({}, lines), {
    notifications: () => {
      throw new Error('mine')
    },
  })
  const client = new Client({ name: 'plain', version: '1.0.0' })
  let changes = 0
  client.setNotificationHandler(ToolListChangedNotificationSchema, () => {
    changes += 1
  })
  await connectInMemory(t, client, server)
  server.sendToolListChanged()
  await turn()
  t.is(changes, 1)
})

test('arguments and results are recorded only if they are asked for, and redacted then', async (t) => {
  const secret = 'ghp_16C7e42F292c6912E7710c838347Ae178B4a'
  const args = { lockfile: `token ${secret}`, password: 'hunter2!' }
  const quiet = await inMemory(t)
  await quiet.client.callTool({ name: 'scan', arguments: args })
  await quiet.client.getPrompt({ name: 'review', arguments: { code: secret } })
  t.false(/ghp_|hunter2|lockfile|characters"\]/.test(JSON.stringify(quiet.trees())))

  const record = { arguments: true, results: true }
  const told = await inMemory(t, { client: { record }, server: { record } })
  await told.client.callTool({ name: 'scan', arguments: args })
  for (const { attributes } of spansNamed(told.trees(), 'tools/call scan')) {
    const recorded = JSON.stringify(attributes)
    t.false(/ghp_|hunter2/.test(recorded), recorded)
    t.like(attributes['gen_ai.tool.call.arguments'], { password: '[Redacted]' })
    t.like(attributes['gen_ai.tool.call.result'], {
      content: [{ type: 'text', text: '46 characters' }],
    })
  }
})

test('what is sent on can be limited, or left out', async (t) => {
  const sent = async (inject: boolean | 'trace'): Promise<unknown> => {
    const client = createGatewayClient(createSecurityLogger({}, memoryDestination()), { inject })
    const [near, far] = InMemoryTransport.createLinkedPair()
    const seen: { method?: string; params?: { _meta?: unknown } }[] = []
    await createScanner(createSecurityLogger({}, memoryDestination())).connect(far)
    const { onmessage } = far
    far.onmessage = (message, extra) => {
      seen.push(message as never)
      onmessage?.(message, extra)
    }
    await client.connect(near)
    await client.listTools({ _meta: { mine: 1 } })
    await client.close()
    return seen.find(({ method }) => method === 'tools/list')?.params?._meta
  }
  t.deepEqual(await sent(false), { mine: 1 })
  t.deepEqual(Object.keys((await sent('trace')) as object), ['mine', 'traceparent'])
  t.deepEqual(Object.keys((await sent(true)) as object), ['mine', 'traceparent'])
})
