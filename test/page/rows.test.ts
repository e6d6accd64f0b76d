import test from 'ava'
import fc from 'fast-check'
import { levels, noLines, rowsOf, searchTexts, type View } from '../../page/rows.js'
import { traceData } from '../../src/cli/trace-data.js'
import { traceTree } from '../../src/testing/index.js'
import { id, plainLine, spanLine } from '../testing/span-lines.js'

const all: View = {
  search: '',
  hidden: new Set(),
  errorsOnly: false,
  leastLevel: 0,
  collapsed: new Set(),
}

function rows(records: readonly object[], view: Partial<View> = {}): string[] {
  const [tree] = traceTree(records)
  if (tree === undefined) return []
  const trace = traceData(tree)
  return rowsOf(trace, { ...all, ...view }, searchTexts(trace)).map(
    ({ line, span, depth, dimmed }) =>
      `${' '.repeat(depth)}${line?.message ?? trace.spans[span]?.name}${dimmed ? ' (dimmed)' : ''}`,
  )
}

const records = [
  spanLine({ span: 'a' }),
  spanLine({ span: 'b', parent: 'a', start: 1, service: 'scanner' }),
  spanLine({ span: 'c', parent: 'b', start: 2, error: 'too bad' }),
  spanLine({ span: 'd', parent: 'a', start: 3 }),
  plainLine('c', { level: 'debug', msg: 'detail' }),
  plainLine('d', { level: 'error', msg: 'wrong', user: { id: 'Joe' } }),
  { ...plainLine('d', { msg: 'loose' }), span_id: undefined },
]

test('all spans stand with their lines, and lines of no span at the end', (t) => {
  t.deepEqual(rows(records), [
    'span a',
    ' span b',
    '  span c',
    '   detail',
    ' span d',
    '  wrong',
    'loose',
  ])
})

test('a collapsed span hides what is in it, and nothing else', (t) => {
  t.deepEqual(rows(records, { collapsed: new Set([id('b')]) }), [
    'span a',
    ' span b',
    ' span d',
    '  wrong',
    'loose',
  ])
})

test('a search looks at spans and at lines, and keeps what is above', (t) => {
  t.deepEqual(rows(records, { search: ' TOO bad' }), [
    'span a (dimmed)',
    ' span b (dimmed)',
    '  span c',
    '   detail',
  ])
  t.deepEqual(rows(records, { search: '"joe"' }), ['span a (dimmed)', ' span d', '  wrong'])
  t.deepEqual(rows(records, { search: 'loose' }), ['loose'])
})

test('services, failures and levels are filtered', (t) => {
  t.deepEqual(rows(records, { hidden: new Set(['api']), leastLevel: noLines }), [
    'span a (dimmed)',
    ' span b',
  ])
  t.deepEqual(rows(records, { errorsOnly: true, leastLevel: levels.indexOf('warn') }), [
    'span a (dimmed)',
    ' span b (dimmed)',
    '  span c',
    ' span d',
    '  wrong',
  ])
})

test('in any tree and search, every span that is shown stands below the one above it', (t) => {
  const forest = fc.array(fc.nat({ max: 40 }), { minLength: 1, maxLength: 40 })
  t.notThrows(() =>
    fc.assert(
      fc.property(forest, fc.integer({ min: 0, max: 9 }), (parents, digit) => {
        const spans = parents.map((parent, n) =>
          spanLine({
            span: `${n + 1}`,
            ...(parent < n && { parent: `${parent + 1}` }),
            start: n,
          }),
        )
        const [tree, ...others] = traceTree(spans)
        if (tree === undefined || others.length > 0) return false
        const trace = traceData(tree)
        const shown = rowsOf(trace, { ...all, search: `span ${digit}` }, searchTexts(trace))
        const ids = shown.map(({ span }) => trace.spans[span])
        const known = new Set(ids.map((span) => span?.span_id))
        const found = trace.spans.filter(({ name }) => name.startsWith(`span ${digit}`))
        return (
          ids.every(
            (span) => span?.parent_span_id === undefined || known.has(span.parent_span_id),
          ) &&
          found.every(({ span_id }) => known.has(span_id)) &&
          shown.every(
            ({ dimmed }, at) => dimmed !== found.includes(ids[at] as (typeof found)[number]),
          )
        )
      }),
    ),
  )
})
