import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js'
import { Server } from '@modelcontextprotocol/sdk/server/index.js'
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import {
  CallToolRequestSchema,
  ListToolsRequestSchema,
  McpError,
} from '@modelcontextprotocol/sdk/types.js'
import test from 'ava'
import { expectTypeOf } from 'expect-type'
import { createSecurityLogger } from '../../src/index.js'
import { traceMcpClient, traceMcpServer } from '../../src/mcp/index.js'
import { memoryDestination, traceTree } from '../../src/testing/index.js'
import { connectInMemory, inMemory, outline } from './both-ends.js'

const info = { name: 'plain', version: '1.0.0' }

test('a traced object is the same object, of the same type', (t) => {
  const log = createSecurityLogger({}, memoryDestination())
  const client = new Client(info)
  const server = new McpServer(info)
  const low = new Server(info, { capabilities: {} })
  t.is(traceMcpClient(client, { log }), client)
  t.is(traceMcpServer(server, { log }), server)
  t.is(traceMcpServer(low, { log }), low)
  t.true(client instanceof Client && server instanceof McpServer && low instanceof Server)
  t.deepEqual(Object.keys(client), Object.keys(new Client(info)))
  t.deepEqual(Object.keys(server), Object.keys(new McpServer(info)))
  t.is(client.request.length, new Client(info).request.length)
  t.is(client.connect.name, 'connect')
  expectTypeOf(traceMcpClient(client, { log })).toEqualTypeOf<Client>()
  expectTypeOf(traceMcpServer(server, { log })).toEqualTypeOf<McpServer>()
  expectTypeOf(traceMcpServer(low, { log })).toEqualTypeOf<Server>()
})

test('tracing twice is the same as tracing once', async (t) => {
  const destination = memoryDestination()
  const log = createSecurityLogger({ service: 'both' }, destination)
  const server = traceMcpServer(traceMcpServer(new McpServer(info), { log }), { log })
  traceMcpServer(server.server, { log })
  server.registerTool('scan', {}, () => ({ content: [] }))
  const client = traceMcpClient(traceMcpClient(new Client(info), { log }), { log })
  await connectInMemory(t, client, server)
  destination.clear()
  await client.callTool({ name: 'scan' })
  t.deepEqual(outline(traceTree(destination.records)[0]), [
    'both client tools/call scan',
    '  both internal mcp.client.request',
    '  both internal mcp.client.response',
    '  both server tools/call scan',
  ])
})

test('a client of an untraced server, and a server of an untraced client, work', async (t) => {
  const destination = memoryDestination()
  const log = createSecurityLogger({ service: 'one' }, destination)
  const bare = new McpServer(info)
  bare.registerTool('scan', {}, () => ({ content: [{ type: 'text', text: 'ok' }] }))
  const client = traceMcpClient(new Client(info), { log })
  await connectInMemory(t, client, bare)
  t.like(await client.callTool({ name: 'scan' }), { content: [{ text: 'ok' }] })

  const server = traceMcpServer(new McpServer(info), { log })
  server.registerTool('scan', {}, () => ({ content: [{ type: 'text', text: 'ok' }] }))
  const plain = new Client(info)
  await connectInMemory(t, plain, server)
  destination.clear()
  t.like(await plain.callTool({ name: 'scan' }), { content: [{ text: 'ok' }] })
  t.deepEqual(outline(traceTree(destination.records)[0]), ['one server tools/call scan'])
})

test('a low-level server is traced, whose handlers are set before and after', async (t) => {
  const destination = memoryDestination()
  const log = createSecurityLogger({ service: 'low' }, destination)
  const server = new Server(info, { capabilities: { tools: {} } })
  server.setRequestHandler(ListToolsRequestSchema, () => ({ tools: [] }))
  traceMcpServer(server, { log })
  server.setRequestHandler(CallToolRequestSchema, () => {
    throw new McpError(-32050, 'no tools today', { until: 'tomorrow' })
  })
  const client = new Client(info)
  await connectInMemory(t, client, server)
  destination.clear()
  t.deepEqual(await client.listTools(), { tools: [] })
  const error = await t.throwsAsync(client.callTool({ name: 'scan' }), { instanceOf: McpError })
  t.like(error, { code: -32050, data: { until: 'tomorrow' } })
  const [list, call] = traceTree(destination.records).flatMap(({ roots }) => roots)
  t.is(list?.name, 'tools/list')
  t.is(call?.attributes['error.type'], '-32050')
  t.is(call?.error?.type, 'McpError')
})

test('a client that is connected already is traced from there on', async (t) => {
  const destination = memoryDestination()
  const log = createSecurityLogger({ service: 'late' }, destination)
  const server = new McpServer(info)
  server.registerTool('scan', {}, () => ({ content: [] }))
  const client = new Client(info)
  await connectInMemory(t, client, server)
  traceMcpServer(server, { log })
  traceMcpClient(client, { log })
  await client.callTool({ name: 'scan' })
  t.deepEqual(outline(traceTree(destination.records)[0]), [
    'late client tools/call scan',
    '  late internal mcp.client.request',
    '  late internal mcp.client.response',
    '  late server tools/call scan',
  ])
})

test('a transport is given back as it was when its connection is closed', async (t) => {
  const log = createSecurityLogger({}, memoryDestination())
  const client = traceMcpClient(new Client(info), { log })
  const server = new McpServer(info)
  const [near, far] = InMemoryTransport.createLinkedPair()
  const before = Object.keys(near)
  await server.connect(far)
  await client.connect(near)
  t.is(client.transport, near)
  t.deepEqual(Object.keys(near).sort(), [...before, 'onclose', 'onerror', 'onmessage'].sort())
  await t.throwsAsync(client.connect(InMemoryTransport.createLinkedPair()[0]), {
    message: /Already connected/,
  })
  await client.close()
  t.false(Object.hasOwn(near, 'send') || Object.hasOwn(near, 'start'))
})

test('a transport that cannot be changed goes untraced, and works', async (t) => {
  const destination = memoryDestination()
  const client = traceMcpClient(new Client(info), {
    log: createSecurityLogger({ service: 'frozen' }, destination),
  })
  const server = new McpServer(info)
  server.registerTool('scan', {}, () => ({ content: [] }))
  const [near, far] = InMemoryTransport.createLinkedPair()
  Object.defineProperty(near, 'send', { value: near.send, configurable: false, writable: false })
  await server.connect(far)
  await client.connect(near)
  t.teardown(() => client.close())
  destination.clear()
  t.deepEqual(await client.callTool({ name: 'scan' }), { content: [] })
  t.deepEqual(outline(traceTree(destination.records)[0]), ['frozen client tools/call scan'])
})

test('without lifecycle spans a call is one span at the client', async (t) => {
  const { client, trees } = await inMemory(t, { client: { lifecycle: false } })
  await client.ping()
  t.deepEqual(outline(trees()[0]), ['gateway client ping', '  scanner server ping'])
})
