import { readFileSync } from 'node:fs'
import test from 'ava'

/** Titles of a file's tests as expressions: what a template puts in may be anything. */
function titlesIn(file: string): readonly RegExp[] {
  const source = readFileSync(file, 'utf8')
  const titles = source.matchAll(
    /\btest(?:\.serial)?\(\s*(?:'((?:[^'\\]|\\.)*)'|`((?:[^`\\]|\\.)*)`)/g,
  )
  return [...titles].map(([, plain, template]) => {
    const parts = (plain ?? template ?? '').split(/\$\{[^}]*\}/)
    const literal = parts.map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    return new RegExp(`^${literal.join('.+')}$`)
  })
}

test('each row of the ASVS table names a test that is there', (t) => {
  const rows = readFileSync('docs/asvs.md', 'utf8')
    .split('\n')
    .filter((line) => /^\| 16\.\d/.test(line))
  t.is(rows.length, 17)
  for (const row of rows) {
    const [, , shown = ''] = row.split(' | ')
    const [, file = '', title = ''] = /^`([^`]+)`: (.+)$/.exec(shown) ?? []
    t.true(
      titlesIn(file).some((known) => known.test(title)),
      `${file} has no test "${title}"`,
    )
  }
})
