import test from 'ava'
import fc from 'fast-check'
import { createGapFinder } from '../../src/testing/index.js'

function gapsOf(numbers: readonly number[]) {
  const finder = createGapFinder()
  for (const number of numbers) finder.add({ 'log.seq': number, instance: 'a' })
  return finder.instances()[0]
}

test('ranges that are missing are told, whatever the order', (t) => {
  t.deepEqual(gapsOf([3, 1, 7, 2, 9, 7]), {
    instance: 'a',
    lines: 5,
    first: 1,
    last: 9,
    missing: [
      [0, 0],
      [4, 6],
      [8, 8],
    ],
    repeated: 1,
  })
})

test('what is missing is what was not added, in any order', (t) => {
  fc.assert(
    fc.property(fc.array(fc.nat(60), { minLength: 1 }), (numbers) => {
      const gaps = gapsOf(numbers)
      const seen = new Set(numbers)
      const missing = Array.from({ length: Math.max(...numbers) }, (_, at) => at).filter(
        (at) => !seen.has(at),
      )
      const told = gaps?.missing.flatMap(([from, to]) =>
        Array.from({ length: to - from + 1 }, (_, at) => from + at),
      )
      return (
        JSON.stringify(told) === JSON.stringify(missing) &&
        gaps?.lines === seen.size &&
        gaps.repeated === numbers.length - seen.size
      )
    }),
  )
  t.pass()
})

test('runs are told apart, and records without a number are counted', (t) => {
  const finder = createGapFinder()
  finder.add({ 'log.seq': 0, instance: 'a' })
  finder.add({ 'event.sequence': 0, 'service.ephemeral_id': 'b' })
  finder.add({ msg: 'x' })
  finder.add({ 'log.seq': 1.5, instance: 'a' })
  t.deepEqual(
    finder.instances().map(({ instance, missing }) => [instance, missing]),
    [
      ['a', []],
      ['b', []],
    ],
  )
  t.is(finder.unnumbered, 2)
})
