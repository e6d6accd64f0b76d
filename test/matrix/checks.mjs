// What must hold in every cell of the matrix. Each check is a sentence with a function; `otel` is what the application has
// of OpenTelemetry, `undefined` where it has nothing.
import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { createServer as createTcpServer } from 'node:net'
import process from 'node:process'
import { activeTrace, createSecurityLogger, startTracing, withSpan } from 'seclog'
import { createRedactingSpanProcessor, securitySampler } from 'seclog/tracing'

const token = 'ghp_abcdefghijklmnopqrstuvwxyz0123456789'
const traceId = /^(?!0+$)[0-9a-f]{32}$/
const spanId = /^(?!0+$)[0-9a-f]{16}$/
const far = 10_000
/** Set by the compilation. */
const bundled = globalThis.seclogMatrixBundled === true

/** Checks for every application. */
const always = {
  'lines in a span carry its ids'() {
    const { log, lines } = memoryLogger()
    const ids = log.withSpan('scan', () => {
      log.info('inside')
      return activeTrace()
    })
    log.info('outside')
    const [inside, end, outside] = lines()
    assert.match(inside.trace_id, traceId)
    assert.match(inside.span_id, spanId)
    assert.equal(inside.trace_id, ids.traceId)
    assert.equal(inside.span_id, ids.spanId)
    assert.equal(end.span_id, inside.span_id)
    assert.equal(outside.trace_id, undefined)
  },

  'log-only spans nest, across await'() {
    return withSpan('outer', async (outer) => {
      await undefined
      withSpan('inner', (inner) => {
        assert.equal(inner.spanContext().traceId, outer.spanContext().traceId)
        assert.equal(activeTrace().parentSpanId, outer.spanContext().spanId)
      })
      assert.equal(activeTrace().spanId, outer.spanContext().spanId)
    })
  },
}

/** Checks for an application without OpenTelemetry. */
const without = {
  'tracing without packages is log-only, and names what to install'() {
    return withReceiver(async (receiver) => {
      const { log, lines } = memoryLogger()
      const tracing = await startTracing({ endpoint: receiver.url, log })
      assert.equal(tracing.mode, 'log-only')
      assert.match(tracing.reason, /npm install @opentelemetry\/api/)
      assert.equal(lines().length, 1)
      log.withSpan('scan', () => {})
      assert.match(lines()[1].trace_id, traceId)
      await tracing.shutdown()
      assert.equal(receiver.spans.length, 0)
    })
  },
}

/** Checks for an application with OpenTelemetry. */
const withOtel = {
  'tracers that were taken before the start make spans after it'({ api }) {
    return withReceiver(async (receiver) => {
      const early = api.trace.getTracer('early')
      // A copy of the API in a bundle can only be reached when it is handed over.
      const packages = bundled ? { '@opentelemetry/api': api } : {}
      const tracing = await startTracing({ endpoint: receiver.url, packages })
      const span = early.startSpan('early')
      assert.match(span.spanContext().traceId, traceId)
      span.end()
      await tracing.shutdown(far)
      assert.equal(tracing.health().exported, 1)
    })
  },

  'native and log-only spans nest both ways'({ api }) {
    return withReceiver(async (receiver) => {
      const { log, lines } = memoryLogger()
      let tracing
      let outerId
      await log.withSpan('log-only', async (outer) => {
        tracing = await startTracing({ endpoint: receiver.url, protocol: 'http/json' })
        outerId = outer.spanContext().spanId
        log.withSpan('native', (native) => {
          assert.equal(native.spanContext().traceId, outer.spanContext().traceId)
          api.trace.getTracer('app').startActiveSpan('of the app', (own) => {
            assert.equal(own.spanContext().traceId, outer.spanContext().traceId)
            assert.equal(activeTrace().spanId, own.spanContext().spanId)
            log.info('in the app')
            own.end()
          })
        })
      })
      await api.trace.getTracer('app').startActiveSpan('left open', async (open) => {
        await tracing.shutdown()
        withSpan('after', { parent: open }, (after) => {
          assert.equal(after.isRecording(), true)
          assert.equal(after.spanContext().traceId, open.spanContext().traceId)
          assert.equal(activeTrace().parentSpanId, open.spanContext().spanId)
        })
        open.end()
      })
      const [native, own] = ['native', 'of the app'].map((name) => receiver.span(name))
      assert.equal(native.parentSpanId, outerId)
      assert.equal(own.parentSpanId, native.spanId)
      assert.equal(lines().find(({ msg }) => msg === 'in the app').span_id, own.spanId)
    })
  },

  'a provider of the app is used, left alone, and redacted where it asks'({ api, createProvider }) {
    return withMemoryExporter(async (exporter) => {
      const provider = createProvider(createRedactingSpanProcessor(exporter.processor))
      try {
        const { log, lines } = memoryLogger()
        const tracing = await startTracing({ log })
        assert.equal(tracing.mode, 'external')
        log.withSpan('ours', { attributes: { password: 'hunter2' } }, (ours) => {
          api.trace.getTracer('app').startActiveSpan('theirs', (theirs) => {
            log.info('line')
            assert.equal(theirs.spanContext().traceId, ours.spanContext().traceId)
            theirs.setAttribute('note', `token ${token}`)
            theirs.end()
          })
        })
        await tracing.shutdown()
        const [theirs, ours] = exporter.spans
        assert.equal(lines()[0].span_id, theirs.spanContext().spanId)
        assert.equal(theirs.parentSpanContext.spanId, ours.spanContext().spanId)
        assert.equal(theirs.attributes.note.includes(token), false)
        assert.notEqual(ours.attributes.password, 'hunter2')
        assert.equal(api.trace.getTracer('app').startSpan('still').isRecording(), true)
      } finally {
        api.trace.disable()
        api.context.disable()
        await provider.shutdown()
      }
    })
  },

  'spans arrive with ids and resource as JSON, and the numbers add up'({ api }) {
    return withReceiver(async (receiver) => {
      const options = { endpoint: receiver.url, protocol: 'http/json', service: 'matrix' }
      const tracing = await startTracing(options)
      assert.equal(tracing.reason, undefined)
      assert.equal(tracing.mode, 'exporting')
      let ids
      const carrier = {}
      api.trace.getTracer('app').startActiveSpan('one', (span) => {
        ids = span.spanContext()
        api.propagation.inject(api.context.active(), carrier)
        span.end()
      })
      withSpan('two', () => {})
      assert.equal(tracing.health().queued, 2)
      await tracing.flush(far)
      assert.equal(receiver.span('one').traceId, ids.traceId)
      assert.equal(receiver.span('one').spanId, ids.spanId)
      assert.equal(carrier.traceparent, `00-${ids.traceId}-${ids.spanId}-01`)
      assert.equal(receiver.resource['service.name'], 'matrix')
      assert.deepEqual(tracing.health(), {
        state: 'working',
        made: 2,
        exported: 2,
        dropped: 0,
        queued: 0,
      })
      await tracing.shutdown()
      assert.equal(api.trace.getTracer('app').startSpan('after').isRecording(), false)
    })
  },

  'a trace that the ratio left out is exported whole when one of its spans fails'({ api }) {
    return withReceiver(async (receiver) => {
      const sampler = securitySampler({ ratio: 0 })
      const options = { endpoint: receiver.url, protocol: 'http/json', sampler }
      const tracing = await startTracing(options)
      withSpan('fine', () => {})
      withSpan('root', () => {
        withSpan('before', () => {})
        api.trace.getTracer('app').startActiveSpan('failing', (span) => {
          span.setStatus({ code: 2 })
          span.end()
        })
        assert.equal(activeTrace().traceFlags, 1)
      })
      await tracing.flush(far)
      const names = ['before', 'failing', 'root']
      for (const name of names) assert.equal(receiver.span(name).name, name)
      assert.equal(receiver.spans.length, 3)
      assert.equal(sampler.health().promoted.error, 1)
      await tracing.shutdown()
    })
  },

  'protobuf is sent by default, and gzip when it is asked for'({ api }) {
    return withReceiver(async (receiver) => {
      const tracing = await startTracing({ endpoint: receiver.url, compression: 'gzip' })
      api.trace.getTracer('app').startSpan('zipped').end()
      await tracing.shutdown(far)
      assert.equal(receiver.requests.length, 1)
      assert.equal(receiver.requests[0]['content-type'], 'application/x-protobuf')
      assert.equal(receiver.requests[0]['content-encoding'], 'gzip')
      assert.equal(tracing.health().exported, 1)
    })
  },

  'no secret and no number that a collector refuses leaves'({ api }) {
    return withReceiver(async (receiver) => {
      const tracing = await startTracing({ endpoint: receiver.url, protocol: 'http/json' })
      const span = api.trace.getTracer('app').startSpan(`open ${token}`)
      span.setAttributes({
        password: 'hunter2',
        note: token,
        none: Number.NaN,
        much: 1e300,
        huge: 2 ** 70,
      })
      span.addEvent('login', { authorization: `Bearer ${token}` })
      span.recordException(new Error(`denied for ${token}`))
      span.setStatus({ code: 2, message: token })
      span.end()
      await tracing.shutdown(far)
      assert.equal(receiver.spans.length, 1)
      const text = receiver.text()
      assert.equal(text.includes(token), false)
      assert.equal(text.includes('hunter2'), false)
      assert.equal(text.includes('"doubleValue":null'), false)
      for (const [, digits] of text.matchAll(/"intValue":"?([^",}]+)/g)) {
        assert.match(digits, /^-?\d+$/)
        assert.equal(BigInt.asIntN(64, BigInt(digits)), BigInt(digits))
      }
    })
  },

  async 'a refused connection costs the spans, which are counted, and the deadline holds'({ api }) {
    const receiver = await startReceiver()
    await receiver.close()
    await losing(api, receiver.url, /ECONNREFUSED/)
  },

  async 'a receiver that never answers costs the spans, which are counted, and the deadline holds'({
    api,
  }) {
    const hole = await listen(createTcpServer(() => {}))
    await losing(api, hole.url, /given up/)
    await hole.close()
  },
}

/** Checks for an application with two copies of the API, each for a process of its own: the global keeps its version. */
const skewed = {
  async 'a copy of the API that cannot see the provider is named'({ api, older }) {
    const { log, lines } = memoryLogger()
    const packages = { '@opentelemetry/api': older }
    const tracing = await startTracing({ exporter: silentExporter(), packages, log })
    assert.equal(tracing.mode, 'exporting')
    assert.match(api.trace.getTracer('app').startSpan('blind').spanContext().traceId, /^0+$/)
    const [{ level, msg }] = lines()
    assert.equal(level, 'warn')
    assert.match(
      msg,
      /^Copies of @opentelemetry\/api differ: the tracer provider is registered with 1\.\d+\.\d, which 1\.\d+\.\d \(/,
    )
    await tracing.shutdown()
  },

  async 'a copy of the API that was first and is another version is named'({ api, older }) {
    api.diag.setLogger({ error() {}, warn() {}, info() {}, debug() {}, verbose() {} })
    const { log, lines } = memoryLogger()
    const packages = { '@opentelemetry/api': older }
    const tracing = await startTracing({ exporter: silentExporter(), packages, log })
    assert.equal(tracing.mode, 'log-only')
    assert.match(tracing.reason, /^Another copy of @opentelemetry\/api, version 1\.\d+\.\d, is in/)
    assert.equal(lines().length, 1)
    withSpan('scan', () => assert.match(activeTrace().traceId, traceId))
    await tracing.shutdown()
  },
}

/**
 * Runs the checks that fit, one after the other, and prints one JSON line for each; exits with 1 if any failed. With a
 * number, runs only that one of the checks for two copies of the API.
 */
export async function runChecks(otel, skewedCheck = process.argv[2]) {
  const rest = otel === undefined ? without : withOtel
  const checks =
    skewedCheck === undefined
      ? Object.entries({ ...always, ...rest })
      : Object.entries(skewed).filter((_check, index) => String(index) === skewedCheck)
  for (const [title, check] of checks) {
    const error = await errorOf(() => check(otel))
    process.stdout.write(`${JSON.stringify({ title, ...(error && { error }) })}\n`)
    if (error !== undefined) process.exitCode = 1
  }
}

async function errorOf(check) {
  try {
    await check()
    return undefined
  } catch (error) {
    return error.stack
  }
}

/** Loses three spans at an endpoint, with a deadline of 300 ms for it. */
async function losing(api, url, reason) {
  const { log, lines } = memoryLogger()
  const tracing = await startTracing({ endpoint: url, log })
  for (const name of ['a', 'b', 'c']) api.trace.getTracer('app').startSpan(name).end()
  await Promise.race([
    tracing.shutdown(300),
    new Promise((_resolve, reject) => {
      setTimeout(reject, far, new Error('The shutdown did not keep its deadline.')).unref()
    }),
  ])
  const { made, exported, dropped, queued, lastError } = tracing.health()
  assert.deepEqual(
    { made, exported, dropped, queued },
    { made: 3, exported: 0, dropped: 3, queued: 0 },
  )
  assert.match(lastError, reason)
  assert.match(lines().at(-1).msg, /0 spans exported, 3 lost/)
}

function memoryLogger() {
  const written = []
  const log = createSecurityLogger({ service: 'matrix' }, { write: (line) => written.push(line) })
  return { log, lines: () => written.map((line) => JSON.parse(line)) }
}

function silentExporter() {
  return { export: (_spans, done) => done({ code: 0 }), shutdown: async () => {} }
}

/** A span processor that keeps what it gets, and nothing of OpenTelemetry's: both generations take it. */
async function withMemoryExporter(fn) {
  const spans = []
  const nothing = async () => {}
  const processor = {
    onStart() {},
    onEnd: (span) => spans.push(span),
    forceFlush: nothing,
    shutdown: nothing,
  }
  await fn({ spans, processor })
}

async function withReceiver(fn) {
  const receiver = await startReceiver()
  try {
    await fn(receiver)
  } finally {
    await receiver.close()
  }
}

/** A receiver of OTLP/HTTP on a free port that reads JSON bodies. */
async function startReceiver() {
  const requests = []
  const bodies = []
  const server = createServer((request, response) => {
    const chunks = []
    request.on('data', (chunk) => chunks.push(chunk))
    request.on('end', () => {
      const type = request.headers['content-type']
      requests.push(request.headers)
      if (type === 'application/json') bodies.push(Buffer.concat(chunks).toString())
      response.writeHead(200, { 'content-type': type }).end(type.endsWith('json') ? '{}' : '')
    })
  })
  const { url, close } = await listen(server)
  const groups = () => bodies.flatMap((body) => JSON.parse(body).resourceSpans)
  const spans = () => groups().flatMap((group) => group.scopeSpans.flatMap((scope) => scope.spans))
  return {
    url,
    close,
    requests,
    text: () => bodies.join('\n'),
    get spans() {
      return spans()
    },
    span: (name) => spans().find((span) => span.name === name),
    get resource() {
      const [group] = groups()
      return Object.fromEntries(
        group.resource.attributes.map(({ key, value }) => [key, Object.values(value)[0]]),
      )
    },
  }
}

function listen(server) {
  const sockets = new Set()
  server.on('connection', (socket) => {
    sockets.add(socket.on('error', () => {}))
  })
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      resolve({
        url: `http://127.0.0.1:${server.address().port}`,
        close() {
          for (const socket of sockets) socket.destroy()
          return new Promise((closed) => server.close(closed))
        },
      })
    })
  })
}
