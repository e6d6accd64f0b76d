import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import type { ElasticsearchOptions } from '../../src/transports/index.js'
import { resolveDelivery } from '../../src/transports/options.js'
import { SharedCounts } from '../../src/transports/shared-counts.js'
import { Shipper, type ShipperNews } from '../../src/transports/shipper.js'
import { Spool } from '../../src/transports/spool.js'
import { writeCursor } from '../../src/transports/spool-files.js'
import { FakeElasticsearch } from './fake-elasticsearch.js'

const pem = (name: string) => readFileSync(`test/data/tls/${name}`, 'utf8')

/** Both ends of a spool in this thread. */
function setUp(t: ExecutionContext, url: string, options: Partial<ElasticsearchOptions> = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'seclog-shipper-'))
  t.teardown(() => rm(folder, { recursive: true, force: true }))
  const settings = resolveDelivery({
    url,
    spool: folder,
    flushInterval: 0,
    retryDelay: { min: 1, max: 5 },
    ...options,
  })
  const counts = new SharedCounts()
  const spool = new Spool(settings, counts)
  const news: ShipperNews[] = []
  const shipper = new Shipper(settings, spool.id, counts, (item) => news.push(item))
  const add = (from: number, to: number) => {
    for (let n = from; n < to; n++)
      spool.append(`{"@timestamp":"2026-11-27T12:00:00.000Z","n":${n}}`, 30)
    if (counts.wake()) shipper.more()
  }
  return { folder, settings, counts, spool, shipper, news, add }
}

async function server(t: ExecutionContext) {
  const fake = await FakeElasticsearch.start()
  t.teardown(() => fake[Symbol.asyncDispose]())
  return fake
}

test('what is shipped is removed from the disk, whole segments at a time', async (t) => {
  const fake = await server(t)
  const { folder, counts, shipper, add } = setUp(t, fake.url, {
    segmentBytes: 4_096,
    batch: { lines: 50 },
  })
  const run = shipper.run()
  add(0, 300)
  await fake.until(() => fake.documents.size === 300)
  add(300, 310)
  await fake.until(() => fake.documents.size === 310)
  shipper.close()
  await run
  t.is(readdirSync(folder).filter((name) => name.endsWith('.seg')).length, 1)
  t.is(counts.get('delivered'), 310)
  t.is(counts.state, 'delivering')
})

test('an outage is told once when it begins and once when it ends', async (t) => {
  const fake = await server(t)
  const { shipper, news, add } = setUp(t, fake.url)
  fake.behaviour = { status: 503 }
  const run = shipper.run()
  add(0, 10)
  await fake.until(() => fake.requests.length === 5)
  fake.behaviour = { status: 401 }
  await fake.until(() => fake.requests.length === 8)
  fake.behaviour = 'accept'
  await fake.until(() => fake.documents.size === 10)
  shipper.close()
  await run
  t.deepEqual(
    news.map((item) => (item.kind === 'state' ? item.state : item.kind)),
    ['failing', 'refused', 'delivering'],
  )
})

test('it ends when it is told to, though the server takes nothing', async (t) => {
  const fake = await server(t)
  const { shipper, counts, add } = setUp(t, fake.url, { retryDelay: { min: 60_000, max: 60_000 } })
  fake.behaviour = { status: 503 }
  const run = shipper.run()
  add(0, 10)
  await fake.until(() => fake.requests.length === 1)
  shipper.close()
  await run
  t.is(counts.get('delivered'), 0)
})

test('lines that can be no documents, and damage, are kept and passed over', async (t) => {
  const fake = await server(t)
  const { folder, shipper, counts, spool, add } = setUp(t, fake.url)
  fake.behaviour = { item: ({ n }) => (n === 3 ? 400 : 201) }
  add(0, 5)
  spool.append('no object', 30)
  spool.append('{"time":"2026-11-27T12:00:00.000Z","level":"info"}', 30)
  spool.append('{"@timestamp" :"2026-11-27T12:00:00.000Z","n":9}', 30)
  spool.append('{broken}', 30)
  const run = shipper.run()
  await fake.until(() => fake.documents.size === 6)
  shipper.close()
  await run
  t.is(counts.get('dead'), 3)
  t.is(readFileSync(join(folder, 'dead-letters.ndjson'), 'utf8').split('\n').length, 4)
  t.true(
    [...fake.documents.values()].some(
      (document) =>
        document['@timestamp'] === '2026-11-27T12:00:00.000Z' && document['level'] === 'info',
    ),
  )
})

test('a request that breaks as a whole is divided down to the line that breaks it', async (t) => {
  const fake = await server(t)
  const { shipper, counts, add } = setUp(t, fake.url)
  fake.behaviour = { status: 413 }
  add(0, 4)
  const run = shipper.run()
  await fake.until(() => fake.requests.length >= 6)
  shipper.close()
  await run
  t.is(counts.get('dead'), 4)
})

test('a cursor behind what is gone is passed over, and one that is torn starts at the oldest line', async (t) => {
  const fake = await server(t)
  const first = setUp(t, fake.url)
  first.add(0, 10)
  first.spool.close()
  writeCursor(first.folder, { segment: 0, offset: 99 })
  const counts = new SharedCounts()
  const spool = new Spool(first.settings, counts)
  const shipper = new Shipper(first.settings, spool.id, counts, () => {})
  const run = shipper.run()
  await fake.until(() => fake.documents.size === 10)
  shipper.close()
  await run
  spool.close()
  t.is(counts.get('found'), 10)
})

test('the oldest segments go while more waits than may', async (t) => {
  const fake = await server(t)
  const { shipper, counts, add } = setUp(t, fake.url, { segmentBytes: 4_096, maxBytes: 8_192 })
  add(0, 200)
  shipper.keepBounds()
  t.true(counts.get('bytes') <= 8_192)
  const run = shipper.run()
  await fake.until(() => fake.documents.size + counts.get('fullOnDisk') === 200)
  shipper.close()
  await run
  t.true(counts.get('fullOnDisk') > 0)
})

const fingerprint = (name: string) => new X509Certificate(pem(name)).fingerprint256
const pins: readonly (readonly [string, string, object, boolean])[] = [
  ['its authority is trusted', 'server', { ca: pem('ca.pem') }, true],
  ['nobody whom we trust has signed it', 'server', {}, false],
  ['its own certificate is pinned', 'server', { fingerprint: fingerprint('server.pem') }, true],
  [
    'its authority is pinned',
    'server',
    { fingerprint: fingerprint('ca.pem').replaceAll(':', '').toLowerCase() },
    true,
  ],
  ['another certificate is pinned', 'server', { fingerprint: fingerprint('impostor.pem') }, false],
  [
    'it only names the authority that is pinned, and shows its certificate',
    'impostor',
    { fingerprint: fingerprint('ca.pem') },
    false,
  ],
]
for (const [what, name, tls, isTrusted] of pins) {
  test(`a server over TLS ${isTrusted ? 'gets' : 'does not get'} lines and credentials when ${what}`, async (t) => {
    const chain = pem(`${name}.pem`) + pem('ca.pem')
    const seen: (string | undefined)[] = []
    const secure = createServer({ key: pem(`${name}.key`), cert: chain }, (request, response) => {
      seen.push(request.headers.authorization)
      request.resume().on('end', () => response.end('{"items":[{"create":{"status":201}}]}'))
    })
    secure.on('tlsClientError', () => {})
    secure.listen(0, '127.0.0.1')
    await once(secure, 'listening')
    t.teardown(() => {
      secure.close()
      secure.closeAllConnections()
    })
    const url = `https://127.0.0.1:${(secure.address() as AddressInfo).port}`
    const { shipper, counts, add } = setUp(t, url, { tls, auth: { apiKey: 'a2V5' } })
    add(0, 1)
    shipper.close()
    await shipper.run()
    t.is(counts.get('delivered'), isTrusted ? 1 : 0)
    t.deepEqual(seen, isTrusted ? ['ApiKey a2V5'] : [])
  })
}
