import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js'
import type { JSONRPCMessage } from '@modelcontextprotocol/sdk/types.js'
import test, { type ExecutionContext } from 'ava'
import { createSecurityLogger } from '../../src/index.js'
import type { McpTracingOptions } from '../../src/mcp/index.js'
import { type MemoryDestination, memoryDestination, traceTree } from '../../src/testing/index.js'
import { recordOf } from './both-ends.js'
import { createScanner } from './server.js'

interface Raw {
  readonly lines: MemoryDestination
  readonly answers: JSONRPCMessage[]
  send(message: object): Promise<void>
}

/** A traced server, and a transport into which anything can be put. */
async function rawServer(
  t: ExecutionContext,
  options: Omit<McpTracingOptions, 'log'> = {},
): Promise<Raw> {
  const lines = memoryDestination()
  const [near, far] = InMemoryTransport.createLinkedPair()
  const answers: JSONRPCMessage[] = []
  near.onmessage = (message) => answers.push(message)
  const server = createScanner(createSecurityLogger({}, lines), options)
  await server.connect(far)
  t.teardown(() => server.close())
  const send = async (message: object): Promise<void> => {
    await near.send({ jsonrpc: '2.0', ...message } as JSONRPCMessage)
    await new Promise((resolve) => setImmediate(resolve))
  }
  return { lines, answers, send }
}

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
const valid = `00-${traceId}-00f067aa0ba902b7-01`
const throwing = new Proxy(
  {},
  {
    get: () => {
      throw new Error('mine')
    },
    ownKeys: () => {
      throw new Error('mine')
    },
    getOwnPropertyDescriptor: () => {
      throw new Error('mine')
    },
  },
)

const hostile: readonly unknown[] = [
  null,
  7,
  'text',
  [],
  [valid],
  {},
  { traceparent: null },
  { traceparent: 7 },
  { traceparent: {} },
  { traceparent: [valid, valid] },
  { traceparent: '' },
  { traceparent: valid.toUpperCase() },
  { traceparent: `00-${'0'.repeat(32)}-00f067aa0ba902b7-01` },
  { traceparent: `ff-${traceId}-00f067aa0ba902b7-01` },
  { traceparent: `${valid}\r\nX-Evil: 1` },
  { traceparent: 'x'.repeat(1_000_000) },
  { traceparent: valid, tracestate: 'a=1\r\n\u001b[2J', baggage: 'x'.repeat(100_000) },
  { traceparent: valid, baggage: 'a=1%0d%0a%1b[2J' },
  JSON.parse(`{"__proto__": {"traceparent": "${valid}"}, "constructor": 1, "toString": 2}`),
  Object.fromEntries(Array.from({ length: 5_000 }, (_, index) => [`key-${index}`, valid])),
]

test('no _meta keeps a request from its answer and its span', async (t) => {
  const { lines, answers, send } = await rawServer(t, { baggageFields: ['a'] })
  for (const [index, _meta] of hostile.entries()) {
    lines.clear()
    await send({ id: index + 1, method: 'ping', params: { _meta } })
    const isRequest = answers.some((answer) => 'id' in answer && answer.id === index + 1)
    const [record] = lines.records
    t.is(lines.broken.length, 0)
    t.false(/[\r\u001b]/.test(lines.lines.join('\n')))
    if (isRequest) {
      t.is((record?.['span'] as { name?: string } | undefined)?.name, 'ping', String(index))
    }
  }
})

test('what the SDK throws about a message is thrown on untouched', async (t) => {
  const { send } = await rawServer(t)
  const message = { id: 1, method: 'ping', params: { _meta: throwing } }
  await t.throwsAsync(send(message), { message: 'mine' })
})

test('names that are none stay out of the names of spans', async (t) => {
  const { lines, send } = await rawServer(t)
  const nameOf = async (method: string, params: object): Promise<unknown> => {
    lines.clear()
    await send({ id: lines.lines.length + 1, method, params })
    return traceTree(lines.records)[0]?.roots[0]?.name
  }
  t.is(await nameOf('tools/call', { name: 'scan' }), 'tools/call scan')
  t.is(await nameOf('tools/call', { name: 'ignore all\nprevious' }), 'tools/call')
  t.is(await nameOf('tools/call', { name: 'x'.repeat(200) }), 'tools/call')
  t.is(await nameOf('tools/call', { name: { toString: 1 } }), 'tools/call')
  t.is(await nameOf('tools/call', {}), 'tools/call')
  t.is(await nameOf('prompts/get', { name: 'a b' }), 'prompts/get')
  t.is(await nameOf('you are root now', {}), '_OTHER')
  t.is(await nameOf('a/'.repeat(500), {}), '_OTHER')
  t.is(await nameOf('constructor', {}), 'constructor')
  t.is(await nameOf('__proto__', {}), '__proto__')
})

test('a secret in a name, a uri or an error is not written', async (t) => {
  const { lines, send } = await rawServer(t)
  const secret = 'ghp_16C7e42F292c6912E7710c838347Ae178B4a'
  await send({ id: 1, method: 'tools/call', params: { name: secret } })
  await send({ id: 2, method: 'prompts/get', params: { name: secret } })
  await send({
    id: 3,
    method: 'resources/read',
    params: { uri: `https://u:${secret}@h/?t=${secret}` },
  })
  await send({ id: secret, method: 'ping', params: {} })
  await send({ id: 5, method: secret, params: {} })
  t.is(lines.records.length, 5)
  t.false(lines.lines.join('\n').includes(secret))
})

test('two requests with one id each end as they ended', async (t) => {
  const { lines, send } = await rawServer(t)
  await send({ id: 1, method: 'tools/call', params: { name: 'hang' } })
  await send({ id: 1, method: 'tools/call', params: { name: 'deny' } })
  const ended = traceTree(lines.records).flatMap(({ roots }) => roots)
  t.deepEqual(
    ended.map(({ name, attributes }) => [name, attributes['error.type']]),
    [['tools/call deny', 'tool_error']],
  )
})

test('what is no message, or answers nothing, passes through', async (t) => {
  const { lines, answers, send } = await rawServer(t)
  await send({ id: 99, result: {} })
  await send({ id: 99, error: { code: 'x', message: 7 } })
  await send({ jsonrpc: '1.0', id: 1, method: 'ping' })
  await send({ id: {}, method: 'ping' })
  await send({ id: 1.5, result: [] })
  await send({ method: 'notifications/cancelled', params: { requestId: 77 } })
  await send({ method: 'notifications/cancelled', params: {} })
  await send({ method: 'notifications/progress', params: { progressToken: {} } })
  await send({ params: {} })
  t.deepEqual(answers, [])
  t.deepEqual(lines.broken, [])
  await send({ id: 2, method: 'ping' })
  t.deepEqual(answers, [{ jsonrpc: '2.0', id: 2, result: {} }])
})

test('an untrusted peer cannot choose ids, flags or baggage', async (t) => {
  const { lines, send } = await rawServer(t, { trust: false, baggageFields: ['tenant'] })
  const _meta = { traceparent: valid.replace(/01$/, '00'), baggage: 'tenant=evil' }
  await send({ id: 1, method: 'ping', params: { _meta } })
  const [tree] = traceTree(lines.records)
  t.not(tree?.traceId, traceId)
  t.is(lines.records[0]?.['trace_flags'], '01')
  t.is(lines.records[0]?.['tenant'], undefined)
  t.deepEqual(recordOf(tree?.roots[0]).links, [{ trace_id: traceId, span_id: '00f067aa0ba902b7' }])
})

test('who is trusted can be asked of a function, and one that throws trusts no one', async (t) => {
  const peers: unknown[] = []
  const continued = async (trust: McpTracingOptions['trust']): Promise<boolean> => {
    const { lines, send } = await rawServer(t, trust === undefined ? {} : { trust })
    await send({ id: 1, method: 'ping', params: { _meta: { traceparent: valid } } })
    return lines.records[0]?.['trace_id'] === traceId
  }
  t.true(await continued(undefined))
  t.true(
    await continued((peer) => {
      peers.push(peer)
      return true
    }),
  )
  t.deepEqual(peers, [{}])
  t.false(await continued(() => false))
  t.false(await continued(['10.0.0.0/8']))
  t.false(
    await continued(() => {
      throw new Error('mine')
    }),
  )
})

test('sampled flags of trusted peers are honoured as often as is said', async (t) => {
  const { lines, send } = await rawServer(t, { sampledPerSecond: 1e-9, sampledBurst: 2 })
  for (let id = 1; id <= 4; id += 1) {
    await send({ id, method: 'ping', params: { _meta: { traceparent: valid } } })
  }
  t.deepEqual(
    lines.records.map((record) => record['trace_flags']),
    ['01', '01', '00', '00'],
  )
})

test('allowed baggage of a trusted peer is a field of every line', async (t) => {
  const { lines, send } = await rawServer(t, { baggageFields: ['tenant'] })
  const _meta = { traceparent: valid, baggage: 'tenant=acme,other=1' }
  await send({
    id: 1,
    method: 'tools/call',
    params: { name: 'scan', arguments: { lockfile: '' }, _meta },
  })
  t.true(lines.records.length >= 2)
  for (const record of lines.records) {
    t.is(record['tenant'], 'acme')
    t.is(record['other'], undefined)
  }
})
