import process from 'node:process'
import test from 'ava'
import { createSecurityLogger } from '../../src/index.js'
import { memoryDestination } from '../../src/testing/index.js'

const rejecting = async (): Promise<never> => {
  throw new Error('nobody waits for this')
}

test('a Map whose own iterator never ends does not hang a span that has it as an attribute', (t) => {
  const endless = new (class extends Map<string, number> {
    override [Symbol.iterator](): never {
      for (;;);
    }
  })([['a', 1]])
  const destination = memoryDestination()
  createSecurityLogger({}, destination).withSpan('s', { attributes: { endless } }, () => 1)
  const span = destination.records[0]?.['span'] as { attributes: object }
  t.deepEqual(span.attributes, { endless: { a: 1 } })
})

test.serial(
  'a rejection that a toJSON, serializer, mixin, formatter or hook makes is contained and counted',
  async (t) => {
    const rejections: unknown[] = []
    const note = (reason: unknown): void => {
      rejections.push(reason)
    }
    process.on('unhandledRejection', note)
    t.teardown(() => process.off('unhandledRejection', note))
    const destination = memoryDestination()
    const log = createSecurityLogger(
      {
        mixin: rejecting as never,
        serializers: { s: rejecting },
        formatters: { log: rejecting as never },
        hooks: {
          logMethod(args, method) {
            method.apply(this, args)
            return rejecting() as never
          },
        },
      },
      destination,
    )
    log.info({ s: 1, v: { toJSON: rejecting } }, 'probe')
    log.withSpan('s', { attributes: { v: { toJSON: rejecting } } }, () => 1)
    await new Promise((resolve) => setImmediate(resolve))
    t.deepEqual(rejections, [])
    t.is(destination.records[0]?.['msg'], 'probe')
    t.true(log.health().faults >= 3)
  },
)

test('a proxy without an end of prototypes is written like any other object', (t) => {
  const handler: ProxyHandler<object> = { getPrototypeOf: () => new Proxy({}, handler) }
  const destination = memoryDestination()
  createSecurityLogger({}, destination).info({ v: new Proxy({ a: 1 }, handler) }, 'probe')
  t.deepEqual(destination.records[0]?.['v'], { a: 1 })
})

test('a huge argument does not cost the rest of its message', (t) => {
  const destination = memoryDestination()
  createSecurityLogger({}, destination).info('probe %s', 'x y '.repeat(2_500_000))
  t.regex(String(destination.records[0]?.['msg']), /^probe x y .*\[Truncated: \d+ characters\]$/)
})

test('ids that a mixin gives are taken outside of a span only if they are ids', (t) => {
  const destination = memoryDestination()
  let ids: object = { trace_id: 'bad', span_id: 'bad', trace_flags: 'x' }
  const log = createSecurityLogger({ mixin: () => ids }, destination)
  log.info('forged')
  ids = { trace_id: 'a'.repeat(32), span_id: 'b'.repeat(16), trace_flags: '01' }
  log.info('true')
  const [forged, real] = destination.records
  t.false('trace_id' in (forged ?? {}))
  t.deepEqual(forged?.['shadowed'], { trace_id: 'bad', span_id: 'bad', trace_flags: 'x' })
  t.is(real?.['trace_id'], 'a'.repeat(32))
})

test('texts beyond a budget of suspicious ones in one record are masked unseen and counted', (t) => {
  const destination = memoryDestination()
  const log = createSecurityLogger({}, destination)
  const rows = Array.from({ length: 20 }, () => Array.from({ length: 40 }, () => 'token=abc12345'))
  log.info({ rows }, 'probe')
  t.is(log.health().redacted['fault:budget'], 300)
  t.false(destination.lines[0]?.includes('abc12345'))
})

test('a span record that is too long gives up its largest attributes, not its name or parent', (t) => {
  const destination = memoryDestination()
  const log = createSecurityLogger({}, destination)
  const attributes = Object.fromEntries(
    Array.from({ length: 20 }, (_, index) => [`part${index}`, 'word and word '.repeat(500)]),
  )
  log.withSpan('outer', () =>
    log.withSpan('inner', { attributes: { id: 7, ...attributes } }, () => 1),
  )
  const span = destination.records[0]?.['span'] as {
    name: string
    parent_span_id: string
    attributes: Record<string, unknown>
  }
  t.is(span.name, 'inner')
  t.is(span.parent_span_id, String(destination.records[1]?.['span_id']))
  t.is(span.attributes['id'], 7)
  t.true((destination.lines[0] ?? '').length <= 65_536)
  t.true(log.health().truncated > 0)
})
