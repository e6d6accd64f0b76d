import { once } from 'node:events'
import { createServer, request as httpRequest } from 'node:http'
import test from 'ava'
import {
  requestLog,
  setRequestError,
  setRequestRoute,
  traceHttpHandler,
  traceHttpServer,
} from '../../src/http/index.js'
import { activeTrace, type SecurityLogger, withSpan } from '../../src/index.js'
import { traceTree } from '../../src/testing/index.js'
import { exchanged, listening, logged, rawConnection, served } from './serving.js'

test('a request has a root span and one request log, and its lines belong to them wherever they are written', async (t) => {
  const { log, requests, spans, ended, destination } = logged()
  const { url, port } = await served(
    t,
    traceHttpHandler(
      (request, response) => {
        log.info('in the handler')
        request.on('data', () => log.info('data'))
        request.on('end', () => {
          log.info('all read')
          setTimeout(() => response.end('hello'), 1)
        })
        response.on('finish', () => log.info('sent'))
      },
      { log },
    ),
  )
  const body = 'twelve bytes'
  const response = await fetch(`${url}/scan?q=1&token=abc`, {
    method: 'POST',
    body,
    headers: { 'user-agent': 'tests/1' },
  })
  t.is(await response.text(), 'hello')
  await ended(1)
  const [record, ...more] = requests()
  t.deepEqual(more, [])
  t.like(record, {
    level: 'info',
    msg: 'POST /scan 200',
    'event.category': ['web'],
    'event.type': ['access'],
    'event.outcome': 'success',
    'http.request.method': 'POST',
    'url.path': '/scan',
    'url.query': 'q=1&token=[Redacted]',
    'http.response.status_code': 200,
    'http.request.body.bytes': 12,
    'http.response.body.bytes': 5,
    'client.address': '127.0.0.1',
    'client.ip': '127.0.0.1',
    'user_agent.original': 'tests/1',
    'http.version': '1.1',
  })
  t.is(typeof record?.['duration_ms'], 'number')
  const [span, ...others] = spans()
  t.deepEqual(others, [])
  t.like(span?.span, { name: 'POST', kind: 'server', status: 'unset' })
  t.false('parent_span_id' in (span?.span ?? {}))
  const { 'network.peer.port': peerPort, ...attributes } = span?.span.attributes ?? {}
  t.is(typeof peerPort, 'number')
  t.deepEqual(attributes, {
    'http.request.method': 'POST',
    'url.path': '/scan',
    'url.query': 'q=1&token=[Redacted]',
    'url.scheme': 'http',
    'server.address': '127.0.0.1',
    'server.port': port,
    'client.address': '127.0.0.1',
    'network.peer.address': '127.0.0.1',
    'network.protocol.version': '1.1',
    'user_agent.original': 'tests/1',
    'http.response.status_code': 200,
  })
  const [tree] = traceTree(destination.records)
  t.deepEqual(tree?.problems, [])
  t.deepEqual(
    destination.records.map(({ trace_id: trace, span_id: id }) => [trace, id]),
    destination.records.map(() => [span?.['trace_id'], span?.['span_id']]),
  )
  t.deepEqual(
    destination.records.map(({ msg }) => msg),
    ['in the handler', 'data', 'all read', 'sent', 'span POST ended', 'POST /scan 200'],
  )
})

test('request.log belongs to the innermost span of its request, and to the request outside of every scope', async (t) => {
  const { log, ended, destination, spans } = logged()
  const outside: SecurityLogger[] = []
  const { url } = await served(
    t,
    traceHttpHandler(
      (request, response) => {
        const own = requestLog(request) as SecurityLogger
        t.is((request as unknown as { log: unknown }).log, own)
        outside.push(own)
        log.withSpan('inner', () => own.info('inside'))
        withSpan('other trace', { root: true }, () => own.info('elsewhere'))
        own.child({ part: 1 }).info('child')
        response.end()
      },
      { log },
    ),
  )
  await fetch(url)
  await ended(1)
  outside[0]?.info('after')
  const [inner, root] = spans()
  const of = (message: string) => destination.records.find(({ msg }) => msg === message)
  t.is(of('inside')?.['span_id'], inner?.['span_id'])
  for (const message of ['elsewhere', 'child', 'after']) {
    t.is(of(message)?.['trace_id'], root?.['trace_id'], message)
    t.is(of(message)?.['span_id'], root?.['span_id'], message)
  }
})

test('a request is no child of the span in which its server began to listen', async (t) => {
  const { log, ended, spans } = logged()
  const { url } = await log.withSpan('start', () =>
    served(
      t,
      traceHttpHandler((_, response) => response.end(), { log }),
    ),
  )
  await fetch(url)
  await ended(1)
  const [start, request] = spans()
  t.is(start?.span['name'], 'start')
  t.not(request?.['trace_id'], start?.['trace_id'])
  t.false('parent_span_id' in (request?.span ?? {}))
})

for (const [status, level, failed] of [
  [204, 'info', false],
  [302, 'info', false],
  [404, 'warn', false],
  [500, 'error', true],
  [503, 'error', true],
] as const) {
  test(`a response of ${status} is logged at ${level}, and ${failed ? 'fails' : 'does not fail'} the span`, async (t) => {
    const { log, requests, ended, spans } = logged()
    const { url } = await served(
      t,
      traceHttpHandler((_, response) => response.writeHead(status).end(), { log }),
    )
    await fetch(url, { redirect: 'manual' })
    await ended(1)
    t.like(requests()[0], {
      level,
      msg: `GET / ${status}`,
      'http.response.status_code': status,
      'event.outcome': failed ? 'failure' : 'success',
    })
    t.is(requests()[0]?.['error.type'], failed ? String(status) : undefined)
    t.is(spans()[0]?.span['status'], failed ? 'error' : 'unset')
    t.is(spans()[0]?.span.attributes['error.type'], failed ? String(status) : undefined)
    t.is(spans().length, 1)
  })
}

test('a route that is said names the span and the request log', async (t) => {
  const { log, requests, ended, spans } = logged()
  const { url } = await served(
    t,
    traceHttpHandler(
      (request, response) => {
        setRequestRoute(request, '/orders/:id')
        response.end()
      },
      { log },
    ),
  )
  await fetch(`${url}/orders/42`)
  await ended(1)
  t.like(requests()[0], {
    msg: 'GET /orders/:id 200',
    'http.route': '/orders/:id',
    'url.path': '/orders/42',
  })
  t.is(spans()[0]?.span['name'], 'GET /orders/:id')
  t.is(spans()[0]?.span.attributes['http.route'], '/orders/:id')
})

test('an error that is said fails the span of a 5xx, and is only recorded with any other answer', async (t) => {
  const { log, ended, spans, requests } = logged()
  const { url } = await served(
    t,
    traceHttpHandler(
      (request, response) => {
        setRequestError(request, new TypeError('no such scan'))
        setRequestError(request, new Error('a second one'))
        response.writeHead(request.url === '/500' ? 500 : 404).end()
      },
      { log },
    ),
  )
  await fetch(`${url}/500`)
  await fetch(`${url}/404`)
  await ended(2)
  const [failed, missed] = spans()
  t.like(failed?.span, { status: 'error', status_message: 'no such scan' })
  t.is(failed?.span.attributes['error.type'], 'TypeError')
  t.like(failed?.['err'], { type: 'TypeError', message: 'no such scan' })
  t.is(requests()[0]?.['error.type'], 'TypeError')
  t.is(missed?.span['status'], 'unset')
  t.like(missed?.['err'], { message: 'no such scan' })
  t.false('error.type' in (missed?.span.attributes ?? {}))
})

test('HEAD, 204 and 304 have no body, whatever a handler writes', async (t) => {
  const { log, requests, ended } = logged()
  const { url } = await served(
    t,
    traceHttpHandler(
      (request, response) => {
        response.statusCode = Number(request.url?.slice(1))
        response.end('a body')
      },
      { log },
    ),
  )
  await fetch(`${url}/200`, { method: 'HEAD' })
  await fetch(`${url}/304`)
  await fetch(`${url}/204`)
  await ended(3)
  t.deepEqual(
    requests().map((record) => [record['msg'], record['http.response.body.bytes']]),
    [
      ['HEAD /200 200', 0],
      ['GET /304 304', 0],
      ['GET /204 204', 0],
    ],
  )
})

test('a streamed response ends its span when the last of it is sent, with all its bytes', async (t) => {
  const { log, requests, ended } = logged()
  let finish = (): void => {}
  const { url } = await served(
    t,
    traceHttpHandler(
      (_, response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' })
        response.write('data: 1\n\n')
        finish = () => response.end(Buffer.from('data: 2\n\n'))
      },
      { log },
    ),
  )
  const response = await fetch(url)
  const reader = response.body?.getReader()
  await reader?.read()
  t.deepEqual(requests(), [])
  finish()
  while ((await reader?.read())?.done === false);
  await ended(1)
  t.like(requests()[0], {
    msg: 'GET / 200',
    'http.response.body.bytes': 18,
    'event.outcome': 'success',
  })
})

test('a client that goes away in the middle of a response is told from a complete one', async (t) => {
  const { log, requests, ended, spans } = logged()
  const { port } = await served(
    t,
    traceHttpHandler(
      (_, response) => {
        response.writeHead(200)
        response.write('the first part')
      },
      { log },
    ),
  )
  const socket = await rawConnection(t, port)
  socket.write('GET /feed HTTP/1.1\r\nhost: x\r\n\r\n')
  await once(socket, 'data')
  socket.destroy()
  await ended(1)
  t.like(requests()[0], {
    level: 'warn',
    msg: 'GET /feed 200 aborted by the client',
    'http.response.status_code': 200,
    'http.response.body.bytes': 14,
    'error.type': 'client_aborted',
    'event.outcome': 'failure',
  })
  t.is(spans()[0]?.span['status'], 'error')
  t.is(spans()[0]?.span.attributes['error.type'], 'client_aborted')
  t.is(spans().length, 1)
})

test('a client that goes away in the middle of its own body has no status, and the bytes that came', async (t) => {
  const { log, requests, ended } = logged()
  const { port } = await served(
    t,
    traceHttpHandler((request) => request.resume().on('error', () => {}), { log }),
  )
  const socket = await rawConnection(t, port)
  socket.write('POST /upload HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\npart')
  await new Promise((resolve) => setTimeout(resolve, 30))
  socket.destroy()
  await ended(1)
  t.like(requests()[0], { msg: 'POST /upload aborted by the client', 'http.request.body.bytes': 4 })
  t.false('http.response.status_code' in (requests()[0] ?? {}))
})

test('a server that breaks a response off is not taken for a client that went away', async (t) => {
  const { log, requests, ended } = logged()
  const { url } = await served(
    t,
    traceHttpHandler((_, response) => response.destroy(), { log }),
  )
  await t.throwsAsync(fetch(url))
  await ended(1)
  t.like(requests()[0], {
    msg: 'GET / broken off by the server',
    'error.type': 'server_aborted',
    level: 'error',
  })
})

test('a connection that idles too long times out', async (t) => {
  const { log, requests, ended } = logged()
  const { url } = await served(
    t,
    traceHttpHandler((request) => request.socket.setTimeout(40), { log }),
  )
  await t.throwsAsync(fetch(url))
  await ended(1)
  t.like(requests()[0], { msg: 'GET / timed out', 'error.type': 'timeout', level: 'error' })
})

test('a request that does not come in time is answered by Node, and logged with that answer', async (t) => {
  const { log, requests, ended } = logged()
  const server = createServer(
    { requestTimeout: 60, headersTimeout: 60, connectionsCheckingInterval: 20 },
    traceHttpHandler((request) => request.on('error', () => {}).resume(), { log }),
  )
  const { port } = await listening(t, server)
  const answer = await exchanged(
    t,
    port,
    'POST /slow HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\npart',
  )
  t.regex(answer, /^HTTP\/1\.1 408 /)
  await ended(1)
  t.like(requests()[0], { msg: 'POST /slow 408 timed out', 'error.type': 'timeout' })
})

test('an answer of 503 to a timeout is a complete response', async (t) => {
  const { log, requests, ended } = logged()
  const { url } = await served(
    t,
    traceHttpHandler(
      (_, response) => {
        response.setTimeout(30, () => response.writeHead(503).end('slow'))
      },
      { log },
    ),
  )
  t.is((await fetch(url)).status, 503)
  await ended(1)
  t.like(requests()[0], { msg: 'GET / 503', 'error.type': '503' })
})

test('each of several pipelined requests ends once, also those whose turn never came', async (t) => {
  const { log, requests, ended, spans } = logged()
  const waiting: (() => void)[] = []
  const { port } = await served(
    t,
    traceHttpHandler(
      (request, response) => {
        if (request.url === '/3') return
        waiting.push(() => response.end(request.url))
        if (waiting.length === 2) for (const answer of waiting.reverse()) answer()
      },
      { log },
    ),
  )
  const socket = await rawConnection(t, port)
  let answer = ''
  socket.on('data', (chunk: string) => {
    answer += chunk
  })
  socket.write(
    ['/1', '/2', '/3', '/4'].map((path) => `GET ${path} HTTP/1.1\r\nhost: x\r\n\r\n`).join(''),
  )
  while (!answer.includes('/2')) await once(socket, 'data')
  await ended(2)
  t.true(answer.indexOf('/1') < answer.indexOf('/2'))
  socket.destroy()
  await ended(4)
  t.deepEqual(
    requests()
      .map(({ msg }) => msg)
      .sort(),
    ['GET /1 200', 'GET /2 200', 'GET /3 aborted by the client', 'GET /4 aborted by the client'],
  )
  t.is(new Set(spans().map((span) => span['trace_id'])).size, 4)
})

test('what a handler throws goes on as it would, and is in the span', async (t) => {
  const { log, spans, requests } = logged()
  const error = new RangeError('out of scans')
  const handler = traceHttpHandler(
    () => {
      throw error
    },
    { log },
  )
  const outcome = new Promise<unknown>((resolve) => {
    const server = createServer((request, response) => {
      try {
        handler(request, response)
      } catch (thrown) {
        resolve(thrown)
        response.writeHead(500).end()
      }
    })
    void listening(t, server).then(({ url }) => fetch(url))
  })
  t.is(await outcome, error)
  t.like(spans()[0]?.span, { status: 'error', status_message: 'out of scans' })
  t.like(requests()[0], { msg: 'GET / failed', level: 'error', 'error.type': 'RangeError' })
})

test('what an async handler rejects with stays unhandled, and is in the span', async (t) => {
  const { log, spans } = logged()
  const error = new RangeError('out of scans')
  const handler = traceHttpHandler(async () => Promise.reject(error), { log })
  const results: unknown[] = []
  const { url } = await served(t, (request, response) => {
    results.push(handler(request, response))
    ;(results[0] as Promise<unknown>).catch(() => response.writeHead(500).end())
  })
  await fetch(url)
  await t.throwsAsync(results[0] as Promise<unknown>, { is: error })
  t.like(spans()[0]?.span, { status: 'error', status_message: 'out of scans' })
  t.is(spans().length, 1)
})

test('a traced server traces upgrades until they are answered, and its requests', async (t) => {
  const { log, requests, ended } = logged()
  const server = createServer((_, response) => response.end())
  server.on('upgrade', (_request, socket) => {
    log.info('upgrading')
    socket.write('HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: echo\r\n\r\n')
    socket.on('data', (chunk) => socket.end(chunk))
  })
  server.on('connect', (_request, socket) => socket.end('HTTP/1.1 403 Forbidden\r\n\r\n'))
  t.is(traceHttpServer(server, { log }), server)
  const { port, url } = await listening(t, server)
  const socket = await rawConnection(t, port)
  socket.write('GET /socket HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: echo\r\n\r\n')
  await once(socket, 'data')
  socket.write('ping')
  t.deepEqual(await once(socket, 'data'), ['ping'])
  t.regex(
    await exchanged(t, port, 'CONNECT admin:hunter2@db.internal:5432 HTTP/1.1\r\nhost: x\r\n\r\n'),
    /403/,
  )
  await fetch(url)
  await ended(3)
  t.deepEqual(
    requests().map(({ msg, level }) => [msg, level]),
    [
      ['GET /socket 101', 'info'],
      ['CONNECT db.internal:5432 403', 'warn'],
      ['GET / 200', 'info'],
    ],
  )
})

test('an upgrade that is refused by closing the connection has no status', async (t) => {
  const { log, requests, ended } = logged()
  const server = createServer()
  server.on('upgrade', (_request, socket) => socket.destroy())
  traceHttpServer(server, { log })
  const { port } = await listening(t, server)
  await exchanged(
    t,
    port,
    'GET /socket HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: echo\r\n\r\n',
  )
  await ended(1)
  t.is(requests()[0]?.['msg'], 'GET /socket broken off by the server')
})

test('a request that is traced by its server and its handler is traced once', async (t) => {
  const { log, requests, ended, spans } = logged()
  const options = { log }
  const handler = traceHttpHandler(
    traceHttpHandler((_, response) => response.end(activeTrace()?.traceId), options),
    options,
  )
  const { url } = await listening(t, traceHttpServer(createServer(handler), options))
  const answer = await (await fetch(url)).text()
  await ended(1)
  t.is(requests().length, 1)
  t.is(spans().length, 1)
  t.is(spans()[0]?.['trace_id'], answer)
})

for (const [target, path, extra] of [
  ['//', '//', {}],
  ['//evil.example/a', '//evil.example/a', {}],
  ['/%', '/%', {}],
  ['/a?', '/a', {}],
  ['/a?x#y', '/a', { 'url.query': 'x' }],
  ['http://user:hunter2@other.example:81/b?c=1', '/b', { 'url.query': 'c=1' }],
  ['http://other.example', '/', {}],
] as const) {
  test(`the request target ${target} is read as it came`, async (t) => {
    const { log, requests, ended, destination } = logged()
    const { port } = await served(
      t,
      traceHttpHandler((_, response) => response.end(), { log }),
    )
    await exchanged(t, port, `GET ${target} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`)
    await ended(1)
    t.like(requests()[0], { 'url.path': path, 'http.response.status_code': 200, ...extra })
    t.notRegex(destination.lines.join(''), /hunter2/)
  })
}

test('OPTIONS * is a request like any other', async (t) => {
  const { log, requests, ended } = logged()
  const { port } = await served(
    t,
    traceHttpHandler((_, response) => response.end(), { log }),
  )
  await exchanged(t, port, 'OPTIONS * HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n')
  await ended(1)
  t.like(requests()[0], { msg: 'OPTIONS * 200', 'url.path': '*' })
})

test('a method without a place in the conventions names no span', async (t) => {
  const { log, requests, ended, spans } = logged()
  const { port } = await served(
    t,
    traceHttpHandler((_, response) => response.end(), { log }),
  )
  await exchanged(t, port, 'PROPFIND / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n')
  await ended(1)
  t.is(requests()[0]?.['http.request.method'], 'PROPFIND')
  t.is(spans()[0]?.span['name'], 'HTTP')
  t.like(spans()[0]?.span.attributes, {
    'http.request.method': '_OTHER',
    'http.request.method_original': 'PROPFIND',
  })
})

test('requests on a kept connection are each their own', async (t) => {
  const { log, ended, requests, spans } = logged()
  const { port } = await served(
    t,
    traceHttpHandler((_, response) => response.end('ok'), { log }),
  )
  const { Agent } = await import('node:http')
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  t.teardown(() => agent.destroy())
  for (let index = 0; index < 30; index++) {
    const outgoing = httpRequest({ port, host: '127.0.0.1', agent, path: `/${index}` }).end()
    const [response] = await once(outgoing, 'response')
    response.resume()
    await once(response, 'end')
  }
  await ended(30)
  t.is(new Set(requests().map((record) => record['url.path'])).size, 30)
  t.is(new Set(spans().map((span) => span['trace_id'])).size, 30)
})
