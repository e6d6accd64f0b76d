import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import test from 'ava'
import fc from 'fast-check'
import { extractTrace, injectTrace } from '../../src/propagation/index.js'
import { withSpan } from '../../src/spans/with-span.js'

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
const traceparent = `00-${traceId}-00f067aa0ba902b7-01`
const old = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`
const trust = { trust: true, sampledPerSecond: Number.POSITIVE_INFINITY }

/** As `@grpc/grpc-js` has it: lists of values, by lower-case name. */
class Metadata {
  readonly entries_ = new Map<string, string[]>()
  get(name: string): string[] {
    return this.entries_.get(name.toLowerCase()) ?? []
  }
  set(name: string, value: string): void {
    this.entries_.set(name.toLowerCase(), [value])
  }
  add(name: string, value: string): void {
    this.entries_.set(name.toLowerCase(), [...this.get(name), value])
  }
  remove(name: string): void {
    this.entries_.delete(name.toLowerCase())
  }
  getMap(): Record<string, string> {
    return Object.fromEntries([...this.entries_].map(([name, [value = '']]) => [name, value]))
  }
}

const filled = (name: string, value: string) => {
  const metadata = new Metadata()
  metadata.add(name, value)
  return metadata
}

const carriers: Readonly<Record<string, (name: string, value: string) => object>> = {
  'a header object': (name, value) => ({ [name]: value, accept: '*/*' }),
  'a header object of lists': (name, value) => ({ [name]: [value] }),
  'a header object of bytes': (name, value) => ({ [name]: Buffer.from(value) }),
  'an object without prototype': (name, value) =>
    Object.assign(Object.create(null), { [name]: value }),
  Headers: (name, value) => new Headers({ [name]: value }),
  'a Map': (name, value) => new Map([[name, value]]),
  'a Map of lists': (name, value) => new Map([[name, [value]]]),
  'an array of pairs': (name, value) => [
    ['accept', '*/*'],
    [name, value],
  ],
  'flat raw headers': (name, value) => ['accept', '*/*', name, value],
  'metadata of gRPC': filled,
}

for (const [kind, carrierOf] of Object.entries(carriers)) {
  test(`${kind} is read, whatever the case of its names`, (t) => {
    for (const name of ['traceparent', 'Traceparent', 'TRACEPARENT']) {
      const { parent } = extractTrace(carrierOf(name, traceparent), trust)
      t.is(parent?.spanContext().traceId, traceId)
    }
  })

  if (kind.startsWith('flat')) continue
  test(`${kind} is written, and what stood there is gone`, (t) => {
    withSpan('ours', (span) => {
      for (const name of ['traceparent', 'TraceParent']) {
        const carrier = carrierOf(name, old)
        t.is(injectTrace(carrier), carrier)
        const { parent } = extractTrace(carrier, trust)
        t.is(parent?.spanContext().spanId, span.spanContext().spanId)
      }
      const stale = carrierOf('Tracestate', 'old=1')
      injectTrace(stale)
      t.is(extractTrace(stale, trust).parent?.spanContext().traceState, undefined)
    })
    const emptied = carrierOf('Traceparent', old)
    injectTrace(emptied)
    t.is(extractTrace(emptied, trust).parent, undefined)
  })
}

test('flat raw headers are written as such', (t) => {
  const carrier = ['Accept', '*/*', 'Traceparent', old, 'odd']
  withSpan('ours', () => injectTrace(carrier))
  t.deepEqual(carrier.slice(0, 3), ['Accept', '*/*', 'odd'])
})

test('an empty list gets pairs, as fetch takes them', (t) => {
  const carrier: [string, string][] = []
  withSpan('ours', () => injectTrace(carrier))
  t.is(new Headers(carrier).get('traceparent')?.length, 55)
})

test('a carrier with two names that differ in case has two headers', (t) => {
  const { parent } = extractTrace({ traceparent, Traceparent: old }, trust)
  t.is(parent, undefined)
})

test('a real request carries the trace to a real server', async (t) => {
  const seen = await new Promise<Record<string, unknown>>((resolve, reject) => {
    const server = createServer((incoming, response) => {
      response.end()
      server.close()
      const { parent } = extractTrace(incoming.headers, { peer: incoming.socket.remoteAddress })
      const raw = extractTrace(incoming.rawHeaders, trust).parent
      resolve({ byHeaders: parent?.spanContext(), byRaw: raw?.spanContext() })
    })
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      withSpan('call', (span) => {
        const call = request({ port, host: '127.0.0.1', agent: false })
        injectTrace(call)
        call.on('error', reject).end()
        t.is(
          call.getHeader('traceparent'),
          `00-${span.spanContext().traceId}-${span.spanContext().spanId}-01`,
        )
      })
    })
  })
  t.truthy(seen['byHeaders'])
  t.deepEqual(seen['byHeaders'], seen['byRaw'])
})

test('what is no carrier, and one that throws, has no trace and takes none', (t) => {
  const throwing = new Proxy(
    {},
    {
      get() {
        throw new Error('no')
      },
      ownKeys() {
        throw new Error('no')
      },
      set() {
        throw new Error('no')
      },
    },
  )
  const getter = {
    get traceparent(): string {
      throw new Error('no')
    },
  }
  const nothings: unknown[] = [
    undefined,
    null,
    'text',
    7,
    throwing,
    getter,
    [1],
    [[]],
    [null],
    new Map([[{}, 1]]),
    () => 1,
  ]
  for (const nothing of nothings) {
    const remote = extractTrace(nothing as object, trust)
    t.is(remote.parent, undefined)
    t.is(remote.upstream, undefined)
    t.notThrows(() => withSpan('ours', () => injectTrace(nothing as object)))
  }
  const frozen = Object.freeze({ accept: '*/*' })
  withSpan('ours', () => t.deepEqual(injectTrace(frozen), { accept: '*/*' }))
})

test('a carrier that is too large to be honest is not read', (t) => {
  const many = Object.fromEntries(Array.from({ length: 2_001 }, (_, n) => [`x-${n}`, '1']))
  t.is(extractTrace({ ...many, traceparent }, trust).parent, undefined)
  t.is(
    extractTrace({ traceparent: Array.from({ length: 101 }, () => traceparent) }, trust).parent,
    undefined,
  )
  t.is(extractTrace({ traceparent, baggage: 'a'.repeat(70_000) }, trust).parent, undefined)
  t.is(extractTrace({ traceparent, baggage: [new Uint8Array(70_000)] }, trust).parent, undefined)
  t.is(
    extractTrace(
      Array.from({ length: 101 }, () => ['baggage', 'a=1']),
      trust,
    ).baggage.size,
    0,
  )
  t.truthy(extractTrace({ traceparent, ['x'.repeat(10_000)]: 'y' }, trust).parent)
})

const anyCarrier = fc.oneof(
  fc.anything(),
  fc.array(
    fc.tuple(
      fc.constantFrom('traceparent', 'tracestate', 'baggage', 'x-forwarded-for'),
      fc.string(),
    ),
  ),
  fc.dictionary(
    fc.constantFrom('traceparent', 'Tracestate', 'baggage', 'forwarded', 'x-real-ip'),
    fc.oneof(fc.string({ unit: 'binary' }), fc.array(fc.string()), fc.anything()),
  ),
)

test('whatever a carrier is, reading and writing it throws nothing and gives valid ids or none', (t) => {
  fc.assert(
    fc.property(
      anyCarrier,
      fc.option(fc.oneof(fc.ipV4(), fc.ipV6(), fc.string()), { nil: undefined }),
      (carrier, peer) => {
        for (const options of [trust, { peer }, { trust: false }]) {
          const { parent, upstream } = extractTrace(carrier as object, options)
          const ids = parent?.spanContext() ?? upstream
          if (ids !== undefined) {
            t.regex(ids.traceId, /^(?!0{32})[\da-f]{32}$/)
            t.regex(ids.spanId, /^(?!0{16})[\da-f]{16}$/)
          }
        }
        withSpan('ours', () => injectTrace(carrier as object))
      },
    ),
    { numRuns: 500 },
  )
  t.pass()
})

test('what is injected is extracted again', (t) => {
  const hex = (length: number) =>
    fc.stringMatching(new RegExp(`^[0-9a-f]{${length}}$`)).filter((id) => !/^0+$/.test(id))
  const value = fc.string({ unit: 'grapheme', maxLength: 20 })
  fc.assert(
    fc.property(
      hex(32),
      hex(16),
      fc.integer({ min: 0, max: 3 }),
      value,
      (id, spanId, traceFlags, text) => {
        const span = { spanContext: () => ({ traceId: id, spanId, traceFlags }) }
        const carrier = injectTrace({}, { span, baggage: { note: text } })
        const { parent, baggage } = extractTrace(carrier, trust)
        t.deepEqual(parent?.spanContext(), { traceId: id, spanId, traceFlags, isRemote: true })
        t.false(/[\r\n\u001b]/.test(baggage.get('note') ?? ''))
        if (/^[\w ]*$/.test(text)) t.is(baggage.get('note'), text)
      },
    ),
  )
})
