import { request } from 'node:http'
import test, { type ExecutionContext } from 'ava'
import { startTracing, withSpan } from '../../src/index.js'
import {
  type CollectorBehaviour,
  expectCorrelated,
  type FakeCollector,
  fakeCollector,
} from '../../src/testing/index.js'

async function collector(
  t: ExecutionContext,
  behaviour?: CollectorBehaviour,
): Promise<FakeCollector> {
  const made = await fakeCollector(behaviour)
  t.teardown(() => made.close())
  return made
}

for (const protocol of ['http/protobuf', 'http/json'] as const) {
  test.serial(`spans that come by ${protocol} are read, and make a tree`, async (t) => {
    const { endpoint, received, records, trees, requests } = await collector(t)
    const tracing = await startTracing({
      endpoint,
      protocol,
      service: 'shop',
      compression: 'gzip',
      ratio: 1,
    })
    await withSpan('outer', { kind: 'server' }, async (span) => {
      span.setAttributes({ 'scan.id': 's-42', n: -7, share: 0.5, ok: true, tags: ['a', 'b'] })
      await withSpan('inner', async () => {
        throw new TypeError('boom')
      }).catch(() => {})
    })
    await tracing.flush()
    await received(2)
    await tracing.shutdown()
    const [tree] = trees()
    const root = tree?.roots[0]
    t.like(root, {
      name: 'outer',
      kind: 'server',
      service: 'shop',
      attributes: { 'scan.id': 's-42', n: -7, share: 0.5, ok: true, tags: ['a', 'b'] },
    })
    t.like(root?.children[0], {
      name: 'inner',
      status: 'error',
      error: { type: 'TypeError', message: 'boom' },
    })
    t.true((root?.durationMs ?? -1) >= 0)
    t.notThrows(() => expectCorrelated(records, { spans: ['outer', 'inner'] }))
    t.is(requests[0]?.path, '/v1/traces')
  })
}

test.serial(
  'what misbehaves is counted by tracing as lost, and what comes later arrives',
  async (t) => {
    const fake = await collector(t)
    const tracing = await startTracing({
      endpoint: fake.endpoint,
      timeoutMs: 300,
      batch: { delayMs: 1 },
    })
    let lost = 0
    for (const behaviour of ['reset', { status: 400 }, 'partial', 'hang', 'refuse'] as const) {
      await fake.behave(behaviour)
      withSpan('lost', () => {})
      await tracing.flush(2_000)
      lost += 1
      t.is(tracing.health().dropped, lost, JSON.stringify(behaviour))
    }
    await fake.behave('accept')
    withSpan('kept', () => {})
    await fake.received(1)
    t.is(fake.trees()[0]?.roots[0]?.name, 'kept')
    await tracing.shutdown()
  },
)

function ask(endpoint: string, body: string): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const asked = request(`${endpoint}/v1/traces`, { method: 'POST' }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk
        if (text === '   ') asked.destroy()
      })
      response.on('close', () => resolve({ status: response.statusCode ?? 0, text }))
    })
    asked.on('error', reject)
    asked.end(body)
  })
}

test('it answers as it is told', async (t) => {
  const fake = await collector(t, { status: 503, headers: { 'retry-after': '1' }, body: 'later' })
  t.deepEqual(await ask(fake.endpoint, '{'), { status: 503, text: 'later' })
  await fake.behave('html')
  t.regex((await ask(fake.endpoint, '{')).text, /^<!doctype html>/)
  await fake.behave('trickle')
  t.deepEqual(await ask(fake.endpoint, '{'), { status: 200, text: '   ' })
  await fake.behave('refuse')
  await t.throwsAsync(ask(fake.endpoint, '{'), { code: 'ECONNREFUSED' })
  await fake.asked(3)
  t.is(fake.requests.length, 3)
  t.deepEqual(fake.records, [])
})
