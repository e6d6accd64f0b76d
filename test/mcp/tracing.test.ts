import test from 'ava'
import { inMemory, outline, spansNamed } from './both-ends.js'

test('a tool call is one trace through client and server, told by their lines alone', async (t) => {
  const { client, log, trees, lines } = await inMemory(t)
  await log.withSpan('submit', () =>
    client.callTool({ name: 'scan', arguments: { lockfile: '{}' } }),
  )
  const [tree, ...others] = trees()
  t.deepEqual(others, [])
  t.deepEqual(tree?.problems, [])
  t.deepEqual(outline(tree), [
    'gateway internal submit',
    '  gateway client tools/call scan',
    '    gateway internal mcp.client.request',
    '    gateway internal mcp.client.response',
    '    scanner server tools/call scan',
  ])
  const line = lines().find(({ msg }) => msg === 'scanning')
  const [server] = spansNamed(trees(), 'tools/call scan').filter(({ kind }) => kind === 'server')
  t.is(line?.['span_id'], server?.spanId)
})

test('spans have the names and attributes of the conventions', async (t) => {
  const { client, trees } = await inMemory(t)
  await client.callTool({ name: 'scan', arguments: { lockfile: '{}' } })
  await client.getPrompt({ name: 'review', arguments: { code: '1' } })
  await client.readResource({ uri: 'file:///rules.json?token=s3cr3t-t0ken-1' })
  await client.listTools()
  const attributesOf = (name: string, kind: string): unknown =>
    spansNamed(trees(), name).find((span) => span.kind === kind)?.attributes
  const common = { 'mcp.protocol.version': '2025-11-25' }
  for (const kind of ['client', 'server']) {
    t.deepEqual(attributesOf('tools/call scan', kind), {
      ...common,
      'mcp.method.name': 'tools/call',
      'gen_ai.tool.name': 'scan',
      'gen_ai.operation.name': 'execute_tool',
      'jsonrpc.request.id': '1',
    })
    t.deepEqual(attributesOf('prompts/get review', kind), {
      ...common,
      'mcp.method.name': 'prompts/get',
      'gen_ai.prompt.name': 'review',
      'jsonrpc.request.id': '2',
    })
    t.deepEqual(attributesOf('resources/read', kind), {
      ...common,
      'mcp.method.name': 'resources/read',
      'mcp.resource.uri': 'file:///rules.json',
      'jsonrpc.request.id': '3',
    })
    t.deepEqual(attributesOf('tools/list', kind), {
      ...common,
      'mcp.method.name': 'tools/list',
      'jsonrpc.request.id': '4',
    })
  }
})
