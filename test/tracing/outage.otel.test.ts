import type { RequestListener } from 'node:http'
import { trace } from '@opentelemetry/api'
import test, { type ExecutionContext } from 'ava'
import { startTracing, type TracingHealth } from '../../src/tracing/index.js'
import { answerStatus, refusedUrl, startReceiver, startTcp } from './receiver.js'

interface Endpoint {
  readonly url: string
  close(): Promise<void>
}

const never: RequestListener = () => {}

/** 200 at once, then a byte now and then, for ever: an inactivity timeout never fires. */
const trickle: RequestListener = (_request, response) => {
  response.writeHead(200, { 'content-type': 'application/json' })
  const timer = setInterval(() => response.write(' '), 50)
  response.on('close', () => clearInterval(timer))
}

/** The work of the app inside spans, with tracing failing in the background. */
async function work(): Promise<number> {
  const tracer = trace.getTracer('app')
  let done = 0
  for (let i = 0; i < 20; i++) {
    done += await tracer.startActiveSpan(`work ${i}`, async (span) => {
      await Promise.resolve()
      span.end()
      return 1
    })
  }
  return done
}

/** Works, shuts down with a deadline, and sees that the deadline was kept and every span accounted for. */
async function outage(t: ExecutionContext, endpoint: Endpoint): Promise<TracingHealth> {
  const said: string[] = []
  const tracing = await startTracing({
    endpoint: endpoint.url,
    log: {
      info() {},
      warn: (_fields: object, message: string) => said.push(message),
    },
  })
  t.is(await work(), 20)
  t.is(await race(tracing.shutdown(500)), 'settled')
  const health = tracing.health()
  t.is(health.made, 20)
  t.is(health.exported + health.dropped, 20)
  t.is(health.queued, 0)
  t.is(said.length, health.dropped > 0 ? 1 : 0)
  if (health.dropped > 0) t.regex(said[0] ?? '', /^Tracing has ended: 0 spans exported, 20 lost: /)
  await endpoint.close()
  return health
}

/** Which comes first: the promise, or a timer far beyond its deadline. */
function race(promise: Promise<unknown>): Promise<unknown> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, 5_000, 'too late')
    void promise.then(() => {
      clearTimeout(timer)
      resolve('settled')
    })
  })
}

const losing: Record<string, [() => Promise<Endpoint>, RegExp]> = {
  'refuses connections': [
    async () => ({ url: await refusedUrl(), close: async () => {} }),
    /ECONNREFUSED/,
  ],
  'accepts and never answers': [() => startReceiver(never), /given up after 500 ms/],
  'accepts and never reads': [() => startTcp((socket) => socket.pause()), /given up after 500 ms/],
  'resets the connection': [
    () => startTcp((socket) => socket.once('data', () => socket.resetAndDestroy())),
    /ECONNRESET|socket hang up/,
  ],
  'answers what is not HTTP': [
    () => startTcp((socket) => socket.end('SSH-2.0-OpenSSH\r\n')),
    /Parse Error/,
  ],
  'answers 400': [() => startReceiver(answerStatus(400)), /HTTP 400/],
  'answers 401': [() => startReceiver(answerStatus(401)), /HTTP 401/],
  'answers 413': [() => startReceiver(answerStatus(413)), /HTTP 413/],
  'answers 429 and wants to be left alone': [
    () => startReceiver(answerStatus(429, { 'retry-after': '120' })),
    /HTTP 429/,
  ],
  'answers 500': [() => startReceiver(answerStatus(500)), /HTTP 500/],
  'answers 503': [() => startReceiver(answerStatus(503)), /HTTP 503/],
  redirects: [
    () => startReceiver(answerStatus(307, { location: 'http://127.0.0.1:9/' })),
    /HTTP 307/,
  ],
}

for (const [behaviour, [start, error]] of Object.entries(losing)) {
  test.serial(`an endpoint that ${behaviour} costs the spans and nothing else`, async (t) => {
    const health = await outage(t, await start())
    t.is(health.state, 'degraded')
    t.is(health.dropped, 20)
    t.regex(health.lastError ?? '', error)
    t.truthy(health.failingSince)
  })
}

test.serial('a head that says 200 counts, even when the body never ends', async (t) => {
  const receiver = await startReceiver(trickle)
  const tracing = await startTracing({ endpoint: receiver.url })
  t.is(await work(), 20)
  t.is(await race(tracing.shutdown()), 'settled')
  t.like(tracing.health(), { made: 20, exported: 20, dropped: 0, state: 'working' })
  await receiver.close()
})

test.serial('an endless body does not hold a shutdown beyond its deadline', async (t) => {
  const health = await outage(t, await startReceiver(trickle))
  t.is(health.made, 20)
})

test.serial('an outage is said once when it begins and once when it ends', async (t) => {
  let status = 500
  const receiver = await startReceiver((_request, response) => response.writeHead(status).end())
  const said: [object, string][] = []
  const tracing = await startTracing({
    endpoint: receiver.url,
    log: { write: (level, fields, message) => said.push([{ level, ...fields }, message]) },
  })
  const flushed = async (): Promise<void> => {
    trace.getTracer('app').startSpan('one').end()
    await tracing.flush()
  }
  await flushed()
  await flushed()
  const { failingSince } = tracing.health()
  status = 200
  await flushed()
  await flushed()
  t.deepEqual(tracing.health(), {
    state: 'working',
    made: 4,
    exported: 2,
    dropped: 2,
    queued: 0,
    lastError: 'HTTP 500 Internal Server Error',
  })
  const target = `${receiver.url}/v1/traces`
  t.deepEqual(said, [
    [
      {
        level: 'warn',
        tracing: {
          state: 'degraded',
          exported: 0,
          dropped: 1,
          queued: 0,
          failing_since: failingSince,
          error: 'HTTP 500 Internal Server Error',
        },
      },
      `Tracing is degraded: spans do not reach ${target}: HTTP 500 Internal Server Error. Log lines are not affected.`,
    ],
    [
      { level: 'warn', tracing: { state: 'working', exported: 1, dropped: 2, queued: 0 } },
      `Tracing works again: spans reach ${target}.`,
    ],
  ])
  await tracing.shutdown()
  await receiver.close()
})

test.serial('what a busy receiver refuses is sent again', async (t) => {
  let calls = 0
  const receiver = await startReceiver((_request, response) => {
    calls++
    response.writeHead(calls === 1 ? 503 : 200, { 'retry-after': '0' }).end()
  })
  const tracing = await startTracing({ endpoint: receiver.url })
  trace.getTracer('app').startSpan('patient').end()
  await tracing.flush()
  t.is(calls, 2)
  t.like(tracing.health(), { state: 'working', exported: 1, dropped: 0 })
  await tracing.shutdown()
  await receiver.close()
})

test.serial('a flush keeps its deadline and leaves the span on its way', async (t) => {
  const receiver = await startReceiver(never)
  const tracing = await startTracing({ endpoint: receiver.url })
  trace.getTracer('app').startSpan('slow').end()
  t.is(await race(tracing.flush(50)), 'settled')
  t.is(tracing.health().queued, 1)
  t.is(await race(tracing.shutdown(50)), 'settled')
  t.like(tracing.health(), { queued: 0, dropped: 1 })
  await receiver.close()
})

test.serial(
  'a collector that is killed and comes back gets spans again without a restart',
  async (t) => {
    const before = await startReceiver()
    const tracing = await startTracing({
      endpoint: before.url,
      protocol: 'http/json',
      timeoutMs: 100,
      log: { info() {}, warn() {} },
    })
    const flushed = async (name: string): Promise<string> => {
      trace.getTracer('app').startSpan(name).end()
      await tracing.flush()
      return tracing.health().state
    }
    t.is(await flushed('one'), 'working')
    await before.close()
    t.is(await flushed('two'), 'degraded')
    t.regex(tracing.health().lastError ?? '', /ECONNREFUSED|ECONNRESET|socket hang up/)
    const after = await startReceiver(undefined, Number(new URL(before.url).port))
    t.is(await flushed('three'), 'working')
    t.like(tracing.health(), { made: 3, exported: 2, dropped: 1, queued: 0 })
    t.deepEqual(
      after.requests.flatMap(({ spans }) => spans.map(({ name }) => name)),
      ['three'],
    )
    await tracing.shutdown()
    await after.close()
  },
)
