import { SpanStatusCode, trace } from '@opentelemetry/api'
import {
  InMemorySpanExporter,
  NodeTracerProvider,
  type ReadableSpan,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-node'
import test from 'ava'
import { createRedaction } from '../../src/redaction/engine.js'
import { createRedactingSpanProcessor, startTracing } from '../../src/tracing/index.js'
import { redactSpan } from '../../src/tracing/redact-span.js'
import { startReceiver } from './receiver.js'

const token = `ghp_${'a1B2'.repeat(9)}`

/** A span with a secret in every place that holds text. */
function leak(): void {
  const span = trace.getTracer('app').startSpan(`clone https://user:${token}@example.com/`, {
    attributes: { password: 'hunter2', 'http.request.header.authorization': ['Bearer hunter2'] },
    links: [
      { context: trace.getTracer('app').startSpan('x').spanContext(), attributes: { token } },
    ],
  })
  span.setAttribute('note', `used ${token}`)
  span.setAttribute('notes', ['plain', token])
  span.addEvent(`read ${token}`, { secret: 'hunter2' })
  span.recordException(new Error(`refused ${token}`))
  span.setStatus({ code: SpanStatusCode.ERROR, message: `failed with ${token}` })
  span.end()
}

test.serial('no secret of a span of any making leaves through startTracing', async (t) => {
  for (const protocol of ['http/json', 'http/protobuf'] as const) {
    const receiver = await startReceiver()
    const memory = new InMemorySpanExporter()
    const tracing = await startTracing({
      protocol,
      endpoint: receiver.url,
      spanProcessors: [new SimpleSpanProcessor(memory)],
      resourceAttributes: { 'deploy.token': token },
    })
    leak()
    await tracing.flush()
    const kept = memory.getFinishedSpans().map(({ name, attributes, events, links, status }) => ({
      name,
      attributes,
      events,
      links,
      status,
    }))
    await tracing.shutdown()
    const sent = `${(await receiver.first).body.toString('latin1')}${JSON.stringify(kept)}`
    t.notRegex(sent, /hunter2|ghp_a1B2/)
    t.regex(sent, /example\.com/)
    t.is(kept.length, 1)
    await receiver.close()
  }
})

test.serial('redaction can be turned off, and given paths', async (t) => {
  const memory = new InMemorySpanExporter()
  const off = await startTracing({ exporter: memory, redact: false })
  leak()
  await off.flush()
  t.is(memory.getFinishedSpans()[0]?.attributes['password'], 'hunter2')
  await off.shutdown()
  const own = new InMemorySpanExporter()
  const paths = await startTracing({ exporter: own, redact: ['note'] })
  leak()
  await paths.flush()
  t.is(own.getFinishedSpans()[0]?.attributes['note'], '[Redacted]')
  await paths.shutdown()
})

test.serial('an app with its own provider puts the redactor before its processor', async (t) => {
  const memory = new InMemorySpanExporter()
  const processor = createRedactingSpanProcessor(new SimpleSpanProcessor(memory))
  const provider = new NodeTracerProvider({ spanProcessors: [processor] })
  provider.register()
  leak()
  await provider.forceFlush()
  const [span] = memory.getFinishedSpans()
  t.is(span?.attributes['password'], '[Redacted]')
  t.notRegex(
    JSON.stringify([span?.name, span?.events, span?.links, span?.status]),
    /hunter2|ghp_a1B2/,
  )
  await provider.shutdown()
  trace.disable()
})

test.serial('no number makes a receiver refuse the batch', async (t) => {
  const receiver = await startReceiver()
  const tracing = await startTracing({ protocol: 'http/json', endpoint: receiver.url })
  const attributes = { nan: Number.NaN, huge: 1e300, inf: [1, Number.POSITIVE_INFINITY], fine: 1.5 }
  trace.getTracer('app').startSpan('hostile', { attributes }).end()
  await tracing.shutdown()
  const { spans } = await receiver.first
  t.deepEqual(
    Object.fromEntries(spans[0]?.attributes.map(({ key, value }) => [key, value]) ?? []),
    {
      nan: { stringValue: 'NaN' },
      huge: { stringValue: '1e+300' },
      inf: { arrayValue: { values: [{ stringValue: '1' }, { stringValue: 'Infinity' }] } },
      fine: { doubleValue: 1.5 },
    },
  )
  await receiver.close()
})

test.serial('a span that cannot be read is lost alone', async (t) => {
  const memory = new InMemorySpanExporter()
  const broken = Object.defineProperty({}, 'name', {
    get() {
      throw new Error('no')
    },
  })
  const processor = createRedactingSpanProcessor(new SimpleSpanProcessor(memory))
  t.notThrows(() => processor.onEnd(broken))
  t.is(memory.getFinishedSpans().length, 0)
})

test.serial('a key that the receiver says back is masked', async (t) => {
  const receiver = await startReceiver((_request, response) => {
    response.writeHead(403, 'key-12345 is unknown').end()
  })
  const tracing = await startTracing({
    endpoint: receiver.url,
    headers: { 'api-key': 'key-12345' },
    log: { info() {}, warn() {} },
  })
  trace.getTracer('app').startSpan('a').end()
  await tracing.flush()
  t.is(tracing.health().lastError, 'HTTP 403 *** is unknown')
  await tracing.shutdown()
  await receiver.close()
})

test('nested attributes, as the third generation has them, pass the rules at every depth', (t) => {
  const redaction = createRedaction({ paths: ['deep.removed', 'list[0]'], remove: true })
  let endless: object = { token }
  for (let i = 0; i < 12; i++) endless = { endless }
  const attributes = {
    deep: { removed: 1, password: 'hunter2', list: [{ note: token }, null, true] },
    list: ['first', 'second'],
    card: 4111111111111111,
    bytes: new Uint8Array([1]),
    endless,
  }
  const span = {
    name: 'n',
    spanContext: () => ({ traceId: '', spanId: '', traceFlags: 1 }),
    status: { code: 0 },
    links: [{}],
    events: [{ name: 'e' }],
    attributes,
  } as unknown as ReadableSpan
  const safe = redactSpan(span as never, redaction)
  t.like(safe.attributes, {
    deep: { password: '[Redacted]' },
    list: ['second'],
    card: '[Redacted]',
    bytes: new Uint8Array([1]),
  })
  t.false('removed' in (safe.attributes['deep'] as object))
  t.notRegex(JSON.stringify(safe.attributes), /hunter2|ghp_a1B2/)
  t.regex(JSON.stringify(safe.attributes), /\[unreadable\]/)
})
