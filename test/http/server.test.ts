import { once } from 'node:events'
import { createServer, request as httpRequest } from 'node:http'
import { connect as connectHttp2, createServer as createHttp2Server } from 'node:http2'
import type { AddressInfo } from 'node:net'
import test from 'ava'
import { type HttpOptions, requestLog, traceHttpHandler } from '../../src/http/index.js'
import { createSecurityLogger, withSpan } from '../../src/index.js'
import { injectTrace } from '../../src/propagation/index.js'
import { exchanged, logged, served } from './serving.js'

const upstream = {
  traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
  spanId: '00f067aa0ba902b7',
}
const traceparent = `00-${upstream.traceId}-${upstream.spanId}-01`

test('a trusted peer’s trace is continued', async (t) => {
  const { log, spans, ended } = logged()
  const { url } = await served(
    t,
    traceHttpHandler((_, response) => response.end(), { log }),
  )
  await fetch(url, { headers: { traceparent } })
  await ended(1)
  t.is(spans()[0]?.['trace_id'], upstream.traceId)
  t.is(spans()[0]?.span['parent_span_id'], upstream.spanId)
})

test('an untrusted peer’s trace is restarted, with a link to theirs and without their flags', async (t) => {
  const { log, spans, ended, requests } = logged()
  const { url } = await served(
    t,
    traceHttpHandler(
      (_, response) => {
        log.info('in the handler')
        response.end(JSON.stringify(injectTrace({})))
      },
      { log, trust: false },
    ),
  )
  const headers = {
    traceparent: traceparent.replace(/01$/, '00'),
    baggage: 'a=b',
    tracestate: 'x=1',
  }
  const sent = (await (await fetch(url, { headers })).json()) as Record<string, string>
  await ended(1)
  const [span] = spans()
  t.not(span?.['trace_id'], upstream.traceId)
  t.false('parent_span_id' in (span?.span ?? {}))
  t.is(span?.['trace_flags'], '01')
  t.like(span?.span['links'], [{ trace_id: upstream.traceId, span_id: upstream.spanId }])
  t.like(requests()[0]?.['upstream'], { trace_id: upstream.traceId, trace_flags: '00' })
  t.regex(String(sent['traceparent']), new RegExp(`^00-${String(span?.['trace_id'])}-`))
  t.is(sent['baggage'], undefined)
  t.is(sent['tracestate'], undefined)
})

test('a request that a proxy forwards from outside is not trusted by default', async (t) => {
  const { log, spans, ended } = logged()
  const { url } = await served(
    t,
    traceHttpHandler((_, response) => response.end(), { log }),
  )
  await fetch(url, { headers: { traceparent, 'x-forwarded-for': '203.0.113.9' } })
  await ended(1)
  t.not(spans()[0]?.['trace_id'], upstream.traceId)
})

test('baggage of trusted peers becomes fields by allow-list, and goes on', async (t) => {
  const { log, requests, ended } = logged()
  const { url } = await served(
    t,
    traceHttpHandler(
      (_, response) => {
        response.end(JSON.stringify(injectTrace({})))
      },
      { log, baggageFields: ['tenant'] },
    ),
  )
  const headers = { traceparent, baggage: 'tenant=acme,other=1' }
  const sent = (await (await fetch(url, { headers })).json()) as Record<string, string>
  await ended(1)
  t.is(sent['baggage'], 'tenant=acme,other=1')
  t.is(requests()[0]?.['tenant'], 'acme')
  t.false('other' in (requests()[0] ?? {}))
})

test('the client is the one that trusted proxies speak for', async (t) => {
  const { log, requests, spans, ended } = logged()
  const { url } = await served(
    t,
    traceHttpHandler((_, response) => response.end(), { log, trustedProxies: ['127.0.0.0/8'] }),
  )
  await fetch(url, { headers: { 'x-forwarded-for': '6.6.6.6, 203.0.113.9' } })
  await ended(1)
  t.is(requests()[0]?.['client.address'], '203.0.113.9')
  t.is(spans()[0]?.span.attributes['client.address'], '203.0.113.9')
  t.is(spans()[0]?.span.attributes['network.peer.address'], '127.0.0.1')
})

test('ids are answered when asked for, and an id of the client only when it is harmless', async (t) => {
  const { log, destination, ended, requests } = logged()
  const options = { log, traceIdHeader: 'X-My-Trace', requestIdHeader: true }
  const { url } = await served(
    t,
    traceHttpHandler((request, response) => {
      log.info('ambient')
      requestLog(request)?.info('own')
      response.end()
    }, options),
  )
  const good = await fetch(url, { headers: { 'x-request-id': 'client-id-1' } })
  t.is(good.headers.get('x-request-id'), 'client-id-1')
  const bad = await fetch(url, { headers: { 'x-request-id': 'a b<script>' } })
  t.regex(String(bad.headers.get('x-request-id')), /^[\da-f-]{36}$/)
  await ended(2)
  t.is(good.headers.get('x-my-trace'), requests()[0]?.['trace_id'] as string)
  t.deepEqual(
    destination.records.slice(0, 4).map((record) => record['http.request.id']),
    Array(4).fill('client-id-1'),
  )
  t.is(requests()[0]?.['http.request.id_replaced'], undefined)
  t.true(requests()[1]?.['http.request.id_replaced'])
  t.notRegex(destination.lines.join(''), /script/)
})

test('no id is answered and no header is recorded unless asked for', async (t) => {
  const { log, destination, ended } = logged()
  const { url } = await served(
    t,
    traceHttpHandler(
      (_, response) => {
        response.setHeader('set-cookie', 'session=hunter2cookie')
        response.end()
      },
      { log },
    ),
  )
  const response = await fetch(url, {
    headers: {
      authorization: 'Bearer hunter2bearer',
      cookie: 'session=hunter2cookie',
      'x-api-key': 'hunter2key',
      'x-mine': 'hunter2mine',
    },
  })
  await ended(1)
  t.false(response.headers.has('x-trace-id'))
  t.false(response.headers.has('x-request-id'))
  t.notRegex(destination.lines.join(''), /hunter2/)
})

test('headers of the lists are recorded, behind the redactor', async (t) => {
  const { log, spans, destination, ended } = logged()
  const { url } = await served(
    t,
    traceHttpHandler(
      (_, response) => {
        response.setHeader('x-cache', ['miss', 'hit'])
        response.setHeader('set-cookie', 'session=hunter2cookie')
        response.end()
      },
      {
        log,
        requestHeaders: ['Accept-Language', 'authorization', 'x-token', 'x-missing'],
        responseHeaders: ['X-Cache', 'set-cookie'],
      },
    ),
  )
  await fetch(url, {
    headers: {
      'accept-language': 'de',
      authorization: 'Bearer hunter2bearerhunter2bearer',
      'x-token': 'hunter2token',
    },
  })
  await ended(1)
  t.like(spans()[0]?.span.attributes, {
    'http.request.header.accept-language': ['de'],
    'http.response.header.x-cache': ['miss', 'hit'],
  })
  t.notRegex(destination.lines.join(''), /hunter2/)
})

test('header values that would drive a terminal, forge a line or fill the log do none of it', async (t) => {
  const { log, destination, requests, ended } = logged()
  const { port } = await served(
    t,
    traceHttpHandler((_, response) => response.end(), {
      log,
      requestHeaders: ['x-evil', '__proto__', 'x-many'],
      trustedProxies: ['127.0.0.1'],
      requestIdHeader: true,
    }),
  )
  const agent = `\u009b31m\u0085evil ${'x'.repeat(9_000)}`
  await exchanged(
    t,
    port,
    [
      'GET /a?b=%0a%1b[31m HTTP/1.1',
      'host: evil\u00ad.example:99999999',
      `user-agent: ${agent}`,
      'x-evil: {"level":"fatal"}\t\u0080',
      '__proto__: polluted',
      'x-forwarded-for: "><script>, \u0085',
      'x-request-id: a',
      'x-request-id: b',
      'traceparent: 00-00000000000000000000000000000000-0000000000000000-01',
      `baggage: ${'a=b,'.repeat(500)}`,
      ...Array.from({ length: 40 }, (_, index) => `x-many: ${index}`),
      'connection: close',
      '',
      '',
    ].join('\r\n'),
  )
  await ended(1)
  t.is(destination.lines.length, 2)
  t.deepEqual(destination.broken, [])
  t.notRegex(destination.lines.join(''), /[\u0000-\u001f\u007f-\u009f]/)
  t.is(requests()[0]?.['client.address'], '127.0.0.1')
  t.is(String(requests()[0]?.['user_agent.original']).length, 1_024)
  t.is(({} as Record<string, unknown>)['polluted'], undefined)
})

test('headers that are too large are Node’s to refuse, and the server goes on', async (t) => {
  const { log, ended, requests } = logged()
  const { port, url } = await served(
    t,
    traceHttpHandler((_, response) => response.end(), { log }),
  )
  t.regex(await exchanged(t, port, `GET / HTTP/1.1\r\nx: ${'x'.repeat(20_000)}\r\n\r\n`), / 431 /)
  await fetch(url)
  await ended(1)
  t.is(requests().length, 1)
})

test('a secret in a path is masked where its form gives it away', async (t) => {
  const { log, destination, ended } = logged()
  const { url } = await served(
    t,
    traceHttpHandler((_, response) => response.end(), { log }),
  )
  const token = `ghp_${'a1B2c3D4e5'.repeat(3)}F6g7h8`
  await fetch(`${url}/reset/${token}?x=${token}`)
  await ended(1)
  t.false(destination.lines.join('').includes(token))
})

test('level says at which level a request is logged, or not at all', async (t) => {
  const { log, ended, requests, spans } = logged()
  const { url } = await served(
    t,
    traceHttpHandler(
      (request, response) => response.writeHead(request.url === '/404' ? 404 : 200).end(),
      {
        log,
        level: ({ status, path, ending, durationMs, method, route, error }) => {
          t.true(durationMs >= 0)
          t.deepEqual([ending, method, route, error], ['completed', 'GET', undefined, undefined])
          if (path === '/throw') throw new Error('no level')
          return status === 404 ? 'debug' : path === '/quiet' ? 'silent' : 'info'
        },
      },
    ),
  )
  for (const path of ['/404', '/quiet', '/throw', '/']) await fetch(url + path)
  await ended(3)
  t.deepEqual(
    requests().map(({ level, msg }) => [level, msg]),
    [
      ['debug', 'GET /404 404'],
      ['info', 'GET /throw 200'],
      ['info', 'GET / 200'],
    ],
  )
  t.is(spans().length, 4)
})

test('ambient fields of where the server was made are on its lines', async (t) => {
  const { log, ended, requests } = logged()
  const { url } = await log.withFields({ region: 'eu' }, () =>
    served(
      t,
      traceHttpHandler((_, response) => response.end(), { log }),
    ),
  )
  await fetch(url)
  await ended(1)
  t.is(requests()[0]?.['region'], 'eu')
})

test('response.err, as users of pino-http set it, is the error of the request', async (t) => {
  const { log, ended, spans } = logged()
  const { url } = await served(
    t,
    traceHttpHandler(
      (_, response) => {
        Object.assign(response, { err: new RangeError('out of scans') })
          .writeHead(500)
          .end()
      },
      { log },
    ),
  )
  await fetch(url)
  await ended(1)
  t.is(spans()[0]?.span['status_message'], 'out of scans')
})

test('a request that nobody traces has no logger', async (t) => {
  const request = httpRequest({ host: '127.0.0.1', port: 1 })
  request.on('error', () => {})
  request.destroy()
  t.is(requestLog(request), undefined)
})

test('the compatibility API of HTTP/2 is traced, streams that are reset among it', async (t) => {
  const { log, requests, ended, spans } = logged()
  const handler = traceHttpHandler(
    (request, response) => {
      if (request.url === '/open') response.write('part')
      else request.resume().on('end', () => response.end('done'))
    },
    { log, traceIdHeader: true },
  )
  const server = createHttp2Server((request, response) => {
    void handler(request as never, response as never)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const client = connectHttp2(`http://127.0.0.1:${port}`)
  t.teardown(() => {
    client.destroy()
    server.close()
  })
  const post = client.request({ ':method': 'POST', ':path': '/scan' })
  post.end('twelve bytes')
  const [headers] = await once(post, 'response')
  let answer = ''
  for await (const chunk of post) answer += chunk
  t.is(answer, 'done')
  await ended(1)
  t.is(headers['x-trace-id'], requests()[0]?.['trace_id'])
  const reset = client.request({ ':path': '/open' })
  await once(reset, 'data')
  reset.close(8)
  await ended(2)
  t.like(requests()[0], {
    msg: 'POST /scan 200',
    'http.version': '2.0',
    'http.request.body.bytes': 12,
    'http.response.body.bytes': 4,
  })
  t.is(requests()[1]?.['msg'], 'GET /open 200 aborted by the client')
  t.is(spans()[0]?.span.attributes['server.address'], '127.0.0.1')
})

test('format ecs has the request where ECS has it', async (t) => {
  const lines: string[] = []
  let over = (): void => {}
  const done = new Promise<void>((resolve) => {
    over = resolve
  })
  const log = createSecurityLogger(
    { format: 'ecs', service: 'scan-api' },
    {
      write(line: string) {
        lines.push(line)
        if (lines.length === 2) over()
      },
    },
  )
  const { url } = await served(
    t,
    traceHttpHandler((_, response) => response.end('hello'), { log }),
  )
  await fetch(`${url}/scan?a=1`, { headers: { 'user-agent': 'tests/1' } })
  await done
  const record = JSON.parse(lines[1] ?? '') as Record<string, unknown>
  const flat = JSON.stringify(record)
  t.like(
    record,
    {
      'event.category': ['web'],
      'event.type': ['access'],
      'event.outcome': 'success',
      'http.request.method': 'GET',
      'http.response.status_code': 200,
      'http.response.body.bytes': 5,
      'url.path': '/scan',
      'url.query': 'a=1',
      'client.ip': '127.0.0.1',
      'user_agent.original': 'tests/1',
      'http.version': '1.1',
    },
    flat,
  )
  t.is(typeof record['event.duration'], 'number', flat)
})

const { log } = logged()
for (const [what, options] of Object.entries<object>({
  'no logger': {},
  'a logger of another kind': { log: console },
  'a path filter that is no list': { log, include: '/mcp' },
  'a path filter of numbers': { log, ignore: [1] },
  'a header that is none': { log, requestHeaders: ['a b'] },
  'headers that are no list': { log, responseHeaders: 'x' },
  'a name of a header that is none': { log, traceIdHeader: 'a\nb' },
  'a proxy that is no address': { log, trustedProxies: ['localhost'] },
  'a level that is no function': { log, level: 'info' },
})) {
  test(`${what} is refused`, (t) => {
    t.throws(() => traceHttpHandler(() => {}, options as HttpOptions), {
      code: 'SECLOG_OPTION_INVALID',
    })
  })
}

test('no options are refused as well', (t) => {
  t.throws(() => traceHttpHandler(() => {}, undefined as never), { code: 'SECLOG_OPTION_INVALID' })
  t.is(typeof createServer(traceHttpHandler(() => withSpan('x', () => {}), { log })), 'object')
})
