import { once } from 'node:events'
import { createServer } from 'node:http'
import test from 'ava'
import { Hono } from 'hono'
import { traceHono } from '../../src/http/hono.js'
import { requestLog, traceHttpHandler, traceHttpServer } from '../../src/http/index.js'
import { exchanged, listening, logged, rawConnection, served } from './serving.js'

test('what is thrown that is no error leaves Hono as it came, and fails the request', async (t) => {
  const logger = logged()
  const hono = new Hono()
  hono.use(traceHono({ log: logger.log, ignore: ['/health'] }))
  hono.get('/throw', () => {
    throw 'no error'
  })
  hono.get('/health', (c) => c.text('ok'))
  t.is(await t.throwsAsync(async () => hono.request('/throw'), { any: true }), 'no error' as never)
  await logger.ended(1)
  t.is(logger.requests()[0]?.['msg'], 'GET /throw failed')
  t.is(await (await hono.request('/health')).text(), 'ok')
  t.is(logger.requests().length, 1)
})

test('a body without a connection that is cancelled, or fails, says so', async (t) => {
  const logger = logged()
  const hono = new Hono()
  hono.use(traceHono({ log: logger.log }))
  hono.get('/endless', () => {
    const encoder = new TextEncoder()
    return new Response(
      new ReadableStream({ pull: (controller) => controller.enqueue(encoder.encode('x')) }),
    )
  })
  hono.get('/broken', () => {
    return new Response(
      new ReadableStream({
        pull() {
          throw new Error('gone')
        },
      }),
    )
  })
  hono.get('/none', (c) => c.body(null, 204))
  const endless = await hono.request('/endless')
  await endless.body?.cancel()
  const broken = await hono.request('/broken')
  await t.throwsAsync(broken.text())
  await hono.request('/none')
  await logger.ended(3)
  t.deepEqual(
    logger.requests().map(({ msg }) => msg),
    [
      'GET /endless 200 aborted by the client',
      'GET /broken 200 broken off by the server',
      'GET /none 204',
    ],
  )
})

test('middleware of Hono that is used twice traces once', async (t) => {
  const logger = logged()
  const hono = new Hono()
  hono.use(traceHono({ log: logger.log }))
  hono.use(traceHono({ log: logger.log }))
  hono.get('/', (c) => c.text('ok'))
  await (await hono.request('/')).text()
  await logger.ended(1)
  t.is(logger.spans().length, 1)
})

test('an upgrade that is not traced, or whose listener throws, goes on as without tracing', async (t) => {
  const { log, requests, spans } = logged()
  const server = createServer()
  server.on('upgrade', (request, socket) => {
    t.is(requestLog(request) === undefined, request.url === '/health')
    if (request.url === '/throw') throw new RangeError('no upgrade')
    socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')
  })
  traceHttpServer(traceHttpServer(server, { log, ignore: ['/health'] }), {
    log,
    ignore: ['/health'],
  })
  const [listener] = server.listeners('upgrade') as ((...args: unknown[]) => void)[]
  const thrown: unknown[] = []
  server.removeAllListeners('upgrade')
  server.on('upgrade', (request, socket, head) => {
    try {
      listener?.(request, socket, head)
    } catch (error) {
      thrown.push(error)
      socket.destroy()
    }
  })
  const { port } = await listening(t, server)
  const ask = (path: string) =>
    exchanged(
      t,
      port,
      `GET ${path} HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: echo\r\n\r\n`,
    )
  t.regex(await ask('/health'), / 400 /)
  t.regex(await ask('/socket'), / 400 /)
  await ask('/throw')
  t.is((thrown[0] as Error).message, 'no upgrade')
  t.deepEqual(
    requests().map(({ msg }) => msg),
    ['GET /socket 400', 'GET /throw failed'],
  )
  t.is(spans()[1]?.span['status_message'], 'no upgrade')
})

test('an answer to an upgrade that is written as bytes is read, too', async (t) => {
  const { log, requests, ended } = logged()
  const server = createServer()
  server.on('upgrade', (_request, socket) => {
    socket.write(Buffer.from('HTTP/1.1 101 Switching Protocols\r\n\r\n'))
    socket.end()
  })
  traceHttpServer(server, { log })
  const { port } = await listening(t, server)
  await exchanged(
    t,
    port,
    'GET / HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: echo\r\n\r\n',
  )
  await ended(1)
  t.is(requests()[0]?.['msg'], 'GET / 101')
})

test('request.log can be replaced', async (t) => {
  const { log, ended } = logged()
  const { url } = await served(
    t,
    traceHttpHandler(
      (request, response) => {
        const own = request as unknown as { log: unknown }
        own.log = 'mine'
        response.end(own.log)
      },
      { log },
    ),
  )
  t.is(await (await fetch(url)).text(), 'mine')
  await ended(1)
})

test('a request that cannot be read is handled, and not traced', async (t) => {
  const { log, requests } = logged()
  const handler = traceHttpHandler((_, response) => response.end('ok'), { log })
  const { url } = await served(t, (request, response) => {
    Object.defineProperty(request, 'headers', {
      get() {
        throw new Error('no headers')
      },
    })
    return handler(request, response)
  })
  t.is(await (await fetch(url)).text(), 'ok')
  t.deepEqual(requests(), [])
})

test('an expectation of 100-continue is a request', async (t) => {
  const { log, requests, ended } = logged()
  const server = createServer()
  server.on('checkContinue', (request, response) => {
    response.writeContinue()
    request.resume().on('end', () => response.end('done'))
  })
  traceHttpServer(server, { log })
  const { port } = await listening(t, server)
  const socket = await rawConnection(t, port)
  socket.write('POST / HTTP/1.1\r\nhost: x\r\nexpect: 100-continue\r\ncontent-length: 4\r\n\r\n')
  await once(socket, 'data')
  socket.write('body')
  await ended(1)
  t.like(requests()[0], { msg: 'POST / 200', 'http.request.body.bytes': 4 })
})
