import test from 'ava'
import { boundedText, plainValue, textOf } from '../../src/spans/values.js'

test('collections, dates, errors and bytes become plain data', (t) => {
  t.deepEqual(
    plainValue(
      new Map<unknown, unknown>([
        ['a', 1n],
        [2, new Set([true])],
      ]),
    ),
    {
      a: '1',
      2: [true],
    },
  )
  t.is(plainValue(new Date(Number.NaN)), 'Invalid Date')
  t.is(plainValue(new RangeError('far')), 'RangeError: far')
  t.is(plainValue(new URL('https://example.org/a')), 'https://example.org/a')
  t.is(plainValue(Buffer.from('secret')), '[6 bytes]')
  t.is(
    plainValue(() => 1),
    '[function]',
  )
  t.deepEqual(plainValue([undefined, null, 1]), [null, null, 1])
})

test('a circle, a deep nest and an endless list end', (t) => {
  const circle: { self?: unknown } = {}
  circle.self = circle
  t.true(JSON.stringify(plainValue(circle)).length < 100)
  const endless = {
    *[Symbol.iterator]() {
      for (;;) yield 1
    },
  }
  t.is((plainValue(Array.from({ length: 1000 }, () => 1)) as unknown[]).length, 129)
  t.deepEqual(plainValue(endless), {})
  const wide = Array.from({ length: 100 }, () => Array.from({ length: 100 }, () => [1]))
  t.true(JSON.stringify(plainValue(wide)).length < 10_000)
  const many = Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [`k${index}`, index]))
  t.is(Object.keys(plainValue(many) as object).length, 129)
})

test('a key named __proto__ is a key as any other', (t) => {
  const value = plainValue(JSON.parse('{"__proto__":{"polluted":true}}')) as object
  t.is(Object.getPrototypeOf(value), Object.prototype)
  t.true(Object.hasOwn(value, '__proto__'))
})

test('what throws is marked, and the rest stays', (t) => {
  const value = {
    fine: 1,
    get bad() {
      throw new Error('getter')
    },
    worse: {
      toJSON() {
        throw new Error('toJSON')
      },
    },
  }
  t.deepEqual(plainValue(value), { fine: 1, bad: '[unreadable]', worse: '[unreadable]' })
})

test('text is cut at its limit, and not inside a character', (t) => {
  t.is(boundedText('abc', 3), 'abc')
  t.is(boundedText('abcd', 3), 'abc')
  t.is(boundedText('ab😀', 3), 'ab')
  t.is((plainValue('x'.repeat(100_000)) as string).length, 65_536)
  t.is(textOf(Object.create(null)), '[unreadable]')
})
