import { EventEmitter, once } from 'node:events'
import { setTimeout as after, setImmediate as nextTurn } from 'node:timers/promises'
import test from 'ava'
import { activeTrace } from '../../src/context/active.js'
import type { SpanIdentity } from '../../src/context/scope.js'
import { runSpan, withSpan } from '../../src/spans/with-span.js'
import { recording } from './recording.js'

const traceId = /^(?!0{32})[\da-f]{32}$/
const spanId = /^(?!0{16})[\da-f]{16}$/

test('without OpenTelemetry a span has real W3C ids and is the active one inside only', (t) => {
  t.is(activeTrace(), undefined)
  withSpan('work', (span) => {
    const trace = activeTrace()
    t.regex(trace?.traceId ?? '', traceId)
    t.regex(trace?.spanId ?? '', spanId)
    t.is(trace?.traceFlags, 1)
    t.is(trace?.parentSpanId, undefined)
    t.deepEqual({ ...span.spanContext() }, { ...trace } as SpanIdentity)
  })
  t.is(activeTrace(), undefined)
})

test('the result of a synchronous callback is given back, and the span ends with it', (t) => {
  const { records, recorder } = recording()
  const result = runSpan('sum', { attributes: { terms: 2 } }, () => 1 + 1, recorder)
  t.is(result, 2)
  t.is(records.length, 1)
  const [end] = records
  t.is(end?.level, 'info')
  t.is(end?.message, 'span sum ended')
  t.like(end?.fields, {
    'event.kind': 'span',
    span: { name: 'sum', kind: 'internal', status: 'unset', attributes: { terms: 2 } },
  })
})

test('an asynchronous callback keeps the span open and active until its promise settles', async (t) => {
  const { records, recorder } = recording()
  const seen: (string | undefined)[] = []
  const emitter = new EventEmitter()
  const running = runSpan(
    'work',
    undefined,
    async (span) => {
      const heard = once(emitter, 'go')
      seen.push(activeTrace()?.spanId)
      await after(1)
      seen.push(activeTrace()?.spanId)
      await nextTurn()
      queueMicrotask(() => emitter.emit('go'))
      await heard
      seen.push(activeTrace()?.spanId)
      return span.spanContext().spanId
    },
    recorder,
  )
  t.is(activeTrace(), undefined)
  t.is(records.length, 0)
  const own = await running
  t.deepEqual(seen, [own, own, own])
  t.is(records.length, 1)
  t.is(activeTrace(), undefined)
})

test('children carry the trace of their parent, and its id as their parent id', async (t) => {
  await withSpan('outer', async (outer) => {
    const { traceId, spanId } = outer.spanContext()
    await Promise.all(
      ['a', 'b'].map((name) =>
        withSpan(name, async () => {
          await nextTurn()
          t.like(activeTrace(), { traceId, parentSpanId: spanId })
          withSpan('grandchild', () => t.not(activeTrace()?.parentSpanId, spanId))
        }),
      ),
    )
    t.is(activeTrace()?.spanId, spanId)
  })
})

test('what is thrown is rethrown untouched, and the span fails with it', (t) => {
  const thrown: unknown[] = [
    Object.freeze(new RangeError('cold')),
    'text',
    undefined,
    null,
    7n,
    Symbol('s'),
  ]
  for (const value of thrown) {
    const { records, recorder } = recording()
    const caught = catching(() => runSpan('fails', undefined, () => raise(value), recorder))
    t.is(caught, value)
    t.is(records.length, 1)
    t.is(records[0]?.level, 'error')
    t.is(records[0]?.message, 'span fails failed')
  }
})

test('an error that passes several spans is recorded with its stack by the innermost alone', async (t) => {
  const { records, recorder } = recording()
  const error = new TypeError('wrong shape')
  await t.throwsAsync(
    runSpan(
      'outer',
      undefined,
      () => runSpan('inner', undefined, () => Promise.reject(error), recorder),
      recorder,
    ),
    { is: error },
  )
  const [inner, outer] = records
  t.is(inner?.fields['err'], error)
  t.false('err' in (outer?.fields ?? {}))
  for (const record of records) {
    t.like(record.fields, {
      span: {
        status: 'error',
        status_message: 'wrong shape',
        attributes: { 'error.type': 'TypeError' },
      },
    })
  }
})

test('an error that passed a span without records is in the record of the outer one', (t) => {
  const { records, recorder } = recording()
  const silent = recording({ level: 'silent' })
  const error = new Error('deep')
  catching(() =>
    runSpan(
      'outer',
      undefined,
      () =>
        withSpan('free', () => runSpan('silent', undefined, () => raise(error), silent.recorder)),
      recorder,
    ),
  )
  t.is(records[0]?.fields['err'], error)
})

test('an error object that is thrown again in another trace is recorded again', (t) => {
  const { records, recorder } = recording()
  const reused = new Error('one for all')
  catching(() => runSpan('first', undefined, () => raise(reused), recorder))
  catching(() => runSpan('second', undefined, () => raise(reused), recorder))
  t.deepEqual(
    records.map((record) => record.fields['err']),
    [reused, reused],
  )
})

test('with a start level there is a record when the span begins, under the ids of the span', (t) => {
  const { records, recorder } = recording({ startLevel: 'debug' })
  const ids = runSpan('job', { kind: 'consumer' }, (span) => span.spanContext(), recorder)
  t.deepEqual(
    records.map(({ level, message, trace }) => ({ level, message, trace })),
    [
      { level: 'debug', message: 'span job started', trace: ids },
      { level: 'info', message: 'span job ended', trace: ids },
    ],
  )
  t.like(records[0]?.fields, {
    'event.kind': 'span_start',
    span: { name: 'job', kind: 'consumer' },
  })
})

test('a span at level silent writes nothing', (t) => {
  const { records, recorder } = recording({ level: 'silent' })
  runSpan('quiet', undefined, () => 1, recorder)
  t.is(records.length, 0)
})

test('a sink that throws does not reach the caller', (t) => {
  const sink = {
    write() {
      throw new Error('disk full')
    },
  }
  t.is(
    runSpan('work', undefined, () => 'done', { sink, level: 'info', startLevel: 'info' }),
    'done',
  )
})

test('a new root can be asked for, and so can another parent', (t) => {
  const upstream = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: 0 }
  withSpan('outer', (outer) => {
    withSpan('apart', { root: true }, () => {
      t.not(activeTrace()?.traceId, outer.spanContext().traceId)
      t.is(activeTrace()?.parentSpanId, undefined)
    })
    withSpan('adopted', { parent: { spanContext: () => upstream } }, () =>
      t.like(activeTrace(), {
        traceId: upstream.traceId,
        parentSpanId: upstream.spanId,
        traceFlags: 0,
      }),
    )
    withSpan(
      'orphan',
      { parent: { spanContext: () => ({ ...upstream, traceId: '0'.repeat(32) }) } },
      () => t.is(activeTrace()?.parentSpanId, undefined),
    )
  })
})

test('two hundred concurrent trees do not mix', async (t) => {
  const { records, recorder } = recording()
  const trees = Array.from({ length: 200 }, (_, index) => tree(`tree-${index}`))
  await Promise.all(trees)
  t.is(records.length, 200 * 7)

  const byId = new Map(records.map((record) => [record.trace?.spanId, record]))
  for (const record of records) {
    const span = record.fields['span'] as { name: string; parent_span_id?: string }
    const parent = span.parent_span_id === undefined ? undefined : byId.get(span.parent_span_id)
    t.is(parent === undefined, span.name.split('/').length === 1)
    if (parent === undefined) continue
    t.is(parent.trace?.traceId, record.trace?.traceId)
    const { name } = parent.fields['span'] as { name: string }
    t.is(name, span.name.slice(0, span.name.lastIndexOf('/')))
  }

  async function tree(name: string, depth = 0): Promise<void> {
    await runSpan(
      name,
      undefined,
      async (span) => {
        const own = span.spanContext().spanId
        await randomPause()
        t.is(activeTrace()?.spanId, own)
        if (depth < 2)
          await Promise.all([tree(`${name}/a`, depth + 1), tree(`${name}/b`, depth + 1)])
        await randomPause()
        t.is(activeTrace()?.spanId, own)
      },
      recorder,
    )
  }
})

function randomPause(): Promise<unknown> {
  const emitter = new EventEmitter()
  switch (Math.floor(Math.random() * 4)) {
    case 0:
      return after(Math.random() * 5)
    case 1:
      return nextTurn()
    case 2:
      setImmediate(() => emitter.emit('go'))
      return once(emitter, 'go')
    default:
      return new Promise<void>((resolve) => queueMicrotask(resolve))
  }
}

function raise(value: unknown): never {
  throw value
}

function catching(action: () => unknown): unknown {
  try {
    action()
  } catch (error) {
    return error
  }
  throw new Error('Nothing was thrown.')
}
