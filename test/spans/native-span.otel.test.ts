import {
  type Span as ApiSpan,
  context,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api'
import { AlwaysOffSampler } from '@opentelemetry/sdk-trace-node'
import test from 'ava'
import { expectTypeOf } from 'expect-type'
import { activeTrace } from '../../src/context/active.js'
import { withFields } from '../../src/context/fields.js'
import { currentScope } from '../../src/context/scope.js'
import { activeSpan, addSpanAttributes, addSpanEvent } from '../../src/spans/active-span.js'
import { LogOnlySpan } from '../../src/spans/log-only-span.js'
import { NativeSpan } from '../../src/spans/native-span.js'
import type { Span } from '../../src/spans/types.js'
import { runSpan, withSpan } from '../../src/spans/with-span.js'
import { registerProvider, unregister } from './otel.js'
import { recording } from './recording.js'

test.afterEach.always(unregister)

test.serial("our spans are assignable to OpenTelemetry's interface", (t) => {
  expectTypeOf<Span>().toExtend<ApiSpan>()
  expectTypeOf<LogOnlySpan>().toExtend<ApiSpan>()
  expectTypeOf<NativeSpan>().toExtend<ApiSpan>()
  t.pass()
})

test.serial(
  'with a provider a span is one of its own, and the API shows it as active',
  async (t) => {
    const otel = registerProvider()
    await withSpan('work', { kind: 'server', attributes: { a: 1 } }, async (span) => {
      t.deepEqual(trace.getActiveSpan()?.spanContext(), span.spanContext() as never)
      await Promise.resolve()
      t.is(activeTrace()?.spanId, trace.getActiveSpan()?.spanContext().spanId)
      t.false(trace.getActiveSpan() instanceof NativeSpan)
      span.setAttribute('b', ['x', 'y']).addEvent('half', { c: true }).setStatus({ code: 1 })
      span.addLink({ context: { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: 1 } })
      span.updateName('renamed')
    })
    t.is(trace.getActiveSpan(), undefined)
    const [span] = otel.finished()
    t.like(span, {
      name: 'renamed',
      kind: SpanKind.SERVER,
      attributes: { a: 1, b: ['x', 'y'] },
      status: { code: SpanStatusCode.OK },
    })
    t.like(span?.events[0], { name: 'half', attributes: { c: true } })
    t.is(span?.links[0]?.context.spanId, 'b'.repeat(16))
    t.is(span?.instrumentationScope.name, 'seclog')
  },
)

test.serial('spans of ours and of the application nest in each other', (t) => {
  const otel = registerProvider()
  const tracer = trace.getTracer('app')
  withSpan('ours', (ours) => {
    tracer.startActiveSpan('theirs', (theirs) => {
      t.is(activeTrace()?.spanId, theirs.spanContext().spanId)
      t.is(activeTrace()?.parentSpanId, ours.spanContext().spanId)
      withSpan('inner', () => t.is(activeTrace()?.parentSpanId, theirs.spanContext().spanId))
      t.is(activeTrace()?.spanId, theirs.spanContext().spanId)
      theirs.end()
    })
    t.is(activeTrace()?.spanId, ours.spanContext().spanId)
    context.with(ROOT_CONTEXT, () => t.is(activeTrace(), undefined))
  })
  t.deepEqual(
    otel.finished().map(({ name }) => name),
    ['inner', 'theirs', 'ours'],
  )
})

test.serial('an ambient field does not bring an outer span of ours back', (t) => {
  registerProvider()
  withSpan('ours', (ours) => {
    trace.getTracer('app').startActiveSpan('theirs', (theirs) => {
      withFields({ a: 1 }, () => {
        t.is(activeTrace()?.spanId, theirs.spanContext().spanId)
        t.is(trace.getActiveSpan(), theirs)
        t.deepEqual(currentScope()?.ambient?.fields, { a: 1 })
        withSpan('inner', () => {
          t.is(activeTrace()?.parentSpanId, theirs.spanContext().spanId)
          t.deepEqual(currentScope()?.ambient?.fields, { a: 1 })
        })
      })
      theirs.end()
    })
    withFields({ b: 2 }, () => t.is(activeTrace()?.spanId, ours.spanContext().spanId))
  })
})

test.serial(
  'a provider without a context manager makes the spans, and our own store carries them',
  async (t) => {
    const otel = registerProvider({ contextManager: false })
    await withSpan('outer', async (outer) => {
      await Promise.resolve()
      t.is(activeTrace()?.spanId, outer.spanContext().spanId)
      await withSpan('inner', async () => {
        await Promise.resolve()
        t.is(activeTrace()?.parentSpanId, outer.spanContext().spanId)
      })
      withSpan('apart', { root: true }, () =>
        t.not(activeTrace()?.traceId, outer.spanContext().traceId),
      )
    })
    const [inner, apart, outer] = otel.finished()
    t.is(inner?.parentSpanContext?.spanId, outer?.spanContext().spanId)
    t.is(apart?.parentSpanContext, undefined)
  },
)

test.serial(
  'a span that began before the provider was there ends properly and is the parent of later ones',
  async (t) => {
    const { records, recorder } = recording()
    let otel = { finished: (): readonly unknown[] => [] }
    await runSpan(
      'early',
      undefined,
      async (early) => {
        t.true(early instanceof LogOnlySpan)
        const registered = registerProvider()
        otel = registered
        await Promise.resolve()
        t.is(activeTrace()?.spanId, early.spanContext().spanId)
        runSpan(
          'late',
          undefined,
          (late) => {
            t.true(late instanceof NativeSpan)
            t.is(late.spanContext().traceId, early.spanContext().traceId)
            t.is(trace.getActiveSpan()?.spanContext().spanId, late.spanContext().spanId)
          },
          recorder,
        )
        trace.getTracer('app').startActiveSpan('theirs', (theirs) => {
          t.is(activeTrace()?.spanId, theirs.spanContext().spanId)
          theirs.end()
        })
        const [late] = registered.finished()
        t.is(late?.parentSpanContext?.spanId, early.spanContext().spanId)
      },
      recorder,
    )
    t.is(otel.finished().length, 2)
    t.deepEqual(
      records.map(({ message }) => message),
      ['span late ended', 'span early ended'],
    )
  },
)

test.serial('a span that began before the provider went away ends properly', (t) => {
  const otel = registerProvider()
  withSpan('native', (native) => {
    trace.disable()
    withSpan('log-only', (span) => {
      t.true(span instanceof LogOnlySpan)
      t.is(span.spanContext().traceId, native.spanContext().traceId)
      t.is(trace.getActiveSpan() as unknown, span)
    })
    context.disable()
    t.is(activeTrace()?.spanId, native.spanContext().spanId)
  })
  t.is(otel.finished().length, 1)
})

test.serial(
  'with the API but no provider, spans have real ids, and the application sees them',
  (t) => {
    // Loading the API and asking it for a tracer is what an instrumented library does.
    const tracer = trace.getTracer('library')
    withSpan('outer', (outer) => {
      t.true(outer instanceof LogOnlySpan)
      withSpan('inner', () => t.is(activeTrace()?.parentSpanId, outer.spanContext().spanId))
    })
    tracer.startSpan('nothing').end()
  },
)

test.serial('a proxy without a provider behind it does not lend its zeros or its parent', (t) => {
  registerProvider()
  const proxy = trace.getTracerProvider() as { setDelegate?(delegate: unknown): void }
  proxy.setDelegate?.(undefined)
  withSpan('outer', (outer) => {
    t.true(outer instanceof LogOnlySpan)
    t.regex(outer.spanContext().spanId, /^(?!0{16})[\da-f]{16}$/)
    withSpan('inner', (inner) => {
      t.true(inner instanceof LogOnlySpan)
      t.not(inner.spanContext().spanId, outer.spanContext().spanId)
      t.is(activeTrace()?.parentSpanId, outer.spanContext().spanId)
    })
  })
})

test.serial('a provider that throws is said once, and spans are log-only', (t) => {
  registerProvider()
  const proxy = trace.getTracerProvider() as { setDelegate?(delegate: unknown): void }
  proxy.setDelegate?.({
    getTracer: () => ({
      startSpan() {
        throw new Error('broken')
      },
    }),
  })
  withSpan('work', (span) => t.true(span instanceof LogOnlySpan))
})

test.serial(
  'an unsampled span has real ids with flag 00, and its record is complete all the same',
  (t) => {
    const otel = registerProvider({ sampler: new AlwaysOffSampler() })
    const { records, recorder } = recording()
    runSpan(
      'work',
      { attributes: { a: 1 } },
      (span) => {
        t.is(activeTrace()?.traceFlags, 0)
        t.true(span.isRecording())
        span.setAttribute('b', 2)
      },
      recorder,
    )
    withSpan('unrecorded', (span) => t.false(span.isRecording()))
    t.is(otel.finished().length, 0)
    t.like(records[0]?.fields, { span: { attributes: { a: 1, b: 2 } } })
  },
)

test.serial('values that OpenTelemetry cannot hold are made safe before it gets them', (t) => {
  const otel = registerProvider()
  withSpan('work', { attributes: { start: Number.NaN } }, (span) => {
    span.setAttributes({
      nan: Number.NaN,
      infinite: -Infinity,
      huge: 1e300,
      big: 2n ** 70n,
      date: new Date(0),
      nested: { a: [1, { b: 2n }] },
      mixed: [1, 'a'],
      gaps: ['a', null],
      nothing: undefined,
      symbol: Symbol('s'),
      bytes: new Uint8Array(3),
      get thrower() {
        throw new Error('getter')
      },
    })
  })
  t.deepEqual(otel.finished()[0]?.attributes, {
    start: 'NaN',
    nan: 'NaN',
    infinite: '-Infinity',
    huge: '1e+300',
    big: '1180591620717411303424',
    date: '1970-01-01T00:00:00.000Z',
    nested: '{"a":[1,{"b":"2"}]}',
    mixed: '[1,"a"]',
    gaps: ['a', null],
    symbol: '[symbol]',
    bytes: '[3 bytes]',
    thrower: '[unreadable]',
  })
})

test.serial('an error is an exception event of the innermost span alone', async (t) => {
  const otel = registerProvider()
  class ScanError extends Error {}
  const error = new ScanError('bad lock file')
  await t.throwsAsync(
    withSpan('outer', () =>
      withSpan('inner', async () => {
        throw error
      }),
    ),
    { is: error },
  )
  const [inner, outer] = otel.finished()
  t.is(inner?.events.length, 1)
  t.like(inner?.events[0]?.attributes, {
    'exception.type': 'ScanError',
    'exception.message': 'bad lock file',
    'exception.stacktrace': error.stack,
  })
  t.is(outer?.events.length, 0)
  for (const span of [inner, outer]) {
    t.is(span?.attributes['error.type'], 'ScanError')
    t.deepEqual(span?.status, { code: SpanStatusCode.ERROR, message: 'bad lock file' })
  }
})

test.serial(
  'an error that an inner span has exported is still in the record of the outer one',
  (t) => {
    const otel = registerProvider()
    const { records, recorder } = recording()
    const error = new Error('deep')
    t.throws(
      () =>
        runSpan(
          'outer',
          undefined,
          () =>
            withSpan('inner', () => {
              throw error
            }),
          recorder,
        ),
      { is: error },
    )
    t.is(records[0]?.fields['err'], error)
    t.deepEqual(
      otel.finished().map(({ events }) => events.length),
      [1, 0],
    )
  },
)

test.serial(
  'an exception by hand is an event, without its stack where the trace has it already',
  (t) => {
    const otel = registerProvider()
    const error = new TypeError('seen')
    withSpan('outer', (outer) => {
      withSpan('inner', (inner) => inner.recordException(error))
      outer.recordException(error)
    })
    const [inner, outer] = otel.finished()
    t.truthy(inner?.events[0]?.attributes?.['exception.stacktrace'])
    t.deepEqual(outer?.events[0]?.attributes, {
      'exception.type': 'TypeError',
      'exception.message': 'seen',
    })
  },
)

test.serial('a generator of a native span runs in it at every step', async (t) => {
  const otel = registerProvider()
  const seen: (string | undefined)[] = []
  const generator = withSpan('steps', async function* () {
    seen.push(trace.getActiveSpan()?.spanContext().spanId)
    yield 1
    seen.push(trace.getActiveSpan()?.spanContext().spanId)
  })
  for await (const _ of generator) t.is(trace.getActiveSpan(), undefined)
  const own = otel.finished()[0]?.spanContext().spanId
  t.deepEqual(seen, [own, own])
})

test.serial("attributes and events reach the active span, ours or the application's", (t) => {
  const otel = registerProvider()
  withSpan('ours', (ours) => {
    t.is(activeSpan(), ours)
    const key = Symbol('app')
    context.with(context.active().setValue(key, 1), () => t.is(activeSpan(), ours))
    addSpanAttributes({ a: 1 })
    addSpanEvent('happened', { b: 2 }, Date.UTC(2001, 1, 1))
  })
  trace.getTracer('app').startActiveSpan('theirs', (theirs) => {
    addSpanAttributes({ big: 1n })
    addSpanEvent('happened')
    t.is(activeSpan().spanContext().spanId, theirs.spanContext().spanId)
    theirs.end()
  })
  const [ours, theirs] = otel.finished()
  t.deepEqual(ours?.attributes, { a: 1 })
  t.deepEqual(ours?.events[0]?.time, [Date.UTC(2001, 1, 1) / 1000, 0])
  t.deepEqual(theirs?.attributes, { big: '1' })
  t.is(theirs?.events.length, 1)
})

test.serial('a span in the context whose methods throw counts as none', (t) => {
  registerProvider()
  const broken = {
    spanContext() {
      throw new Error('broken')
    },
  }
  context.with(trace.setSpan(context.active(), broken as never), () => {
    t.is(activeTrace(), undefined)
    t.notThrows(() => addSpanAttributes({ a: 1 }))
    withSpan('work', (span) => t.regex(span.spanContext().traceId, /^(?!0{32})/))
  })
})

test.serial('two hundred concurrent trees of mixed spans do not mix', async (t) => {
  const otel = registerProvider()
  const tracer = trace.getTracer('app')
  await Promise.all(
    Array.from({ length: 200 }, (_, index) =>
      withSpan(`ours-${index}`, async () => {
        await pause()
        await tracer.startActiveSpan(`theirs-${index}`, async (theirs) => {
          await pause()
          await withSpan(`inner-${index}`, pause)
          t.is(activeTrace()?.spanId, theirs.spanContext().spanId)
          theirs.end()
        })
      }),
    ),
  )
  const byId = new Map(otel.finished().map((span) => [span.spanContext().spanId, span]))
  t.is(byId.size, 600)
  for (const span of byId.values()) {
    const parent = byId.get(span.parentSpanContext?.spanId ?? '')
    const [kind, index] = span.name.split('-')
    const expected = { ours: undefined, theirs: `ours-${index}`, inner: `theirs-${index}` }
    t.is(parent?.name, expected[kind as keyof typeof expected])
  }
})

function pause(): Promise<void> {
  return new Promise((resolve) => {
    if (Math.random() < 0.5) setImmediate(resolve)
    else setTimeout(resolve, Math.random() * 5)
  })
}
