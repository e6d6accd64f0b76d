import { fork } from 'node:child_process'
import { once } from 'node:events'
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { createSecurityLogger, SeclogError } from '../../src/index.js'
import { SpoolingDestination } from '../../src/transports/elasticsearch-destination.js'
import {
  type ElasticsearchDestination,
  type ElasticsearchOptions,
  elasticsearchDestination,
} from '../../src/transports/index.js'
import { resolveDelivery } from '../../src/transports/options.js'
import { type Behaviour, type Document, FakeElasticsearch } from './fake-elasticsearch.js'

const quick = { flushInterval: 0, retryDelay: { min: 1, max: 20 }, requestTimeout: 10_000 } as const

function spoolFolder(t: ExecutionContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'seclog-spool-'))
  t.teardown(() => rm(folder, { recursive: true, force: true }))
  return join(folder, 'spool')
}

async function start(t: ExecutionContext, options: Partial<ElasticsearchOptions> = {}) {
  const server = await FakeElasticsearch.start()
  t.teardown(() => server[Symbol.asyncDispose]())
  const spool = options.spool ?? spoolFolder(t)
  const destination = elasticsearchDestination({ url: server.url, spool, ...quick, ...options })
  t.teardown(() => destination[Symbol.asyncDispose]())
  return { server, spool, destination }
}

function writeNumbers(destination: ElasticsearchDestination, from: number, to: number): void {
  for (let n = from; n < to; n++)
    destination.write(`{"@timestamp":"2026-11-27T12:00:00.000Z","n":${n}}\n`)
}

const numbers = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => from + index)

const isReport = ({ message }: Document) =>
  String(message).endsWith('more waited on the disk than may')

function idOf({ documents }: FakeElasticsearch, n: number): string {
  return [...documents].find(([, document]) => document['n'] === n)?.[0] ?? ''
}

const letters = (spool: string): Record<string, unknown>[] =>
  readFileSync(join(spool, 'dead-letters.ndjson'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))

test('the lines of a logger arrive as documents of the data stream, and the spool is empty then', async (t) => {
  const { server, destination } = await start(t, { dataset: 'scan_api', namespace: 'production' })
  const log = createSecurityLogger({ service: 'scan-api', format: 'ecs' }, destination)
  log.info({ scan_id: 's-42' }, 'scan finished')
  log.security('authn_login_fail', { userid: 'alice' })
  await server.until(() => server.documents.size === 2)
  await destination[Symbol.asyncDispose]()
  t.true(server.requests[0]?.url.startsWith('/logs-scan_api-production/_bulk?'))
  t.is(server.requests[0]?.headers['content-type'], 'application/x-ndjson')
  t.deepEqual(
    [...server.documents.values()].map((document) => document['message']).sort()[1],
    'scan finished',
  )
  const { state, spooled, delivered, backlog, dropped, dead } = destination.health()
  t.deepEqual(
    { state, spooled, delivered, backlog, dropped, dead },
    {
      state: 'delivering',
      spooled: 2,
      delivered: 2,
      backlog: 0,
      dropped: { full: 0, disk: 0, dead: 0 },
      dead: 0,
    },
  )
})

const passing: readonly (readonly [string, Behaviour])[] = [
  ['answers 503', { status: 503 }],
  ['answers 429', { status: 429, headers: { 'retry-after': '0' } }],
  ['answers 408', { status: 408 }],
  ['denies access for a while', { status: 403 }],
  ['does not answer', 'hang'],
  ['breaks the connection after it has taken the lines', 'reset'],
  ['breaks off in the middle of its answer', 'torn'],
  ['is a page of a proxy', 'html'],
  ['redirects', { status: 302, headers: { location: 'http://127.0.0.1:1/' } }],
  ['has no room for single lines', { item: ({ n }) => (Number(n) % 3 === 0 ? 429 : 201) }],
  ['fails for single lines', { item: ({ n }) => (Number(n) % 2 === 0 ? 503 : 201) }],
  ['denies access for single lines', { item: () => 403 }],
]
for (const [what, behaviour] of passing) {
  test(`every line arrives once when a server ${what} and works again then`, async (t) => {
    const { server, destination } = await start(t, {
      requestTimeout: behaviour === 'hang' ? 300 : 10_000,
    })
    server.behaviour = behaviour
    writeNumbers(destination, 0, 500)
    await server.until(() => server.requests.length >= 3)
    server.behaviour = 'accept'
    writeNumbers(destination, 500, 600)
    await server.until(() => server.documents.size === 600)
    await destination[Symbol.asyncDispose]()
    t.deepEqual(server.values('n'), numbers(0, 600))
    t.is(destination.health().delivered, 600)
    t.is(destination.health().backlog, 0)
  })
}

test('lines wait while nobody listens, and arrive when somebody does', async (t) => {
  const { server, destination, spool } = await start(t)
  const { port } = server
  await server[Symbol.asyncDispose]()
  writeNumbers(destination, 0, 1_000)
  t.is(destination.health().backlog, 1_000)
  const again = await FakeElasticsearch.start(port)
  t.teardown(() => again[Symbol.asyncDispose]())
  await again.until(() => again.documents.size === 1_000)
  await destination[Symbol.asyncDispose]()
  t.deepEqual(again.values('n'), numbers(0, 1_000))
  t.deepEqual(
    readdirSync(spool).filter((name) => name === 'lock'),
    [],
  )
})

test('what a process could not ship, the next one does, under the same ids', async (t) => {
  const { server, destination, spool } = await start(t)
  server.behaviour = { status: 503 }
  writeNumbers(destination, 0, 300)
  await destination[Symbol.asyncDispose]()
  server.behaviour = 'reset'
  const second = elasticsearchDestination({ url: server.url, spool, ...quick })
  await server.until(() => server.documents.size === 300)
  server.behaviour = { status: 503 }
  await second[Symbol.asyncDispose]()
  t.is(second.health().backlog, 300)
  server.behaviour = 'accept'
  const next = elasticsearchDestination({ url: server.url, spool, ...quick })
  await next[Symbol.asyncDispose]()
  t.is(server.documents.size, 300)
  const { found, duplicates, delivered, backlog } = next.health()
  t.deepEqual(
    { found, duplicates, delivered, backlog },
    { found: 300, duplicates: 300, delivered: 300, backlog: 0 },
  )
})

test('a line that the server will never take is kept with the reason, and costs its neighbours nothing', async (t) => {
  const { server, destination, spool } = await start(t)
  server.behaviour = { item: ({ n }) => (n === 7 ? 400 : 201) }
  writeNumbers(destination, 0, 20)
  destination.write('no object\n')
  await server.until(() => server.documents.size === 19)
  await destination[Symbol.asyncDispose]()
  t.is(destination.health().dead, 2)
  const kept = letters(spool)
  t.is(kept.length, 2)
  const seventh = kept.find(({ status }) => status === 400)
  t.is(seventh?.['reason'], 'made_up: no 400')
  t.is(JSON.parse(seventh?.['line'] as string).n, 7)
  t.is(kept.find(({ status }) => status === 0)?.['line'], 'no object')
  t.is(statSync(join(spool, 'dead-letters.ndjson')).mode & 0o777, 0o600)
})

test('a request that is too large is divided until its lines fit; one line that never does is kept', async (t) => {
  const { server, destination, spool } = await start(t)
  server.behaviour = { status: 413 }
  const fits = server.until(() => (server.requests.at(-1)?.body.split('\n').length ?? 99) <= 5)
  writeNumbers(destination, 0, 16)
  await fits
  server.behaviour = 'accept'
  await server.until(() => server.documents.size === 16)
  server.behaviour = { status: 413 }
  writeNumbers(destination, 16, 17)
  await server.until(() => server.requests.at(-1)?.body.includes('"n":16') === true)
  await destination[Symbol.asyncDispose]()
  t.deepEqual(server.values('n'), numbers(0, 16))
  t.is(letters(spool)[0]?.['status'], 413)
})

test('the dead letters have a bound, and what finds no room there is counted', async (t) => {
  const { server, destination } = await start(t, { maxDeadLetterBytes: 400 })
  server.behaviour = { item: () => 400 }
  writeNumbers(destination, 0, 50)
  await server.until(() => server.requests.length > 0)
  await destination[Symbol.asyncDispose]()
  const { dead, dropped, backlog } = destination.health()
  t.true(dead > 0 && dead < 4)
  t.is(dead + dropped.dead, 50)
  t.is(backlog, 0)
})

test('the oldest lines go when more wait than may; the rest arrives, and the loss is told to the line', async (t) => {
  const { server, destination, spool } = await start(t, { segmentBytes: 4_096, maxBytes: 40_960 })
  server.behaviour = { status: 503 }
  for (let n = 0; n < 2_000; n += 50) {
    writeNumbers(destination, n, n + 50)
    await server.until(() => destination.health().bytes <= 40_960)
  }
  const onDisk = readdirSync(spool).reduce((sum, name) => sum + statSync(join(spool, name)).size, 0)
  t.true(onDisk <= 40_960 + 2 * 4_096, `${onDisk} bytes`)
  server.behaviour = 'accept'
  await server.until(() => [...server.documents.values()].some(isReport))
  await destination[Symbol.asyncDispose]()
  const { delivered, dropped } = destination.health()
  t.true(dropped.full > 0)
  const reports = [...server.documents.values()].filter(isReport)
  t.is(delivered - reports.length + dropped.full, 2_000)
  t.is(server.documents.size, delivered)
  const told = reports.map(({ labels }) => (labels as { dropped_lines: number }).dropped_lines)
  t.is(
    told.reduce((sum, lines) => sum + lines),
    dropped.full,
  )
})

test('with drop-new, lines below error go first when more wait than may', async (t) => {
  const { server, destination } = await start(t, {
    segmentBytes: 4_096,
    maxBytes: 8_192,
    whenFull: 'drop-new',
  })
  server.behaviour = { status: 503 }
  const log = createSecurityLogger({ format: 'ecs', level: 'info' }, destination)
  for (let n = 0; n < 200; n++) log.info({ n })
  log.error('it burns')
  log.security('authn_login_fail', { userid: 'alice' })
  t.true(log.health().dropped > 0)
  server.behaviour = 'accept'
  await server.until(() => server.documents.size + log.health().dropped === 202)
  await destination[Symbol.asyncDispose]()
  const messages = [...server.documents.values()].map(({ message }) => message)
  t.true(messages.includes('it burns'))
  t.is(destination.health().dropped.full, log.health().dropped)
  t.is(server.documents.size + log.health().dropped, 202)
})

test('a disk that is full costs no line: they wait in memory until it has room', async (t) => {
  const { server, destination: other, spool } = await start(t)
  await other[Symbol.asyncDispose]()
  let isFull = false
  const settings = resolveDelivery({ url: server.url, spool, ...quick })
  const { writeSync } = await import('node:fs')
  const destination = new SpoolingDestination(settings, (fd, bytes) => {
    if (!isFull) return writeSync(fd, bytes)
    // Half a line still finds room.
    if (bytes.length > 40) return writeSync(fd, bytes.subarray(0, 20))
    throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' })
  })
  writeNumbers(destination, 0, 10)
  isFull = true
  writeNumbers(destination, 10, 50)
  t.is(destination.health().waiting, 40)
  isFull = false
  destination.flushSync()
  t.is(destination.health().waiting, 0)
  await server.until(() => server.documents.size === 50)
  await destination[Symbol.asyncDispose]()
  t.deepEqual(server.values('n'), numbers(0, 50))
  t.is(destination.health().corrupt, 0)
})

test('a segment of which a part was delivered is dropped for the rest of it only', async (t) => {
  const { server, destination } = await start(t, {
    segmentBytes: 4_096,
    maxBytes: 8_192,
    batch: { lines: 10 },
  })
  server.behaviour = { status: 503 }
  writeNumbers(destination, 0, 60)
  await server.until(() => server.requests.length > 0)
  // The first ten are taken, and then so much comes that their segment has to go.
  server.behaviour = { item: ({ n }) => (Number(n) < 10 ? 201 : 503) }
  await server.until(() => server.documents.size === 10)
  for (let n = 60; n < 400; n += 20) {
    writeNumbers(destination, n, n + 20)
    await server.until(() => destination.health().bytes <= 8_192)
  }
  server.behaviour = 'accept'
  await server.until(() => server.documents.has(idOf(server, 399)))
  await destination[Symbol.asyncDispose]()
  const { delivered, dropped } = destination.health()
  const reports = [...server.documents.values()].filter(isReport).length
  t.is(delivered - reports + dropped.full, 400)
  t.true(server.values('n').includes(0))
})

test('a logger tells in its health how delivery fares', async (t) => {
  const { destination } = await start(t)
  const log = createSecurityLogger({ format: 'ecs' }, destination)
  log.info('a line')
  t.is(log.health().delivery?.['spooled'], 1)
})

test('a damaged line costs itself only, and its bytes are kept', async (t) => {
  const { server, destination, spool } = await start(t)
  server.behaviour = { status: 503 }
  writeNumbers(destination, 0, 100)
  await server.until(() => server.requests.length > 1)
  await destination[Symbol.asyncDispose]()
  const segment = join(spool, readdirSync(spool).find((name) => name.endsWith('.seg')) as string)
  const bytes = readFileSync(segment)
  const at = bytes.indexOf('"n":41')
  bytes[at + 1] = (bytes[at + 1] as number) ^ 1
  writeFileSync(segment, Buffer.concat([bytes, Buffer.from([0, 0, 0, 200, 1])]))
  server.behaviour = 'accept'
  const next = elasticsearchDestination({ url: server.url, spool, ...quick })
  await server.until(() => server.documents.size === 99)
  await next[Symbol.asyncDispose]()
  t.deepEqual(
    server.values('n'),
    numbers(0, 100).filter((n) => n !== 41),
  )
  // The other one is the torn end.
  t.is(next.health().corrupt, 2)
  t.true(letters(spool).some(({ line }) => String(line).includes('41}')))
})

test('a spool has one process', async (t) => {
  const { spool, server } = await start(t)
  const error = t.throws(() => elasticsearchDestination({ url: server.url, spool }), {
    instanceOf: SeclogError,
  })
  t.is(error?.code, 'SECLOG_SPOOL_LOCKED')
})

test('the spool of another host is taken over only when nobody has renewed it for two minutes', async (t) => {
  const { spool, server, destination } = await start(t)
  await destination[Symbol.asyncDispose]()
  const lock = join(spool, 'lock')
  writeFileSync(lock, JSON.stringify({ pid: 1, host: 'elsewhere', began: '1', token: 'x' }))
  const error = t.throws(() => elasticsearchDestination({ url: server.url, spool }))
  t.is((error as SeclogError | undefined)?.code, 'SECLOG_SPOOL_LOCKED')
  const before = new Date(Date.now() - 121_000)
  utimesSync(lock, before, before)
  const next = elasticsearchDestination({ url: server.url, spool, ...quick })
  await next[Symbol.asyncDispose]()
  t.deepEqual(
    readdirSync(spool).filter((name) => name === 'lock'),
    [],
  )
})

test('a spool that cannot be used is refused, and not held', (t) => {
  const spool = spoolFolder(t)
  mkdirSync(join(spool, 'spool-id'), { recursive: true })
  const error = t.throws(() => elasticsearchDestination({ url: 'http://127.0.0.1:9', spool }))
  t.is((error as SeclogError | undefined)?.code, 'SECLOG_SPOOL_UNUSABLE')
  t.deepEqual(readdirSync(spool), ['spool-id'])
})

test('a kill at any moment loses no line that a call has returned from', async (t) => {
  const server = await FakeElasticsearch.start()
  t.teardown(() => server[Symbol.asyncDispose]())
  const spool = spoolFolder(t)
  let logged = 0
  for (let round = 0; round < 5; round++) {
    const said = join(spool, '..', 'logged')
    const child = fork(new URL('kill-app.js', import.meta.url), [
      server.url,
      spool,
      String(logged),
      said,
    ])
    const until = logged + 200 + round * 333
    child.on('message', (n) => {
      if (Number(n) >= until) child.kill('SIGKILL')
    })
    await once(child, 'close')
    logged = Number(readFileSync(said, 'utf8'))
  }
  const last = elasticsearchDestination({ url: server.url, spool, ...quick })
  await server.until(
    () =>
      (last.health().backlog === 0 && last.health().found > 0) || server.documents.size >= logged,
  )
  await last[Symbol.asyncDispose]()
  t.true(logged > 0)
  const arrived = new Set(server.values('n'))
  t.deepEqual(
    numbers(0, logged).filter((n) => !arrived.has(n)),
    [],
  )
})

test('as a transport of pino, lines pass the redactor and get the time stamp that a data stream asks for', async (t) => {
  const server = await FakeElasticsearch.start()
  t.teardown(() => server[Symbol.asyncDispose]())
  const { default: elasticsearchTransport } = await import('../../src/transports/index.js')
  const stream = elasticsearchTransport({ url: server.url, spool: spoolFolder(t), ...quick })
  stream.write(
    '{"level":30,"time":1764244800000,"password":"hunter2hunter2","big":12345678901234567890,"msg":"a"}\n{"lev',
  )
  stream.write('el":30,"time":1764244800000,"big":12345678901234567890,"msg":"b"}\n')
  await server.until(() => server.documents.size === 2)
  await new Promise<void>((resolve) => stream.end(resolve))
  const sent = server.requests.map(({ body }) => body).join('')
  t.false(sent.includes('hunter2'))
  t.true(
    sent.includes(
      '{"@timestamp":"2025-11-27T12:00:00.000Z","level":30,"time":1764244800000,"big":12345678901234567890,"msg":"b"}',
    ),
  )
})

const wrong: readonly (readonly [string, object])[] = [
  ['no URL', { url: 'elastic' }],
  ['credentials in the URL', { url: 'https://u:p@elastic.example' }],
  ['plain http to another machine', { url: 'http://elastic.example:9200' }],
  ['a dataset with a dash', { dataset: 'scan-api' }],
  ['an upper-case namespace', { namespace: 'Production' }],
  ['two kinds of credentials', { auth: { apiKey: 'a', bearer: 'b' } }],
  ['a line feed in a credential', { auth: { apiKey: 'a\r\nx: y' } }],
  ['a fingerprint that is none', { tls: { fingerprint: 'AA:BB' } }],
  ['a spool that is no path', { spool: 7 }],
  ['a size that is no number', { maxBytes: '1 GB' }],
]
for (const [what, options] of wrong) {
  test(`${what} is refused when the destination is made`, (t) => {
    const given = {
      url: 'https://elastic.example',
      spool: spoolFolder(t),
      ...options,
    } as ElasticsearchOptions
    const error = t.throws(() => elasticsearchDestination(given), { instanceOf: SeclogError })
    t.is(error?.code, 'SECLOG_OPTION_INVALID')
    t.false(error?.message.includes('u:p'))
  })
}

test('credentials go with each request, and stand in no health', async (t) => {
  const { server, destination } = await start(t, {
    auth: { username: 'elastic', password: 'pass:word' },
  })
  writeNumbers(destination, 0, 1)
  await server.until(() => server.documents.size === 1)
  t.is(
    server.requests[0]?.headers.authorization,
    `Basic ${Buffer.from('elastic:pass:word').toString('base64')}`,
  )
  t.false(JSON.stringify(destination.health()).includes('pass'))
})
