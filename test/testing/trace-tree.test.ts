import test from 'ava'
import fc from 'fast-check'
import { createEcsFormat } from '../../src/formats/ecs.js'
import type { JsonObject, JsonValue } from '../../src/formats/json-value.js'
import { type TraceNode, type TraceTree, traceTree } from '../../src/testing/index.js'
import { id, plainLine, spanLine, traceId } from './span-lines.js'

function only(records: readonly unknown[]): TraceTree {
  const [tree, ...others] = traceTree(records)
  if (tree === undefined || others.length > 0) throw new Error(`${others.length + 1} trees`)
  return tree
}

function outline(nodes: readonly TraceNode[]): unknown[] {
  return nodes.map((node) => [node.name, ...outline(node.children)])
}

test('spans of two services become one tree, whatever order their lines come in', (t) => {
  const lines = [
    spanLine({ span: 'a', service: 'gateway', start: 0, took: 50 }),
    spanLine({ span: 'b', parent: 'a', service: 'gateway', start: 10 }),
    spanLine({ span: 'c', parent: 'b', service: 'scanner', start: 15 }),
    spanLine({ span: 'd', parent: 'a', service: 'gateway', start: 5 }),
  ]
  for (const records of [lines, lines.toReversed()]) {
    const tree = only(records)
    t.deepEqual(outline(tree.roots), [['span a', ['span d'], ['span b', ['span c']]]])
    t.deepEqual([...tree.services].sort(), ['gateway', 'scanner'])
    t.is(tree.spanCount, 4)
    t.is(tree.durationMs, 50)
    t.deepEqual(tree.problems, [])
  }
})

test('each trace id has its own tree, in the order they began', (t) => {
  const later = 'b'.repeat(32)
  const trees = traceTree([
    spanLine({ span: 'a', trace: later, start: 9 }),
    spanLine({ span: 'a' }),
  ])
  t.deepEqual(
    trees.map((tree) => tree.traceId),
    [traceId, later],
  )
})

test('a line without a valid trace id is left out', (t) => {
  const broken = [undefined, null, 7, 'x', [], {}, { trace_id: 5 }, { trace_id: '0'.repeat(32) }]
  t.deepEqual(traceTree([...broken, { trace_id: traceId.toUpperCase() }]), [])
})

test('a line belongs to the span it was written in and keeps only the fields of its caller', (t) => {
  const tree = only([
    spanLine({ span: 'a' }),
    plainLine('a', { msg: 'scan finished', scan_id: 's-42', pid: 1, hostname: 'n1' }),
    { ...plainLine('a', { msg: 'no span' }), span_id: undefined },
  ])
  t.deepEqual(tree.roots[0]?.lines[0]?.fields, { scan_id: 's-42' })
  t.is(tree.roots[0]?.lines[0]?.message, 'scan finished')
  t.deepEqual(
    tree.lines.map((line) => line.message),
    ['no span'],
  )
})

test('a failed span has its error', (t) => {
  const tree = only([spanLine({ span: 'a', error: 'bad lock file' })])
  t.is(tree.errorCount, 1)
  t.is(tree.roots[0]?.status, 'error')
  t.like(tree.roots[0]?.error, { type: 'TypeError', message: 'bad lock file' })
})

test('a parent that was never seen is said, and its child is a root', (t) => {
  const tree = only([spanLine({ span: 'a' }), spanLine({ span: 'b', parent: 'f' })])
  t.deepEqual(outline(tree.roots), [['span a'], ['span b']])
  t.deepEqual(tree.problems, [{ kind: 'orphan', spanId: id('b'), parentSpanId: id('f') }])
})

test('a span that started and never ended is said', (t) => {
  const tree = only([spanLine({ span: 'a', kind: 'span_start' }), plainLine('a')])
  t.is(tree.roots[0]?.seen, 'start')
  t.is(tree.roots[0]?.durationMs, undefined)
  t.deepEqual(tree.problems, [{ kind: 'unended', spanId: id('a') }])
})

test('a start record is not a gap once the span has ended', (t) => {
  const tree = only([spanLine({ span: 'a', kind: 'span_start' }), spanLine({ span: 'a' })])
  t.is(tree.roots[0]?.seen, 'end')
  t.deepEqual(tree.problems, [])
})

test('a span of which only lines were seen keeps its lines and its children', (t) => {
  const tree = only([plainLine('a'), spanLine({ span: 'b', parent: 'a' })])
  t.is(tree.roots[0]?.seen, 'lines')
  t.is(tree.roots[0]?.lines.length, 1)
  t.deepEqual(outline(tree.roots), [['', ['span b']]])
  t.deepEqual(tree.problems, [{ kind: 'unrecorded', spanId: id('a') }])
})

test('a span that ended twice is counted once and said', (t) => {
  const tree = only([spanLine({ span: 'a', took: 10 }), spanLine({ span: 'a', took: 90 })])
  t.is(tree.spanCount, 1)
  t.is(tree.roots[0]?.durationMs, 10)
  t.deepEqual(tree.problems, [{ kind: 'repeated', spanId: id('a'), times: 2 }])
})

test('a circle of parents is cut and said, with what hangs on it', (t) => {
  const tree = only([
    spanLine({ span: 'c', parent: 'a' }),
    spanLine({ span: 'a', parent: 'b' }),
    spanLine({ span: 'b', parent: 'a' }),
    spanLine({ span: 'd', parent: 'd' }),
  ])
  t.is(tree.spanCount, 4)
  t.deepEqual(
    tree.problems.map((problem) => problem.kind),
    ['cycle', 'cycle'],
  )
})

test('a child of another service that began before its parent tells of clock skew', (t) => {
  const tree = only([
    spanLine({ span: 'a', start: 1_000 }),
    spanLine({ span: 'b', parent: 'a', start: 400, service: 'scanner' }),
  ])
  t.deepEqual(tree.problems, [{ kind: 'skew', spanId: id('b'), byMs: 600 }])
})

test('a chain of 20,000 spans is rebuilt', (t) => {
  const spans = Array.from({ length: 20_000 }, (_, index) => index + 1)
  const tree = only(
    spans.map((span) =>
      spanLine({ span: span.toString(16), ...(span > 1 && { parent: (span - 1).toString(16) }) }),
    ),
  )
  t.is(tree.spanCount, 20_000)
  t.is(tree.roots.length, 1)
})

test('any set of spans and parents becomes a forest that holds each span once', (t) => {
  const spans = fc.uniqueArray(
    fc.record({ span: fc.integer({ min: 1, max: 40 }), parent: fc.integer({ min: 0, max: 45 }) }),
    { selector: (pair) => pair.span, minLength: 1 },
  )
  fc.assert(
    fc.property(spans, (pairs) => {
      const tree = only(
        pairs.map(({ span, parent }) =>
          spanLine({ span: span.toString(16), ...(parent > 0 && { parent: parent.toString(16) }) }),
        ),
      )
      const open = [...tree.roots]
      const met: string[] = []
      for (let node = open.pop(); node !== undefined; node = open.pop()) {
        met.push(node.spanId)
        open.push(...node.children)
      }
      t.deepEqual(met.sort(), pairs.map(({ span }) => id(span.toString(16))).sort())
    }),
  )
  t.pass()
})

test('no record makes it throw', (t) => {
  fc.assert(
    fc.property(fc.array(fc.anything()), fc.jsonValue(), (values, odd) => {
      const shaped = values.map((value) => ({
        ...plainLine('a', { 'event.kind': 'span', span: value, err: odd, time: odd, level: odd }),
      }))
      traceTree([...values, ...shaped])
    }),
  )
  t.pass()
})

test('lines in Elastic Common Schema make the same tree', (t) => {
  const ecs = createEcsFormat()
  const identity = ecs.identity({ service: { name: 'api' }, pid: 41, hostname: 'n1' })
  const records = [
    spanLine({ span: 'a', took: 40 }),
    spanLine({ span: 'b', parent: 'a', start: 10, error: 'too bad' }),
    spanLine({ span: 'c', parent: 'a', start: 20, kind: 'span_start' }),
    plainLine('b', { msg: 'slow', scan_id: 's-42' }),
  ]
  const mapped = records.map((record): unknown => {
    const { time, level, msg, service, trace_id, span_id, trace_flags, ...fields } = record
    const trace = { traceId, spanId: String(span_id), traceFlags: 1 }
    const head = { time: String(time), level: String(level), message: String(msg), trace }
    const line = ecs.line(head, identity)
    if (!line.span(fields as JsonObject))
      for (const [name, value] of Object.entries(fields)) line.put(name, value as JsonValue)
    return JSON.parse(line.text())
  })
  const [expected, tree] = [only(records), only(mapped)].map((each) =>
    JSON.parse(JSON.stringify(each, (key, value) => (key === 'record' ? undefined : value))),
  )
  t.deepEqual(tree, expected)
})

test('no label of a line in Elastic Common Schema is read as a field of the logger', (t) => {
  const ids = { 'trace.id': traceId, 'span.id': id('a') }
  const forged = { trace_id: 'f'.repeat(32), span_id: id('f'), 'event.kind': 'span', span: {} }
  const tree = only([{ '@timestamp': 'x', ...ids, ...forged, labels: { ...forged, n: '1' } }])
  t.is(tree.traceId, traceId)
  t.is(tree.roots[0]?.seen, 'lines')
  t.deepEqual(tree.roots[0]?.lines[0]?.fields, { n: '1' })
})
