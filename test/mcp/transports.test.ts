import test from 'ava'
import {
  type Ends,
  inMemory,
  outline,
  overHttp,
  overSse,
  overStdio,
  recordOf,
  spansNamed,
  until,
} from './both-ends.js'

/** The record of the span is there. */
function hasEnded({ trees }: Ends, name: string, spanId: string | undefined): boolean {
  return spansNamed(trees(), name).some((span) => span.spanId === spanId && span.seen === 'end')
}

async function submit({ client, log }: Ends): Promise<void> {
  await log.withSpan('submit', () =>
    client.callTool({ name: 'scan', arguments: { lockfile: '{}' } }),
  )
}

const oneTrace = [
  'gateway internal submit',
  '  gateway client tools/call scan',
  '    gateway internal mcp.client.request',
  '    gateway internal mcp.client.response',
  '    scanner server tools/call scan',
]

test('a call over stdio is one trace with a real server process', async (t) => {
  const ends = await overStdio(t)
  await submit(ends)
  await ends.client.close()
  const trees = ends.trees()
  const tree = trees.find(({ services }) => services.includes('gateway'))
  t.deepEqual(tree?.problems, [])
  t.deepEqual(outline(tree), oneTrace)
  const [client, server] = spansNamed(trees, 'tools/call scan')
  t.is(client?.attributes['network.transport'], 'pipe')
  t.is(server?.attributes['network.transport'], 'pipe')
  t.is(server?.parentSpanId, client?.spanId)
})

for (const stateless of [false, true]) {
  test(`a call over Streamable HTTP ${stateless ? 'without' : 'with'} sessions is one trace`, async (t) => {
    const ends = await overHttp(t, { stateless })
    await submit(ends)
    const trees = ends.trees()
    const [client, server] = spansNamed(trees, 'tools/call scan')
    t.is(server?.parentSpanId, client?.spanId)
    t.like(server?.attributes, {
      'network.transport': 'tcp',
      'network.protocol.name': 'http',
      'client.address': '127.0.0.1',
      'mcp.protocol.version': '2025-11-25',
    })
    t.is(typeof server?.attributes['client.port'], 'number')
    t.is(server?.attributes['mcp.session.id'], stateless ? undefined : '[Redacted]')
    const fingerprint = server?.attributes['seclog.mcp.session.fingerprint']
    t.is(fingerprint, client?.attributes['seclog.mcp.session.fingerprint'])
    t.is(typeof fingerprint, stateless ? 'undefined' : 'string')
    if (!stateless) t.regex(String(fingerprint), /^[\da-f]{16}$/)
  })
}

test('the span of the HTTP request that brought a message is linked', async (t) => {
  const ends = await overHttp(t, { span: true })
  await submit(ends)
  const [client, server] = spansNamed(ends.trees(), 'tools/call scan')
  t.is(server?.parentSpanId, client?.spanId)
  const links = recordOf(server).links ?? []
  t.is(links.length, 1)
  await until(() => hasEnded(ends, 'POST /mcp', links[0]?.span_id))
})

test('a client that nobody vouches for does not choose our trace', async (t) => {
  const ends = await overHttp(t, { headers: { 'x-forwarded-for': '203.0.113.9' } })
  await submit(ends)
  const trees = ends.trees()
  const [client, server] = spansNamed(trees, 'tools/call scan')
  t.is(server?.parentSpanId, undefined)
  const of = (service: string) => trees.find(({ services }) => services[0] === service)?.traceId
  t.not(of('gateway'), of('scanner'))
  const { links } = recordOf(server)
  t.deepEqual(links, [{ trace_id: of('gateway'), span_id: client?.spanId }])
  for (const line of ends.scanner.records) {
    t.like(line['upstream'], { trace_id: of('gateway'), span_id: client?.spanId })
  }
})

test('a client that nobody vouches for stays in the trace of its HTTP request', async (t) => {
  const ends = await overHttp(t, { span: true, server: { trust: false } })
  await submit(ends)
  const [client, server] = spansNamed(ends.trees(), 'tools/call scan')
  await until(() => hasEnded(ends, 'POST /mcp', server?.parentSpanId))
  const { links } = recordOf(server)
  t.deepEqual(
    links?.map(({ span_id }) => span_id),
    [client?.spanId],
  )
})

test('a call over the older HTTP with SSE is one trace', async (t) => {
  const ends = await overSse(t)
  await submit(ends)
  const [client, server] = spansNamed(ends.trees(), 'tools/call scan')
  t.is(server?.parentSpanId, client?.spanId)
  t.is(client?.attributes['network.transport'], 'tcp')
  t.is(server?.attributes['client.address'], '127.0.0.1')
})

test('a server within the handling of an HTTP request does not take its peer for its own', async (t) => {
  const inner = await inMemory(t)
  const ends = await overHttp(t, {
    prepare: (server) => {
      server.registerTool('relay', {}, async () => {
        await inner.client.ping()
        return { content: [] }
      })
    },
  })
  await ends.client.callTool({ name: 'relay' })
  const [ping] = spansNamed(inner.trees(), 'ping').filter(({ kind }) => kind === 'server')
  t.is(ping?.attributes['client.address'], undefined)
})

test('with the HTTP adapters around it, a call is one trace, and its HTTP request is linked', async (t) => {
  const ends = await overHttp(t, { tracedFetch: true, adapter: {}, client: { lifecycle: false } })
  await submit(ends)
  const [server] = spansNamed(ends.trees(), 'tools/call scan').filter(
    ({ kind }) => kind === 'server',
  )
  const [link] = recordOf(server).links ?? []
  await until(() => hasEnded(ends, 'POST', link?.span_id))
  const tree = ends.trees().find(({ roots }) => roots[0]?.name === 'submit')
  t.deepEqual(tree?.problems, [])
  t.deepEqual(outline(tree), [
    'gateway internal submit',
    '  gateway client tools/call scan',
    '    gateway client POST',
    '      scanner server POST',
    '    scanner server tools/call scan',
  ])
})

test('what the HTTP adapter did not continue is not continued by way of _meta', async (t) => {
  const ends = await overHttp(t, { tracedFetch: true, adapter: { trust: false } })
  await submit(ends)
  const trees = ends.trees()
  t.is(trees.filter((tree) => spansNamed([tree], 'tools/call scan').length > 0).length, 2)
  const [client, server] = spansNamed(trees, 'tools/call scan')
  await until(() => hasEnded(ends, 'POST', server?.parentSpanId))
  t.deepEqual(
    recordOf(server).links?.map(({ span_id }) => span_id),
    [client?.spanId],
  )
})
