/** Prints recall per kind, false positives and misses on a corpus of secrets: `node build/bench/score-secrets.js [file] [--pii]`. */
import { readFileSync } from 'node:fs'
import process from 'node:process'
import { type CorpusEntry, score } from './score.js'

const file =
  process.argv.slice(2).find((word) => !word.startsWith('-')) ?? 'test/data/secrets-dev.json'
const { entries } = JSON.parse(readFileSync(file, 'utf8')) as { entries: CorpusEntry[] }
const { tally, kinds, misses } = score(entries, process.argv.includes('--pii'))

const percent = ([hit, all]: readonly [number, number]): string =>
  `${((100 * hit) / all).toFixed(1)} %`
for (const [kind, row] of [...kinds].sort())
  console.log(`${kind}: ${row[0]}/${row[1]} ${percent(row)}`)
console.log()
for (const line of misses) console.log(line)
console.log()
for (const [name, row] of tally) console.log(`${name}: ${row[0]}/${row[1]} ${percent(row)}`)
