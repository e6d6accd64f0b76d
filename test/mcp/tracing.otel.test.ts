import { context, trace } from '@opentelemetry/api'
import test from 'ava'
import { withSpan } from '../../src/index.js'
import { registerProvider, unregister } from '../spans/otel.js'
import { inMemory, outline, overStdio, spansNamed } from './both-ends.js'

test.afterEach.always(unregister)

test.serial('the tree from the lines is the tree that is exported', async (t) => {
  const { finished } = registerProvider()
  const { client, log, trees } = await inMemory(t)
  const before = finished().length
  await log.withSpan('submit', () =>
    client.callTool({ name: 'scan', arguments: { lockfile: '{}' } }),
  )
  const [tree, ...others] = trees()
  t.deepEqual(others, [])
  t.deepEqual(outline(tree), [
    'gateway internal submit',
    '  gateway client tools/call scan',
    '    gateway internal mcp.client.request',
    '    gateway internal mcp.client.response',
    '    scanner server tools/call scan',
  ])
  const exported = finished().slice(before)
  t.is(exported.length, 6)
  for (const name of ['submit', 'tools/call scan', 'mcp.client.request', 'mcp.client.response']) {
    const logged = spansNamed([tree as never], name)
    const sent = exported.filter((span) => span.name === name)
    t.deepEqual(
      sent.map((span) => span.spanContext().spanId).sort(),
      logged.map(({ spanId }) => spanId).sort(),
    )
    t.deepEqual(
      sent.map((span) => span.parentSpanContext?.spanId).sort(),
      logged.map(({ parentSpanId }) => parentSpanId).sort(),
    )
  }
  const [, server] = exported
    .filter(({ name }) => name === 'tools/call scan')
    .sort((a, b) => b.kind - a.kind)
  t.like(server?.attributes, {
    'mcp.method.name': 'tools/call',
    'gen_ai.tool.name': 'scan',
    'gen_ai.operation.name': 'execute_tool',
  })
})

test.serial('errors are exported with their types, and no secret', async (t) => {
  const { finished } = registerProvider()
  const secret = 'ghp_16C7e42F292c6912E7710c838347Ae178B4a'
  const record = { arguments: true, results: true }
  const { client } = await inMemory(t, { client: { record }, server: { record } })
  await client.callTool({ name: 'scan', arguments: { lockfile: secret, password: 'hunter2!' } })
  await client.callTool({ name: 'break' })
  await t.throwsAsync(client.readResource({ uri: `file:///${secret}` }))
  const spans = finished()
  t.deepEqual(
    spans.flatMap(({ name, attributes }) => {
      const type = attributes['error.type']
      return type === undefined ? [] : [`${name}: ${type}`]
    }),
    [
      'tools/call break: tool_error',
      'tools/call break: tool_error',
      'resources/read: -32602',
      'resources/read: -32602',
    ],
  )
  const [broken] = spans.filter(({ name }) => name === 'tools/call break')
  t.deepEqual(
    broken?.events.map(({ attributes }) => attributes?.['exception.type']),
    ['RangeError'],
  )
  const exported = JSON.stringify(
    spans.map(({ name, attributes, events, status, links }) => [
      name,
      attributes,
      events,
      status,
      links,
    ]),
  )
  t.true(exported.includes('gen_ai.tool.call.arguments'))
  t.false(/ghp_|hunter2/.test(exported))
})

test.serial(
  'a span of the app around a call, and one inside of a tool, are in the tree',
  async (t) => {
    registerProvider()
    const { client, trees } = await inMemory(t)
    const tracer = trace.getTracer('app')
    const outer = tracer.startSpan('outer')
    await context.with(trace.setSpan(context.active(), outer), () => client.ping())
    outer.end()
    const [call] = spansNamed(trees(), 'ping')
    t.is(call?.parentSpanId, outer.spanContext().spanId)
  },
)

test.serial('a provider without a context manager makes the same tree', async (t) => {
  const { finished } = registerProvider({ contextManager: false })
  const { client, trees } = await inMemory(t)
  const before = finished().length
  await withSpan('submit', () => client.ping())
  const traces = new Set(
    finished()
      .slice(before)
      .map((span) => span.spanContext().traceId),
  )
  t.is(traces.size, 1)
  t.is(trees().length, 1)
})

test.serial('a process without OpenTelemetry continues the trace of one with it', async (t) => {
  registerProvider()
  const ends = await overStdio(t)
  await ends.client.callTool({ name: 'scan', arguments: { lockfile: '{}' } })
  await ends.client.close()
  const [client, server] = spansNamed(ends.trees(), 'tools/call scan')
  t.is(server?.parentSpanId, client?.spanId)
})
