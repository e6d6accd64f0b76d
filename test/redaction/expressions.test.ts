import { readdirSync, readFileSync } from 'node:fs'
import test from 'ava'
import { check } from 'recheck'
import { pathExpressions } from '../../src/redaction/paths.js'

/** A regular expression as it stands in the source: behind `=`, `(`, `,`, `:`, `?`, `return`, or first in a list. */
const literal =
  /(?:[=(,:?]\s*|\[\n\s*|return )\/((?![*/])(?:[^/\\\n[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+)\/([dgimsuvy]*)/g

interface Expression {
  readonly file: string
  readonly source: string
  readonly flags: string
}

function expressionsOf(file: string): Expression[] {
  const code = readFileSync(`src/redaction/${file}`, 'utf8').replace(
    /^\s*(?:\*|\/\*|\/\/).*$/gm,
    '',
  )
  return [...code.matchAll(literal)].map((match) => ({
    file,
    source: match[1] ?? '',
    flags: match[2] ?? '',
  }))
}

const expressions = [
  ...readdirSync('src/redaction').flatMap(expressionsOf),
  ...pathExpressions.map(({ source, flags }) => ({ file: 'paths.ts', source, flags })),
]

test('the expressions of the rules are found in the sources', (t) => {
  t.true(expressions.length > 60, String(expressions.length))
  t.true(expressions.some(({ source }) => source.includes('hooks')))
})

test('every expression of the redactor takes linear time, by recheck', async (t) => {
  t.timeout(300_000)
  for (const { file, source, flags } of expressions) {
    const result = await judged(source, flags)
    t.is(result.status, 'safe', `${file}: /${source}/${flags}`)
  }
})

/** By proof where there can be one, which is the same on every machine; else by recheck's search for an attack, which has a clock. */
async function judged(source: string, flags: string): ReturnType<typeof check> {
  const settings = { timeout: 60_000, randomSeed: 0 }
  const proven = await check(source, flags, { ...settings, checker: 'automaton' })
  return proven.status === 'safe' ? proven : check(source, flags, settings)
}
