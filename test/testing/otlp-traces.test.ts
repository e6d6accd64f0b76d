import test from 'ava'
import fc from 'fast-check'
import { traceTree } from '../../src/testing/index.js'
import { readOtlpTraces } from '../../src/testing/otlp-traces.js'

const names = [
  'resourceSpans',
  'resource',
  'scopeSpans',
  'spans',
  'attributes',
  'key',
  'value',
  'events',
  'kvlistValue',
  'values',
  'traceId',
  'spanId',
  'status',
  'startTimeUnixNano',
]

test('no request makes the reading throw, nor the tree of what was read', (t) => {
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { maxDepth: 8 },
      fc.constantFrom(null, 0, -1, '', '1', 'ab'.repeat(16), 'cd'.repeat(8), true),
      fc.array(tie('tree'), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom(...names), tie('tree'), { maxKeys: 6 }),
    ),
  }))
  t.notThrows(() =>
    fc.assert(
      fc.property(tree, (request) => {
        const read = readOtlpTraces(request)
        if (read !== undefined) traceTree(read.records)
      }),
      { numRuns: 500 },
    ),
  )
})

test('values nested without end are cut', (t) => {
  let value: object = { stringValue: 'x' }
  for (let n = 0; n < 1_000; n += 1) value = { arrayValue: { values: [value] } }
  const span = {
    traceId: 'ab'.repeat(16),
    spanId: 'cd'.repeat(8),
    startTimeUnixNano: 1e18,
    endTimeUnixNano: '1000000000000000001',
    attributes: [{ key: '__proto__', value }],
  }
  const read = readOtlpTraces({ resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] })
  t.is(read?.records.length, 1)
  t.true(JSON.stringify(read).length < 1_000)
})
