import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import test, { type ExecutionContext } from 'ava'
import { tracedFetch } from '../../src/http/index.js'
import { withSpan } from '../../src/index.js'
import { listening, logged } from './serving.js'

interface Seen {
  readonly method: string | undefined
  readonly path: string | undefined
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

/** Two servers on one machine: of another origin each, and the second one by another name. */
async function servers(
  t: ExecutionContext,
  answer: (request: IncomingMessage, response: ServerResponse, other: string) => void = (
    _,
    response,
  ) => response.end('ok'),
) {
  const seen: Seen[] = []
  const urls: string[] = []
  for (let index = 0; index < 2; index++) {
    const server = createServer(async (request, response) => {
      let body = ''
      for await (const chunk of request) body += chunk
      seen.push({ method: request.method, path: request.url, headers: request.headers, body })
      answer(request, response, urls[1 - index] ?? '')
    })
    const { port } = await listening(t, server)
    urls.push(`http://${index === 0 ? '127.0.0.1' : 'localhost'}:${port}`)
  }
  const [first = '', second = ''] = urls
  return { seen, first, second }
}

const traceparent = /^00-([\da-f]{32})-([\da-f]{16})-01$/

test('a request is a client span that its server continues', async (t) => {
  const { log, spans } = logged()
  const { seen, first } = await servers(t)
  const fetch = tracedFetch(globalThis.fetch, { log })
  const response = await log.withSpan('outer', () =>
    fetch(`${first}/scans?token=hunter2&page=2#part`, {
      method: 'post',
      body: 'x',
      headers: { a: '1' },
    }),
  )
  t.is(await response.text(), 'ok')
  t.is(response.url, `${first}/scans?token=hunter2&page=2`)
  const [client, outer] = spans()
  t.like(client?.span, {
    name: 'POST',
    kind: 'client',
    status: 'unset',
    parent_span_id: outer?.['span_id'],
  })
  t.deepEqual(client?.span.attributes, {
    'http.request.method': 'POST',
    'url.full': `${first}/scans?token=[Redacted]&page=2`,
    'server.address': '127.0.0.1',
    'server.port': Number(new URL(first).port),
    'http.response.status_code': 200,
  })
  const [, traceId, spanId] = traceparent.exec(String(seen[0]?.headers['traceparent'])) ?? []
  t.is(traceId, client?.['trace_id'] as string)
  t.is(spanId, client?.['span_id'] as string)
  t.like(seen[0], { method: 'POST', body: 'x' })
  t.is(seen[0]?.headers['a'], '1')
})

test('without a logger there is a span and no record', async (t) => {
  const { seen, first } = await servers(t)
  const trace = await withSpan('outer', async (span) => {
    await tracedFetch()(first)
    return span.spanContext().traceId
  })
  t.is(traceparent.exec(String(seen[0]?.headers['traceparent']))?.[1], trace)
})

for (const [propagateTo, target, expected] of [
  [undefined, 'http://127.0.0.1/', true],
  [undefined, 'http://10.1.2.3/', true],
  [undefined, 'http://192.168.0.1:8080/', true],
  [undefined, 'http://[::1]/', true],
  [undefined, 'http://[fd00::1]/', true],
  [undefined, 'http://localhost:3000/', true],
  [undefined, 'http://orders:8080/', true],
  [undefined, 'http://orders.internal/', true],
  [undefined, 'http://orders.shop.svc.cluster.local/', true],
  [undefined, 'http://orders.local./', true],
  [undefined, 'https://api.example.com/', false],
  [undefined, 'http://8.8.8.8/', false],
  [undefined, 'http://134744072/', false],
  [undefined, 'http://[2001:db8::1]/', false],
  [undefined, 'http://127.0.0.1.example.com/', false],
  [undefined, 'http://internal.example.com/', false],
  [['https://api.example.com'], 'https://api.example.com/x', true],
  [['https://api.example.com'], 'http://api.example.com/x', false],
  [['https://api.example.com'], 'https://api.example.com:444/x', false],
  [['api.example.com'], 'https://api.example.com:444/x', true],
  [['api.example.com:443'], 'https://api.example.com:444/x', false],
  [['api.example.com:444'], 'https://api.example.com:444/x', true],
  [['*.example.com'], 'https://a.b.example.com/', true],
  [['*.example.com'], 'https://example.com/', false],
  [['*.example.com'], 'https://evilexample.com/', false],
  [['api.example.com'], 'http://127.0.0.1/', false],
  [[], 'http://127.0.0.1/', false],
  [(url: URL) => url.port === '81', 'http://x.example:81/', true],
  [(url: URL) => url.port === '81', 'http://x.example/', false],
  [
    () => {
      throw new Error('no')
    },
    'http://127.0.0.1/',
    false,
  ],
] as const) {
  test(`${target} ${expected ? 'may' : 'may not'} know the trace, by ${String(propagateTo ?? 'default')}`, async (t) => {
    let headers = new Headers()
    const send = async (input: unknown, init?: RequestInit) => {
      headers = new Headers(init?.headers ?? (input as Request).headers)
      return new Response()
    }
    const options = propagateTo === undefined ? {} : { propagateTo }
    await withSpan('outer', () => tracedFetch(send as typeof fetch, options)(target))
    t.is(headers.has('traceparent'), expected)
  })
}

for (const bad of ['', 'https://a.example/path', 'a.example/path', 'http://', 7]) {
  test(`propagateTo refuses ${JSON.stringify(bad)}`, (t) => {
    t.throws(() => tracedFetch(undefined, { propagateTo: [bad as string] }), {
      code: 'SECLOG_OPTION_INVALID',
    })
  })
}

test('propagateTo must be a list or a function', (t) => {
  t.throws(() => tracedFetch(undefined, { propagateTo: 'all' as never }), {
    code: 'SECLOG_OPTION_INVALID',
  })
})

test('a redirect to a server that may not know the trace does not tell it, nor what was meant for the first one', async (t) => {
  const { log, spans } = logged()
  const { seen, first, second } = await servers(t, (request, response, other) => {
    if (request.url === '/away') response.writeHead(302, { location: `${other}/there?code=abc` })
    response.end('arrived')
  })
  const fetch = tracedFetch(globalThis.fetch, { log, propagateTo: [first] })
  const response = await fetch(`${first}/away`, {
    headers: { authorization: 'Bearer abc', cookie: 'a=b', 'x-mine': '1' },
  })
  t.is(await response.text(), 'arrived')
  t.true(response.redirected)
  t.is(response.url, `${second}/there?code=abc`)
  t.regex(String(seen[0]?.headers['traceparent']), traceparent)
  t.is(seen[0]?.headers.authorization, 'Bearer abc')
  for (const name of ['traceparent', 'tracestate', 'baggage', 'authorization', 'cookie']) {
    t.false(name in (seen[1]?.headers ?? {}), name)
  }
  t.is(seen[1]?.headers['x-mine'], '1')
  t.like(spans()[0]?.span['events'], [
    {
      name: 'http.redirect',
      attributes: {
        'http.response.status_code': 302,
        'url.full': `${second}/there?code=[Redacted]`,
        'http.request.resend_count': 1,
      },
    },
  ])
})

test('a redirect to a server that may know the trace tells it', async (t) => {
  const { seen, first } = await servers(t, (request, response, other) => {
    if (request.url === '/away') response.writeHead(302, { location: `${other}/there` })
    response.end()
  })
  await tracedFetch()(`${first}/away`)
  t.regex(String(seen[0]?.headers['traceparent']), traceparent)
  t.is(seen[1]?.headers['traceparent'], seen[0]?.headers['traceparent'])
})

/** Everything that a redirected request shows, by our fetch and by Node's own. */
async function both(
  t: ExecutionContext,
  status: number,
  make: (url: string) => [string | Request, RequestInit?],
) {
  const outcomes: unknown[] = []
  for (const traced of [true, false]) {
    const { seen, first } = await servers(t, (request, response, other) => {
      if (request.url === '/away') response.writeHead(status, { location: `${other}/there#new` })
      response.end('arrived')
    })
    const send = traced ? tracedFetch() : fetch
    try {
      const response = await send(...make(`${first}/away#old`))
      const { headers, ...rest } = seen[1] as Seen
      const { traceparent: _, host: _host, ...kept } = headers
      outcomes.push({
        ...rest,
        kept,
        text: await response.text(),
        redirected: response.redirected,
        path: new URL(response.url).pathname,
      })
    } catch (error) {
      outcomes.push({ name: (error as Error).name, message: (error as Error).message })
    }
  }
  return outcomes
}

const stream = () =>
  new ReadableStream({
    start(controller) {
      controller.enqueue(new TextEncoder().encode('streamed'))
      controller.close()
    },
  })

for (const status of [301, 302, 303, 307, 308]) {
  for (const [what, make] of Object.entries<(url: string) => [string | Request, RequestInit?]>({
    'a GET': (url) => [url],
    'a HEAD': (url) => [url, { method: 'HEAD' }],
    'a POST of text': (url) => [url, { method: 'POST', body: 'text' }],
    'a PUT of a form': (url) => [url, { method: 'PUT', body: new URLSearchParams({ a: '1' }) }],
    'a POST of a stream': (url) => [
      url,
      { method: 'POST', body: stream(), duplex: 'half' } as RequestInit,
    ],
    'a DELETE by Request': (url) => [new Request(url, { method: 'DELETE', headers: { a: '1' } })],
    'a POST by Request': (url) => [new Request(url, { method: 'POST', body: 'text' })],
    'a Request with an init': (url) => [
      new Request(url, { method: 'POST', body: 'text' }),
      { method: 'PUT', body: 'other', headers: { b: '2' } },
    ],
  })) {
    test(`${what} that is answered by ${status} is redirected as by fetch`, async (t) => {
      const [traced, native] = await both(t, status, make)
      t.deepEqual(traced, native)
    })
  }
}

for (const [what, location] of [
  ['another scheme', 'ftp://127.0.0.1/'],
  ['no URL', 'http://['],
  ['a password', 'http://user:hunter2@localhost:1/'],
] as const) {
  test(`a redirect to ${what} fails as by fetch`, async (t) => {
    const { log, spans, destination } = logged()
    const { first } = await servers(t, (_, response) => response.writeHead(302, { location }).end())
    await t.throwsAsync(tracedFetch(globalThis.fetch, { log })(first), {
      instanceOf: TypeError,
      message: 'fetch failed',
    })
    await t.throwsAsync(fetch(first), { instanceOf: TypeError, message: 'fetch failed' })
    t.is(spans()[0]?.span['status'], 'error')
    t.notRegex(destination.lines.join(''), /hunter2/)
  })
}

test('a chain of more than 20 redirects fails, and one without an end is not followed for ever', async (t) => {
  const { seen, first } = await servers(t, (_, response) =>
    response.writeHead(302, { location: '/again' }).end(),
  )
  await t.throwsAsync(tracedFetch()(first), { message: 'fetch failed' })
  t.is(seen.length, 21)
})

test('a redirect without a location, and redirects that the caller follows, are answers', async (t) => {
  const { first } = await servers(t, (request, response) => {
    if (request.url === '/none') response.writeHead(302).end('none')
    else response.writeHead(307, { location: '/none' }).end()
  })
  const none = await tracedFetch()(`${first}/none`)
  t.is(none.status, 302)
  t.false(none.redirected)
  t.is((await tracedFetch()(first, { redirect: 'manual' })).status, 307)
  await t.throwsAsync(tracedFetch()(first, { redirect: 'error' }), { message: 'fetch failed' })
  const late = await tracedFetch()(first)
  t.is(late.status, 302)
  t.true(late.redirected)
})

for (const status of [404, 500]) {
  test(`an answer of ${status} fails the client span and not the call`, async (t) => {
    const { log, spans } = logged()
    const { first } = await servers(t, (_, response) => response.writeHead(status).end())
    t.is((await tracedFetch(fetch, { log })(first)).status, status)
    t.is(spans()[0]?.span['status'], 'error')
    t.is(spans()[0]?.span.attributes['error.type'], String(status))
  })
}

test('an abort, a timeout and a refused connection are passed on and recorded', async (t) => {
  const { log, spans } = logged()
  const { first } = await servers(t, () => {})
  const fetch = tracedFetch(globalThis.fetch, { log })
  const controller = new AbortController()
  const aborted = fetch(first, { signal: controller.signal })
  controller.abort()
  await t.throwsAsync(aborted, { any: true, name: 'AbortError' })
  const late = fetch(first, { signal: AbortSignal.timeout(20) })
  await t.throwsAsync(late, { any: true, name: 'TimeoutError' })
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  await t.throwsAsync(fetch(`http://127.0.0.1:${port}`), { message: 'fetch failed' })
  t.deepEqual(
    spans().map(({ span }) => [span['status'], span.attributes['error.type']]),
    [
      ['error', 'AbortError'],
      ['error', 'TimeoutError'],
      ['error', 'TypeError'],
    ],
  )
})

test('what is no request of HTTP is left to fetch', async (t) => {
  const { log, spans, destination } = logged()
  const fetch = tracedFetch(globalThis.fetch, { log })
  t.is(await (await fetch('data:text/plain,hello')).text(), 'hello')
  await t.throwsAsync(fetch('/relative'), { instanceOf: TypeError })
  t.deepEqual(spans(), [])
  await t.throwsAsync(fetch('http://user:hunter2@127.0.0.1/'), { instanceOf: TypeError })
  t.is(spans().length, 1)
  t.notRegex(destination.lines.join(''), /hunter2/)
})

test('what other requests left in the headers does not go along', async (t) => {
  const { seen, first } = await servers(t)
  const headers = {
    traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`,
    tracestate: 'x=1',
    baggage: 'k=v',
  }
  await tracedFetch()(first, { headers })
  t.notRegex(String(seen[0]?.headers['traceparent']), /a{32}/)
  t.false('tracestate' in (seen[0]?.headers ?? {}))
  t.false('baggage' in (seen[0]?.headers ?? {}))
})
