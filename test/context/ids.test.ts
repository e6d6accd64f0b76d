import test from 'ava'
import { createSpanId, createTraceId, isSpanId, isTraceId } from '../../src/context/ids.js'

test('ids are of the length that W3C Trace Context asks for, and differ', (t) => {
  const traces = new Set<string>()
  const spans = new Set<string>()
  for (let count = 0; count < 5_000; count += 1) {
    traces.add(createTraceId())
    spans.add(createSpanId())
  }
  t.is(traces.size, 5_000)
  t.is(spans.size, 5_000)
  for (const id of traces) t.regex(id, /^[\da-f]{32}$/)
  for (const id of spans) t.regex(id, /^[\da-f]{16}$/)
})

test('every bit of an id is random', (t) => {
  const bits = new Array<number>(128).fill(0)
  for (let count = 0; count < 1_000; count += 1) {
    const id = BigInt(`0x${createTraceId()}`)
    for (const bit of bits.keys()) bits[bit] = (bits[bit] ?? 0) + Number((id >> BigInt(bit)) & 1n)
  }
  // Seven standard deviations of a fair coin.
  for (const ones of bits) t.true(Math.abs(ones - 500) < 111)
})

test('zeros, other lengths and other characters are no ids', (t) => {
  t.true(isTraceId('A'.repeat(32)))
  t.true(isSpanId('0'.repeat(15) + 1))
  for (const wrong of [
    '0'.repeat(32),
    'a'.repeat(31),
    'g'.repeat(32),
    `${'a'.repeat(32)}\n`,
    1,
    undefined,
  ]) {
    t.false(isTraceId(wrong))
  }
  for (const wrong of ['0'.repeat(16), 'a'.repeat(17), 'g'.repeat(16), null])
    t.false(isSpanId(wrong))
})
