import { getEventListeners } from 'node:events'
import test from 'ava'
import { activeTrace } from '../../src/context/active.js'
import { startSpan } from '../../src/spans/start-span.js'
import type { SpanLink } from '../../src/spans/types.js'
import { withSpan } from '../../src/spans/with-span.js'
import { recording } from './recording.js'

const dispose: typeof Symbol.dispose = Symbol.dispose ?? Symbol.for('nodejs.dispose')
const asyncDispose: typeof Symbol.asyncDispose =
  Symbol.asyncDispose ?? Symbol.for('nodejs.asyncDispose')

test('a started span is not ambient, and is a child of the active one', (t) => {
  const { records, recorder } = recording()
  withSpan('outer', (outer) => {
    const span = startSpan('detached', { kind: 'client' }, recorder)
    t.is(activeTrace()?.spanId, outer.spanContext().spanId)
    t.is(span.spanContext().traceId, outer.spanContext().traceId)
    withSpan('child', { parent: span }, () =>
      t.is(activeTrace()?.parentSpanId, span.spanContext().spanId),
    )
    t.is(records.length, 0)
    span.end()
    t.like(records[0]?.fields, {
      span: { name: 'detached', kind: 'client', parent_span_id: outer.spanContext().spanId },
    })
  })
})

test('a span ends once, and ignores what comes after', (t) => {
  const { records, recorder } = recording()
  const span = startSpan('once', undefined, recorder)
  t.true(span.isRecording())
  span.end()
  t.false(span.isRecording())
  span.setAttribute('a', 1).setAttributes({ b: 2 }).addEvent('late').setStatus({ code: 2 })
  span.addLink({ context: span.spanContext() }).updateName('later')
  span.recordException(new Error('late'))
  span.end()
  t.is(records.length, 1)
  t.is(records[0]?.message, 'span once ended')
  t.like(records[0]?.fields, { span: { attributes: undefined } })
})

test('disposal ends a span, at once or awaited', async (t) => {
  const { records, recorder } = recording()
  startSpan('sync', undefined, recorder)[dispose]()
  await startSpan('async', undefined, recorder)[asyncDispose]()
  t.deepEqual(
    records.map(({ message }) => message),
    ['span sync ended', 'span async ended'],
  )
})

test('an AbortSignal ends a span as an error of type AbortError', (t) => {
  const { records, recorder } = recording()
  const controller = new AbortController()
  const span = startSpan('poll', { signal: controller.signal }, recorder)
  const reason = new Error('client went away')
  controller.abort(reason)
  t.false(span.isRecording())
  span.end()
  t.is(records.length, 1)
  t.is(records[0]?.level, 'error')
  t.is(records[0]?.fields['err'], reason)
  t.like(records[0]?.fields, {
    span: {
      status: 'error',
      status_message: 'client went away',
      attributes: { 'error.type': 'AbortError' },
    },
  })
})

test('a span that ended lets go of its signal', (t) => {
  const { records, recorder } = recording()
  const { signal } = new AbortController()
  const span = startSpan('poll', { signal }, recorder)
  t.is(getEventListeners(signal, 'abort').length, 1)
  span.end()
  t.is(getEventListeners(signal, 'abort').length, 0)
  t.is(records[0]?.message, 'span poll ended')
})

test('a signal that has fired already ends the span after its start', (t) => {
  const { records, recorder } = recording({ startLevel: 'info' })
  t.false(startSpan('late', { signal: AbortSignal.abort() }, recorder).isRecording())
  const [start, end] = records
  t.is(start?.message, 'span late started')
  t.like(start?.fields, { span: { attributes: undefined } })
  t.is(end?.message, 'span late failed')
})

test('all spans of one signal share a listener, and end when it fires', (t) => {
  const { records, recorder } = recording()
  const controller = new AbortController()
  const { signal } = controller
  const spans = Array.from({ length: 20 }, (_, index) =>
    startSpan(`${index}`, { signal }, recorder),
  )
  t.is(getEventListeners(signal, 'abort').length, 1)
  for (const span of spans.slice(0, 19)) span.end()
  t.is(getEventListeners(signal, 'abort').length, 1)
  startSpan('joins', { signal }, recorder)
  controller.abort()
  t.is(getEventListeners(signal, 'abort').length, 0)
  t.deepEqual(
    records.slice(19).map(({ message }) => message),
    ['span 19 failed', 'span joins failed'],
  )
})

test('no record is made that the sink would not write', (t) => {
  const { records, recorder } = recording({ startLevel: 'info' })
  const asked: string[] = []
  const sink = {
    ...recorder.sink,
    enabled(level: string) {
      asked.push(level)
      return level === 'error'
    },
  }
  startSpan('quiet', undefined, { ...recorder, sink }).end()
  startSpan('failed', undefined, { ...recorder, sink })
    .setStatus({ code: 2 })
    .end()
  t.deepEqual(asked, ['info', 'info', 'info', 'error'])
  t.deepEqual(
    records.map(({ message }) => message),
    ['span failed failed'],
  )
})

test('what a span was given is in its record', (t) => {
  const { records, recorder } = recording()
  const linked: SpanLink = {
    context: { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: 1 },
    attributes: { why: 'batch' },
  }
  const start = Date.UTC(2026, 0, 1)
  const span = startSpan(
    'full',
    { attributes: { first: 1 }, links: [linked], startTime: start },
    recorder,
  )
  span.setAttributes({ second: [1, 'a'], nothing: null })
  span.addEvent('checked', { count: 2 }, [start / 1000, 5e6])
  span.addEvent('bare', new Date(start + 7))
  span.addLinks([{ context: { ...linked.context, spanId: 'c'.repeat(16) } }])
  span.addLink({ context: { ...linked.context, spanId: 'nonsense' } })
  span.setStatus({ code: 1, message: 'descriptions are for errors' })
  span.updateName('renamed')
  span.end(start + 1500.1234)
  t.deepEqual(records[0]?.fields, {
    'event.kind': 'span',
    span: {
      name: 'renamed',
      kind: 'internal',
      start: '2026-01-01T00:00:00.000Z',
      duration_ms: 1500.123,
      status: 'ok',
      attributes: { first: 1, second: [1, 'a'] },
      events: [
        { name: 'checked', time: '2026-01-01T00:00:00.005Z', attributes: { count: 2 } },
        { name: 'bare', time: '2026-01-01T00:00:00.007Z' },
      ],
      links: [
        { trace_id: 'a'.repeat(32), span_id: 'b'.repeat(16), attributes: { why: 'batch' } },
        { trace_id: 'a'.repeat(32), span_id: 'c'.repeat(16) },
      ],
    },
  })
})

test('attributes, events and links beyond 128 are counted, not kept', (t) => {
  const { records, recorder } = recording()
  const span = startSpan('much', undefined, recorder)
  const link = { context: { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: 1 } }
  for (let index = 0; index < 130; index += 1) {
    span.setAttribute(`key${index}`, index).addEvent('event').addLink(link)
  }
  span.setAttribute('key0', 'a kept one can change')
  span.end()
  const fields = records[0]?.fields['span'] as Record<string, object>
  t.is(Object.keys(fields['attributes'] ?? {}).length, 128)
  t.like(fields, { attributes: { key0: 'a kept one can change' }, dropped: 6 })
  t.is((fields['events'] as unknown[]).length, 128)
  t.is((fields['links'] as unknown[]).length, 128)
})

test('an exception that is recorded by hand is the record’s error, and its status is the caller’s', (t) => {
  const { records, recorder } = recording()
  const span = startSpan('handled', undefined, recorder)
  const [first, second] = [new Error('one'), new TypeError('two')]
  span.recordException(first)
  span.recordException(second)
  span.end()
  t.is(records[0]?.level, 'info')
  t.is(records[0]?.fields['err'], first)
  t.like(records[0]?.fields, {
    span: {
      status: 'unset',
      events: [
        {
          name: 'exception',
          attributes: { 'exception.type': 'TypeError', 'exception.message': 'two' },
        },
      ],
    },
  })
})

test('a status and an error type that the caller has set stay when the work fails', (t) => {
  const { records, recorder } = recording()
  const controller = new AbortController()
  const span = startSpan('known', { signal: controller.signal }, recorder)
  span.setStatus({ code: 2, message: 'upstream said no' }).setAttribute('error.type', '503')
  controller.abort()
  t.like(records[0]?.fields, {
    span: { status_message: 'upstream said no', attributes: { 'error.type': '503' } },
  })
})

test('nothing that is put into a span throws, whatever it is', (t) => {
  const { records, recorder } = recording()
  const hostile = new Proxy(
    {},
    {
      get() {
        throw new Error('trap')
      },
      ownKeys() {
        throw new Error('trap')
      },
    },
  ) as never
  const noText = Object.create(null) as never
  const span = startSpan(noText, { attributes: hostile, links: [hostile] }, recorder)
  t.notThrows(() => {
    span.setAttribute('a', hostile).setAttribute(noText, 1).setAttribute('', 1)
    span
      .setAttributes(hostile)
      .setAttributes(undefined as never)
      .addEvent(noText, hostile)
    span
      .addLink(hostile)
      .addLinks(hostile)
      .setStatus(hostile)
      .setStatus({ code: 7 as never })
    span.recordException(hostile)
    span.addEvent('when', new Date(Number.NaN)).addEvent('why', {}, 'now' as never)
    span.end(Number.NaN)
  })
  t.is(records.length, 1)
  t.like(records[0]?.fields, { span: { attributes: { a: '[unreadable]' }, status: 'unset' } })
})

test('a time that is a reading of the monotonic clock, or beyond all dates, is written as a date', (t) => {
  const { records, recorder } = recording()
  startSpan('early', { startTime: 0 }, recorder).end()
  startSpan('late', { startTime: 1e300 }, recorder).end()
  const starts = records.map(({ fields }) => (fields['span'] as { start: string }).start)
  t.is(starts[0], new Date(performance.timeOrigin).toISOString())
  t.is(starts[1], '+275760-09-13T00:00:00.000Z')
})
