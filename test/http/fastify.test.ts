import { once } from 'node:events'
import test, { type ExecutionContext } from 'ava'
import fastify, { type FastifyInstance, LogController } from 'fastify'
import { traceFastify } from '../../src/http/fastify.js'
import { type Logged, logged, rawConnection } from './serving.js'

async function app(
  t: ExecutionContext,
  { log }: Logged,
  routes: (app: FastifyInstance) => void,
): Promise<{ url: string; port: number; app: FastifyInstance }> {
  const instance = fastify({
    loggerInstance: log as never,
    logController: new LogController({ disableRequestLogging: true }),
  })
  await instance.register(traceFastify, { log, ignore: ['/health'], traceIdHeader: true })
  routes(instance as never)
  const url = await instance.listen({ host: '127.0.0.1', port: 0 })
  t.teardown(() => {
    instance.server.closeAllConnections()
    return instance.close()
  })
  return { url, port: Number(new URL(url).port), app: instance as never }
}

test('a request is named by its route and its logger is the request’s own', async (t) => {
  const logger = logged()
  const { url } = await app(t, logger, (instance) => {
    instance.register(
      (scope, _options, done) => {
        scope.post('/scans/:id', async (request) => {
          request.log.info('mine')
          await new Promise((resolve) => setTimeout(resolve, 1))
          logger.log.info({ body: request.body }, 'ambient')
          return { ok: true }
        })
        done()
      },
      { prefix: '/v1' },
    )
  })
  const response = await fetch(`${url}/v1/scans/7`, {
    method: 'POST',
    body: '{"a":1}',
    headers: { 'content-type': 'application/json' },
  })
  t.deepEqual(await response.json(), { ok: true })
  await logger.ended(1)
  const records = logger.destination.records.filter((record) => 'trace_id' in record)
  t.deepEqual(
    records.map(({ msg }) => msg),
    ['mine', 'ambient', 'span POST /v1/scans/:id ended', 'POST /v1/scans/:id 200'],
  )
  t.deepEqual(
    [...new Set(records.map((record) => record['trace_id']))],
    [response.headers.get('x-trace-id')],
  )
  t.like(logger.requests()[0], {
    'http.request.body.bytes': 7,
    'http.response.body.bytes': 11,
    'http.route': '/v1/scans/:id',
  })
})

test('errors are answered as by Fastify, and are in the span', async (t) => {
  const logger = logged()
  const { url } = await app(t, logger, (instance) => {
    instance.get('/throw', async () => {
      throw new RangeError('out of scans')
    })
    instance.get('/teapot', async () => {
      throw Object.assign(new Error('short and stout'), { statusCode: 418 })
    })
  })
  t.deepEqual(await (await fetch(`${url}/throw`)).json(), {
    statusCode: 500,
    error: 'Internal Server Error',
    message: 'out of scans',
  })
  t.is((await fetch(`${url}/teapot`)).status, 418)
  t.is((await fetch(`${url}/missing`)).status, 404)
  await logger.ended(3)
  t.deepEqual(
    logger.spans().map(({ span }) => [span['name'], span['status'], span['status_message']]),
    [
      ['GET /throw', 'error', 'out of scans'],
      ['GET /teapot', 'unset', undefined],
      ['GET', 'unset', undefined],
    ],
  )
  t.like(logger.spans()[1]?.['err'], { message: 'short and stout' })
})

test('paths that are left out have Fastify’s own logger', async (t) => {
  const logger = logged()
  const { url } = await app(t, logger, (instance) => {
    instance.get('/health', async () => 'ok')
    instance.get('/', async () => 'ok')
  })
  await fetch(`${url}/health`)
  await fetch(url)
  await logger.ended(1)
  t.is(logger.requests()[0]?.['url.path'], '/')
})

test('what Fastify logs of a request itself holds no headers and no query', async (t) => {
  const logger = logged()
  const instance = fastify({ loggerInstance: logger.log as never })
  await instance.register(traceFastify, { log: logger.log })
  instance.get('/throw', async () => {
    throw new RangeError('out of scans')
  })
  const url = await instance.listen({ host: '127.0.0.1', port: 0 })
  t.teardown(() => instance.close())
  await fetch(`${url}/throw?a=1`, { headers: { 'x-mine': 'header value' } })
  await logger.ended(1)
  const own = logger.destination.records.find(({ msg }) => msg === 'out of scans')
  t.like(own, { level: 'error', req: { method: 'GET', url: '/throw' }, res: { statusCode: 500 } })
  t.is(own?.['trace_id'], logger.requests()[0]?.['trace_id'])
  t.notRegex(logger.destination.lines.join(''), /header value/)
})

test('a stream that the client breaks off, and a reply that is hijacked', async (t) => {
  const logger = logged()
  const { url, port } = await app(t, logger, (instance) => {
    instance.get('/stream', (_request, reply) => {
      reply.hijack()
      reply.raw.writeHead(200, { 'content-type': 'text/event-stream' })
      reply.raw.write('data: 1\n\n')
    })
    instance.get('/hijacked', (_request, reply) => {
      reply.hijack()
      reply.raw.end('done')
    })
  })
  const socket = await rawConnection(t, port)
  socket.write('GET /stream HTTP/1.1\r\nhost: x\r\n\r\n')
  await once(socket, 'data')
  socket.destroy()
  await logger.ended(1)
  await fetch(`${url}/hijacked`)
  await logger.ended(2)
  t.deepEqual(
    logger.requests().map(({ msg }) => msg),
    ['GET /stream 200 aborted by the client', 'GET /hijacked 200'],
  )
})

test('requests that are injected without a connection are traced', async (t) => {
  const logger = logged()
  const { app: instance } = await app(t, logger, (each) => {
    each.get('/scans/:id', async () => 'ok')
  })
  t.is((await instance.inject('/scans/1')).body, 'ok')
  await logger.ended(1)
  t.is(logger.requests()[0]?.['msg'], 'GET /scans/:id 200')
})

test('options that are wrong are refused when the app gets ready', async (t) => {
  const instance = fastify()
  instance.register(traceFastify, { log: {} as never })
  await t.throwsAsync(async () => instance.ready(), { code: 'SECLOG_OPTION_INVALID' })
})
