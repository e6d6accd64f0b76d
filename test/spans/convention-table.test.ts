import { readFileSync } from 'node:fs'
import test from 'ava'
import { conventionTable } from './convention-table.js'

test('docs/spans.md has the table of domain spans as the code has it', (t) => {
  t.true(
    readFileSync('docs/spans.md', 'utf8').includes(`${conventionTable()}\n`),
    'run node scripts/make-span-table.mjs',
  )
})
