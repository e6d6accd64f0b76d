import { ErrorCode, McpError } from '@modelcontextprotocol/sdk/types.js'
import test from 'ava'
import { z } from 'zod'
import { type Ends, inMemory, overStdio, spansNamed } from './both-ends.js'

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
