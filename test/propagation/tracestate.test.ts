import test from 'ava'
import fc from 'fast-check'
import { formatTraceparent, parseTraceparent } from '../../src/propagation/traceparent.js'
import { parseTraceState } from '../../src/propagation/tracestate.js'

const state = (text: string) => parseTraceState([text])

test('a member that is set goes leftmost, in a state of its own', (t) => {
  const before = state('a=1,b=2')
  t.is(before?.set('b', '3').serialize(), 'b=3,a=1')
  t.is(before?.set('c', '3').serialize(), 'c=3,a=1,b=2')
  t.is(before?.unset('a').serialize(), 'b=2')
  t.is(before?.get('a'), '1')
  t.is(before?.serialize(), 'a=1,b=2')
})

test('a member that is not valid is not set', (t) => {
  const before = state('a=1')
  for (const [key, value] of [
    ['A', '1'],
    ['b', ''],
    ['b', 'x,y'],
    ['b', 'x=y'],
    ['b', 'x\r\nEvil: 1'],
    ['', '1'],
    ['b', 'é'],
    ['b', '1 '],
  ] as const) {
    t.is(before?.set(key, value), before)
  }
})

test('a state stays within 32 members', (t) => {
  const full = state(Array.from({ length: 32 }, (_, n) => `k${n}=${n}`).join(','))
  const text = full?.set('new', '1').serialize() ?? ''
  t.true(text.startsWith('new=1,k0=0,'))
  t.is(text.split(',').length, 32)
  t.false(text.includes('k31='))
})

test('of a state that is too long, long members go first, then those on the right', (t) => {
  const long = (key: string) => `${key}=${'v'.repeat(256)}`
  const longs = Array.from({ length: 31 }, (_, n) => long(`${'k'.repeat(250)}${n}`))
  const kept = state([...longs, 'short=1'].join(','))?.serialize() ?? ''
  t.true(kept.length <= 8_192)
  t.true(kept.endsWith(',short=1'))
  t.true(kept.startsWith(`${longs[0]},`))
})

test('no text makes a state that may not be sent', (t) => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.stringMatching(/^(?:[a-z0-9@]{1,4}=[!-+\d]{1,4},){0,40}$/),
    fc.stringMatching(/^[a-z@=, \t]*$/),
  )
  fc.assert(
    fc.property(fc.array(text, { maxLength: 3 }), (headers) => {
      t.pass()
      const sent = parseTraceState(headers)?.serialize()
      if (sent === undefined) return
      t.regex(sent, /^[\x21-\x7e][\x20-\x7e]*$/)
      t.true(sent.length <= 8_192)
      t.true(sent.split(',').length <= 32)
      t.is(parseTraceState([sent])?.serialize(), sent)
    }),
    { numRuns: 500 },
  )
})

test('no text but a valid one makes a traceparent', (t) => {
  const valid = fc.stringMatching(/^[\da-f]{2}-[\da-f]{32}-[\da-f]{16}-[\da-f]{2}(?:-[ -~]{0,9})?$/)
  const near = fc
    .tuple(valid, fc.nat(60), fc.string({ maxLength: 2 }))
    .map(([text, at, put]) => text.slice(0, at) + put + text.slice(at + 1))
  fc.assert(
    fc.property(fc.oneof(valid, near, fc.string()), (text) => {
      const read = parseTraceparent(text)
      if (read === undefined) return
      const sent = formatTraceparent(read)
      t.regex(sent, /^00-(?!0{32})[\da-f]{32}-(?!0{16})[\da-f]{16}-0[0-3]$/)
      t.deepEqual(parseTraceparent(sent), read)
      t.true(text.includes(read.traceId))
    }),
  )
})

test('flags that are not known are neither kept nor sent', (t) => {
  const read = (flags: string) =>
    parseTraceparent(`00-${'a'.repeat(32)}-${'b'.repeat(16)}-${flags}`)
  t.is(read('ff')?.traceFlags, 3)
  t.is(read('10')?.traceFlags, 0)
  t.is(
    formatTraceparent({ traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: 255 }).slice(
      -2,
    ),
    '03',
  )
})
