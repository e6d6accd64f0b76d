import { appendFileSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { get } from 'node:http'
import process from 'node:process'
import { gzipSync } from 'node:zlib'
import test from 'ava'
import { id, plainLine, spanLine, traceId } from '../testing/span-lines.js'
import { files, lines, runSeclog } from './run-seclog.js'
import { startView } from './view-process.js'

const other = 'a'.repeat(32)

function exported(span: object, service = 'shop'): string {
  const attributes = [{ key: 'service.name', value: { stringValue: service } }]
  const spans = [
    {
      traceId,
      spanId: id('a'),
      name: 'GET /cart',
      kind: 2,
      startTimeUnixNano: '1795769225686123456',
      endTimeUnixNano: '1795769225786623456',
      status: {},
      ...span,
    },
  ]
  return JSON.stringify({ resourceSpans: [{ resource: { attributes }, scopeSpans: [{ spans }] }] })
}

/** A request with headers that `fetch` does not let one set. */
function statusOf(url: string, headers: Record<string, string>, method = 'GET'): Promise<number> {
  return new Promise((resolve, reject) => {
    get(url, { headers, method }, (response) => {
      response.resume()
      resolve(response.statusCode ?? 0)
    }).on('error', reject)
  })
}

test('files are shown as they are, and go on being read as they grow', async (t) => {
  const paths = files(t, { 'app.jsonl': lines([spanLine({ span: 'b', parent: 'a' })]) })
  const view = await startView(t, [paths['app.jsonl']])
  await view.until(({ traces }) => traces[0]?.span_count === 1)
  appendFileSync(paths['app.jsonl'], lines([spanLine({ span: 'a' })]).slice(0, 40))
  appendFileSync(paths['app.jsonl'], lines([spanLine({ span: 'a' })]).slice(40))
  const state = await view.until(({ traces }) => traces[0]?.span_count === 2)
  t.like(state.traces[0], { trace_id: traceId, name: 'span a', services: ['api'] })
  const trace = await view.trace(traceId)
  t.deepEqual(
    trace.spans.map(({ name, depth }) => [name, depth]),
    [
      ['span a', 0],
      ['span b', 1],
    ],
  )
})

test('a file that is rotated away or cut is read on from its beginning', async (t) => {
  const line = (span: string): string => lines([spanLine({ span })])
  const paths = files(t, { 'app.jsonl': line('a') })
  const path = paths['app.jsonl']
  const view = await startView(t, [path])
  await view.until(({ traces }) => traces[0]?.span_count === 1)
  renameSync(path, `${path}.1`)
  writeFileSync(path, line('b'))
  await view.until(({ traces }) => traces[0]?.span_count === 2)
  writeFileSync(path, '')
  writeFileSync(path, line('c').replace('span c', 'c'))
  await view.until(({ traces }) => traces[0]?.span_count === 3)
  t.is(await view.end(), 0)
})

test('only what is new is read when that is asked for; gzip is read once', async (t) => {
  const paths = files(t, {
    'app.jsonl': lines([spanLine({ span: 'a' })]),
    'old.gz': gzipSync(lines([spanLine({ span: 'b' })])),
  })
  const view = await startView(t, ['--new', paths['app.jsonl'], paths['old.gz']])
  await view.until(({ traces }) => traces.length === 1)
  appendFileSync(paths['app.jsonl'], lines([spanLine({ span: 'c' })]))
  await view.until(({ traces }) => traces[0]?.span_count === 2)
  t.deepEqual((await view.trace(traceId)).spans.map(({ name }) => name).sort(), [
    'span b',
    'span c',
  ])
})

test('lines of standard input are shown while they come, and stay when it has ended', async (t) => {
  const view = await startView(t, [], lines([spanLine({ span: 'a' }), { msg: 'x' }]))
  await view.until(({ traces }) => traces[0]?.span_count === 1)
  view.child.stdin.end('no json\n')
  const { remarks } = await view.until((state) => state.remarks.length === 2)
  t.deepEqual(remarks, ['1 lines are not JSON.', '1 lines are of no trace.'])
  t.is(await view.end('SIGINT'), 0)
})

test('spans that a service sends are shown with what it logged', async (t) => {
  const view = await startView(t)
  const child = {
    spanId: id('b'),
    parentSpanId: id('a'),
    name: 'SELECT',
    kind: 3,
    status: { code: 2, message: 'no such table' },
    attributes: [
      { key: 'db.rows', value: { intValue: '7' } },
      {
        key: 'tags',
        value: { arrayValue: { values: [{ stringValue: 'x' }, { boolValue: true }] } },
      },
    ],
    events: [
      {
        name: 'exception',
        timeUnixNano: '1795769225700000000',
        attributes: [{ key: 'exception.type', value: { stringValue: 'SqlError' } }],
      },
    ],
  }
  t.is((await view.post(exported(child))).status, 200)
  const packed = await view.post(gzipSync(exported({})), { 'content-encoding': 'gzip' })
  t.deepEqual([packed.status, await packed.json()], [200, {}])
  const trace = await view.trace(traceId)
  t.deepEqual(
    trace.spans.map(({ name, depth, kind, service }) => [name, depth, kind, service]),
    [
      ['GET /cart', 0, 'server', 'shop'],
      ['SELECT', 1, 'client', 'shop'],
    ],
  )
  t.like(trace.spans[0], { duration_ms: 100.5 })
  t.like(trace.spans[1], {
    status: 'error',
    status_message: 'no such table',
    error: { type: 'SqlError' },
    attributes: { 'db.rows': 7, tags: ['x', true] },
  })
})

test('a span that is logged and sent is one span, as the log tells it', async (t) => {
  const view = await startView(t, [], '')
  await view.post(exported({}))
  view.child.stdin.write(lines([spanLine({ span: 'a' }), plainLine('a', { msg: 'in it' })]))
  await view.until(({ traces }) => traces[0]?.services.length === 2)
  await view.post(exported({}))
  const trace = await view.trace(traceId)
  t.deepEqual(trace.problems, [])
  t.is(trace.span_count, 1)
  t.is(trace.spans[0]?.name, 'span a')
  t.is(trace.spans[0]?.lines[0]?.message, 'in it')
})

test('what is no export is refused, and says why', async (t) => {
  const view = await startView(t)
  const answers = async (response: Response): Promise<unknown> => [
    response.status,
    ((await response.json()) as { message?: string }).message,
  ]
  t.deepEqual(await answers(await view.post('{')), [
    400,
    'The body is no ExportTraceServiceRequest.',
  ])
  t.deepEqual(await answers(await view.post('{"resourceSpans":1}')), [
    400,
    'The body is no ExportTraceServiceRequest.',
  ])
  t.is((await view.post('x', { 'content-type': 'application/x-protobuf' })).status, 400)
  t.is((await view.post('{}', { 'content-type': 'text/plain' })).status, 415)
  t.is((await view.post('{}', { 'content-encoding': 'br' })).status, 415)
  t.is((await view.post('{}', { 'content-encoding': 'gzip' })).status, 400)
  const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024))
  t.is((await view.post(bomb, { 'content-encoding': 'gzip' })).status, 413)
  t.is((await fetch(`${view.base}/v1/traces`)).status, 405)
  const partial = await view.post(exported({ traceId: '0'.repeat(32) }))
  t.like(await partial.json(), { partialSuccess: { rejectedSpans: '1' } })
  t.deepEqual((await view.state()).traces, [])
})

test('neither a page of another origin nor a name that leads here is answered', async (t) => {
  const view = await startView(t, [], lines([spanLine({ span: 'a' })]))
  const { port } = new URL(view.base)
  const own = `127.0.0.1:${port}`
  const foreign: Record<string, string>[] = [
    { host: 'evil.example' },
    { host: `evil.example:${port}` },
    { host: '127.0.0.1:1' },
    { host: `127.0.0.1.evil.example:${port}` },
    { host: own, origin: 'http://evil.example' },
    { host: own, origin: `https://${own}` },
    { host: own, origin: 'null' },
    { host: own, origin: 'http://127.0.0.1:1' },
    { host: own, 'sec-fetch-site': 'cross-site' },
    { host: own, 'sec-fetch-site': 'same-site' },
  ]
  for (const headers of foreign) {
    for (const path of ['/', '/api/traces', `/api/traces/${traceId}`, '/api/events', '/v1/traces'])
      t.is(await statusOf(view.base + path, headers), 403, JSON.stringify(headers))
    t.is(await statusOf(`${view.base}/v1/traces`, headers, 'POST'), 403)
  }
  for (const host of [own, `localhost:${port}`, `[::1]:${port}`]) {
    t.is(await statusOf(view.base, { host }), 200)
    const same = { host, origin: `http://${host}`, 'sec-fetch-site': 'same-origin' }
    t.is(await statusOf(`${view.base}/api/traces`, same), 200)
  }
})

test('the page may ask nobody but its server, and stands in no frame', async (t) => {
  const view = await startView(t)
  const response = await fetch(view.base)
  const policy = response.headers.get('content-security-policy') ?? ''
  t.regex(
    policy,
    /^default-src 'none'; script-src 'sha256-[^']+'; style-src 'sha256-[^']+'; connect-src 'self'/,
  )
  t.regex(policy, /frame-ancestors 'none'$/)
  t.is(response.headers.get('x-content-type-options'), 'nosniff')
  t.is(response.headers.get('cross-origin-resource-policy'), 'same-origin')
  t.regex(await response.text(), /"live":true/)
  t.is((await fetch(`${view.base}/nothing`)).status, 404)
  t.is((await fetch(view.base, { method: 'DELETE' })).status, 405)
})

if (process.platform === 'linux') {
  test('nothing but loopback addresses is listened on', async (t) => {
    const view = await startView(t)
    const port = Number(new URL(view.base).port).toString(16).toUpperCase().padStart(4, '0')
    const listening = ['tcp', 'tcp6'].flatMap((name) =>
      [
        ...readFileSync(`/proc/net/${name}`, 'utf8').matchAll(
          /^ *\d+: ([0-9A-F]+):([0-9A-F]{4}) \S+ 0A /gm,
        ),
      ]
        .filter(([, , own]) => own === port)
        .map(([, address]) => address),
    )
    t.true(listening.length > 0)
    for (const address of listening)
      t.true(['0100007F', '00000000000000000000000001000000'].includes(address ?? ''), address)
  })
}

test('older traces make room in the memory that is allowed, and that is said', async (t) => {
  const pad = 'x'.repeat(5_000)
  const view = await startView(t, ['--memory', '1'], '')
  for (let n = 1; n <= 500; n += 1) {
    const trace = `${n}`.padStart(32, '0')
    view.child.stdin.write(lines([{ ...spanLine({ span: 'a', trace, start: n }), pad }]))
  }
  const last = '500'.padStart(32, '0')
  const { traces, remarks } = await view.until((state) => state.traces[0]?.trace_id === last)
  t.true(traces.length > 100 && traces.length < 220, `${traces.length}`)
  t.regex(remarks.join(' '), /^\d+ older traces have made room\.$/)
  for (let n = 0; n < 200; n += 1)
    view.child.stdin.write(lines([{ ...plainLine('a'), trace_id: other, pad }]))
  const cut = await view.until((state) => state.remarks.length === 2)
  t.regex(cut.remarks.join(' '), /\d+ lines of traces that are too large are left out\.$/)
})

test('a port that is in use, or none, is said in a sentence', async (t) => {
  const view = await startView(t)
  const { port } = new URL(view.base)
  const used = await runSeclog(['view', '--port', port])
  t.is(used.code, 2)
  t.regex(used.stderr, new RegExp(`Port ${port} is in use, .* take another with --port`))
  t.regex((await runSeclog(['view', '--port', 'x'])).stderr, /whole number from 0 to 65535/)
  t.regex((await runSeclog(['view', 'gone.jsonl'])).stderr, /gone\.jsonl does not exist/)
})
