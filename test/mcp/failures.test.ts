import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js'
import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js'
import { Server } from '@modelcontextprotocol/sdk/server/index.js'
import {
  CallToolRequestSchema,
  ErrorCode,
  ListRootsRequestSchema,
  ListToolsRequestSchema,
  McpError,
} from '@modelcontextprotocol/sdk/types.js'
import test from 'ava'
import { z } from 'zod'
import { createSecurityLogger } from '../../src/index.js'
import { memoryDestination, traceTree } from '../../src/testing/index.js'
import {
  connectInMemory,
  createGatewayClient,
  type Ends,
  inMemory,
  overStdio,
  spansNamed,
} from './both-ends.js'
import { createScanner } from './server.js'

interface Told {
  readonly kind: string | undefined
  readonly status: string
  readonly type: unknown
  readonly code: unknown
  readonly message: string | undefined
}

function told({ trees }: Ends, name: string): readonly Told[] {
  return spansNamed(trees(), name).map(({ kind, status, attributes, statusMessage }) => ({
    kind,
    status,
    type: attributes['error.type'],
    code: attributes['rpc.response.status_code'],
    message: statusMessage,
  }))
}

test('a tool that answers with an error has failed at both ends, and its text is not recorded', async (t) => {
  const ends = await inMemory(t)
  const result = await ends.client.callTool({ name: 'deny' })
  t.deepEqual(result, { content: [{ type: 'text', text: 'not for you' }], isError: true })
  const failed = { status: 'error', type: 'tool_error', code: undefined, message: undefined }
  t.deepEqual(told(ends, 'tools/call deny'), [
    { kind: 'client', ...failed },
    { kind: 'server', ...failed },
  ])
  t.false(JSON.stringify(ends.lines()).includes('not for you'))
})

test('the stack of an error that a tool threw is in the record of the server', async (t) => {
  const ends = await inMemory(t)
  t.like(await ends.client.callTool({ name: 'break' }), { isError: true })
  const [, server] = spansNamed(ends.trees(), 'tools/call break')
  t.is(server?.attributes['error.type'], 'tool_error')
  t.like(server?.error, { type: 'RangeError', message: 'no such lock file' })
  t.regex(String(server?.error?.stack), /at .*server\.ts/)
})

test('a JSON-RPC error is told by its code and message at both ends, and reaches the caller untouched', async (t) => {
  const ends = await inMemory(t)
  const error = await t.throwsAsync(ends.client.readResource({ uri: 'file:///none' }), {
    instanceOf: McpError,
  })
  t.is((error as McpError).code, ErrorCode.InvalidParams)
  const failed = {
    status: 'error',
    type: '-32602',
    code: '-32602',
    message: 'MCP error -32602: Resource file:///none not found',
  }
  t.deepEqual(told(ends, 'resources/read'), [
    { kind: 'client', ...failed },
    { kind: 'server', ...failed },
  ])
})

test('a method that nobody handles has a span too', async (t) => {
  const ends = await inMemory(t)
  await t.throwsAsync(ends.client.request({ method: 'ghosts/list' } as never, z.object({})))
  const failed = { status: 'error', type: '-32601', code: '-32601', message: 'Method not found' }
  t.deepEqual(told(ends, 'ghosts/list'), [
    { kind: 'client', ...failed },
    { kind: 'server', ...failed },
  ])
})

test('a request that the caller cancels ends as cancelled at both ends, within the trace', async (t) => {
  const ends = await inMemory(t)
  const controller = new AbortController()
  const call = ends.client.callTool({ name: 'hang' }, undefined, { signal: controller.signal })
  await new Promise((resolve) => setImmediate(resolve))
  controller.abort('enough')
  await t.throwsAsync(call)
  await new Promise((resolve) => setImmediate(resolve))
  t.deepEqual(told(ends, 'tools/call hang'), [
    {
      kind: 'client',
      status: 'error',
      type: 'cancelled',
      code: undefined,
      message: 'The caller cancelled the request.',
    },
    {
      kind: 'server',
      status: 'error',
      type: 'cancelled',
      code: undefined,
      message: 'The other end cancelled the request.',
    },
  ])
  const [, server] = spansNamed(ends.trees(), 'tools/call hang')
  t.deepEqual(
    server?.lines.map(({ message }) => message),
    ['gave up'],
  )
  t.is(ends.trees().length, 1)
})

test('a request without a response in time ends as timed out', async (t) => {
  const ends = await inMemory(t)
  await t.throwsAsync(ends.client.callTool({ name: 'hang' }, undefined, { timeout: 1 }))
  await new Promise((resolve) => setImmediate(resolve))
  t.deepEqual(
    told(ends, 'tools/call hang').map(({ kind, type }) => [kind, type]),
    [
      ['client', 'timeout'],
      ['server', 'cancelled'],
    ],
  )
})

test('a connection that is closed ends what was under way on both ends', async (t) => {
  const ends = await inMemory(t)
  const call = ends.client.callTool({ name: 'hang' })
  await new Promise((resolve) => setImmediate(resolve))
  await ends.client.close()
  await t.throwsAsync(call, { instanceOf: McpError })
  await new Promise((resolve) => setImmediate(resolve))
  t.deepEqual(
    told(ends, 'tools/call hang').map(({ kind, type }) => [kind, type]),
    [
      ['client', 'connection_closed'],
      ['server', 'connection_closed'],
    ],
  )
  await t.throwsAsync(ends.client.ping(), { message: 'Not connected' })
  t.is(told(ends, 'ping')[0]?.status, 'error')
})

test('a server process that dies ends the calls it was asked', async (t) => {
  const ends = await overStdio(t)
  const transport = ends.client.transport as unknown as { pid: number }
  const call = ends.client.callTool({ name: 'hang' })
  process.kill(transport.pid, 'SIGKILL')
  await t.throwsAsync(call, { instanceOf: McpError })
  t.is(told(ends, 'tools/call hang')[0]?.type, 'connection_closed')
})

test('a result that does not match its schema fails the call of the client alone', async (t) => {
  const ends = await inMemory(t)
  const request = { method: 'tools/call', params: { name: 'scan', arguments: { lockfile: '' } } }
  const error = await t.throwsAsync(
    ends.client.request(request as never, z.object({ content: z.string() })),
  )
  t.truthy(error)
  const [client, server] = told(ends, 'tools/call scan')
  t.is(client?.status, 'error')
  t.is(server?.status, 'unset')
})

test('a result that does not match the schema of its tool fails the call of the client', async (t) => {
  const lines = memoryDestination()
  const server = new Server({ name: 'liar', version: '1.0.0' }, { capabilities: { tools: {} } })
  const outputSchema = { type: 'object' as const, required: ['count'] }
  const tool = { name: 'lie', inputSchema: { type: 'object' as const }, outputSchema }
  server.setRequestHandler(ListToolsRequestSchema, () => ({ tools: [tool] }))
  server.setRequestHandler(CallToolRequestSchema, () => ({ content: [], structuredContent: {} }))
  const client = createGatewayClient(createSecurityLogger({}, lines), { lifecycle: false })
  await connectInMemory(t, client, server)
  await client.listTools()
  lines.clear()
  const error = await t.throwsAsync(client.callTool({ name: 'lie' }), {
    instanceOf: McpError,
    message: /does not match the tool's output schema/,
  })
  const [call, ...others] = traceTree(lines.records).flatMap(({ roots }) => roots)
  t.deepEqual(others, [])
  t.like(call, { name: 'tools/call lie', status: 'error', statusMessage: error?.message })
})

test('a handler of the client that throws is recorded with its stack', async (t) => {
  const ends = await inMemory(t)
  ends.client.setRequestHandler(ListRootsRequestSchema, async () => {
    throw new RangeError('no roots')
  })
  await ends.client.callTool({ name: 'ask' })
  const served = spansNamed(ends.trees(), 'roots/list').find(({ kind }) => kind === 'server')
  t.is(served?.attributes['error.type'], '-32603')
  t.like(served?.error, { type: 'RangeError', message: 'no roots' })
})

test('a server that cannot be started fails the connection, untouched', async (t) => {
  const lines = memoryDestination()
  const client = createGatewayClient(createSecurityLogger({ service: 'gateway' }, lines))
  const transport = new StdioClientTransport({ command: './no-such-server' })
  const error = await t.throwsAsync(client.connect(transport), { code: 'ENOENT' })
  const [tree] = traceTree(lines.records)
  t.is(tree?.roots[0]?.name, 'mcp.client.initialize')
  t.is(tree?.roots[0]?.attributes['error.type'], 'ENOENT')
  t.is(tree?.roots[0]?.error?.message, error?.message)
})

test('a response that cannot be sent is said in a line of its request', async (t) => {
  const lines = memoryDestination()
  const server = createScanner(createSecurityLogger({}, lines))
  const errors: string[] = []
  server.server.onerror = ({ message }) => errors.push(message)
  const [near, far] = InMemoryTransport.createLinkedPair()
  const { send } = far
  far.send = async (message, options) => {
    if ('result' in message && 'tools' in message.result) throw new Error('pipe is gone')
    return Reflect.apply(send, far, [message, options])
  }
  await server.connect(far)
  const client = new Client({ name: 'plain', version: '1.0.0' })
  await client.connect(near)
  t.teardown(() => client.close())
  lines.clear()
  await t.throwsAsync(client.listTools(undefined, { timeout: 20 }))
  const [tree] = traceTree(lines.records)
  t.like(tree?.roots[0]?.lines[0], { level: 'warn', message: 'mcp response not sent' })
  t.is(tree?.roots[0]?.lines[0]?.error?.message, 'pipe is gone')
  t.deepEqual(errors, ['Failed to send response: Error: pipe is gone'])
})
