import { readFileSync } from 'node:fs'
import test from 'ava'
import fc from 'fast-check'
import { parseLockfile } from '../../../examples/demo/lockfile.js'
import { isOneEditApart, lookalikeOf } from '../../../examples/demo/lookalikes.js'
import { popularNames } from '../../../examples/demo/popular-names.js'

/** Optimal string alignment distance, by its table. */
function distance(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, column) => column)]
  const at = (row: number, column: number): number => rows[row]?.[column] ?? 0
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i]
    rows.push(row)
    for (let j = 1; j <= b.length; j += 1) {
      const replaced = at(i - 1, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1)
      const swapped =
        i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
          ? at(i - 2, j - 2) + 1
          : Number.POSITIVE_INFINITY
      row.push(Math.min(at(i - 1, j) + 1, at(i, j - 1) + 1, replaced, swapped))
    }
  }
  return at(a.length, b.length)
}

test('one edit is a letter added, left out, replaced or swapped, and nothing else', (t) => {
  const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 6 })
  fc.assert(
    fc.property(word, word, (a, b) => {
      t.is(isOneEditApart(a, b), distance(a, b) === 1, `${a} ${b}`)
    }),
    { numRuns: 3_000 },
  )
})

test('names made to be mistaken are seen', (t) => {
  const pairs = {
    lodahs: 'lodash',
    expres: 'express',
    'cross-env.': 'cross-env',
    reqest: 'request',
  }
  for (const [name, target] of Object.entries(pairs)) t.is(lookalikeOf(name), target)
})

test('a popular name, a scoped one and a distant one are not', (t) => {
  for (const name of ['preact', 'react', 'color', 'colors', '@scope/lodahs', 'left-pad', 'ns', ''])
    t.is(lookalikeOf(name), undefined, name)
})

test('no package of a real lock file is taken for another', (t) => {
  const packages = parseLockfile(readFileSync('package-lock.json', 'utf8'))
  t.deepEqual(
    packages.filter(({ name }) => lookalikeOf(name) !== undefined).map(({ name }) => name),
    [],
  )
})

test('the table names each package once', (t) => {
  t.is(new Set(popularNames).size, popularNames.length)
  t.true(popularNames.length >= 100)
  t.true(popularNames.every((name) => /^[a-z0-9][a-z0-9._-]*$/.test(name)))
})
