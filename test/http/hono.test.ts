import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { type ServerType, serve } from '@hono/node-server'
import test, { type ExecutionContext } from 'ava'
import { Hono } from 'hono'
import { streamText } from 'hono/streaming'
import { traceHono } from '../../src/http/hono.js'
import type { SecurityLogger } from '../../src/index.js'
import { type Logged, logged } from './serving.js'

type Env = { Variables: { log: SecurityLogger } }

function app({ log }: Logged): Hono<Env> {
  const hono = new Hono<Env>()
  hono.use(traceHono({ log, traceIdHeader: true, requestIdHeader: true }))
  hono.get('/scans/:id', async (c) => {
    c.get('log').info('mine')
    await new Promise((resolve) => setTimeout(resolve, 1))
    log.info('ambient')
    return c.text('ok')
  })
  hono.post('/echo', async (c) => c.text(await c.req.text()))
  hono.get('/throw', () => {
    throw new RangeError('out of scans')
  })
  const nested = new Hono<Env>()
  nested.get('/deep/:x', (c) => c.text('deep'))
  hono.route('/nested', nested)
  hono.get('/stream', (c) =>
    streamText(c, async (stream) => {
      await stream.write('one')
      await stream.write('two')
    }),
  )
  hono.onError((_error, c) => c.text('failed', 500))
  return hono
}

async function listen(t: ExecutionContext, hono: Hono<Env>): Promise<string> {
  const server: ServerType = serve({ fetch: hono.fetch, hostname: '127.0.0.1', port: 0 })
  await once(server, 'listening')
  t.teardown(() => {
    ;(server as unknown as { closeAllConnections(): void }).closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

for (const where of ['on a Node server', 'without a connection'] as const) {
  const start = async (t: ExecutionContext, logger: Logged) => {
    const hono = app(logger)
    if (where === 'without a connection') {
      return async (path: string, init?: RequestInit) => hono.request(`http://x${path}`, init)
    }
    const url = await listen(t, hono)
    return async (path: string, init?: RequestInit) => fetch(url + path, init)
  }

  test(`${where}, a request is named by its route and has a logger of its own`, async (t) => {
    const logger = logged()
    const request = await start(t, logger)
    const response = await request('/scans/7')
    t.is(await response.text(), 'ok')
    await logger.ended(1)
    const { records } = logger.destination
    t.deepEqual(
      records.map(({ msg }) => msg),
      ['mine', 'ambient', 'span GET /scans/:id ended', 'GET /scans/:id 200'],
    )
    t.deepEqual(
      [...new Set(records.map((record) => record['trace_id']))],
      [response.headers.get('x-trace-id')],
    )
    t.deepEqual(
      [...new Set(records.map((record) => record['http.request.id']))],
      [response.headers.get('x-request-id')],
    )
    t.is(logger.requests()[0]?.['http.response.body.bytes'], 2)
  })

  test(`${where}, errors, nested routes, bodies and misses are told`, async (t) => {
    const logger = logged()
    const request = await start(t, logger)
    t.is(await (await request('/throw')).text(), 'failed')
    await (await request('/nested/deep/1')).text()
    t.is(await (await request('/echo', { method: 'POST', body: 'hey' })).text(), 'hey')
    await (await request('/missing')).text()
    await (await request('/scans/1', { method: 'HEAD' })).text()
    await logger.ended(5)
    t.deepEqual(
      logger
        .spans()
        .map(({ span }) => [span['name'], span['status'], span['status_message']])
        .slice(0, 4)
        .sort(),
      [
        ['GET /nested/deep/:x', 'unset', undefined],
        ['GET /throw', 'error', 'out of scans'],
        ['GET', 'unset', undefined],
        ['POST /echo', 'unset', undefined],
      ].sort(),
    )
  })

  test(`${where}, a streamed response ends with its last byte`, async (t) => {
    const logger = logged()
    const request = await start(t, logger)
    t.is(await (await request('/stream')).text(), 'onetwo')
    await logger.ended(1)
    t.like(logger.requests()[0], { msg: 'GET /stream 200', 'http.response.body.bytes': 6 })
  })
}
