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
} from './both-ends.js'

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

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
  const trees = ends.trees()
  const [client, server] = spansNamed(trees, 'tools/call scan')
  t.is(server?.parentSpanId, client?.spanId)
  const http = spansNamed(trees, 'POST /mcp').at(-1)
  const { links } = recordOf(server)
  t.deepEqual(
    links?.map(({ span_id }) => span_id),
    [http?.spanId],
  )
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
  const http = spansNamed(ends.trees(), 'POST /mcp').at(-1)
  t.is(server?.parentSpanId, http?.spanId)
  const { links } = recordOf(server)
  t.deepEqual(
    links?.map(({ span_id }) => span_id),
    [client?.spanId],
  )
})

test('a call over the older HTTP with SSE is one trace', async (t) => {
  const ends = await overSse(t)
  await submit(ends)
  await turn()
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
