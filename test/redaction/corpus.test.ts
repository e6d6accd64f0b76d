import { readFileSync } from 'node:fs'
import test from 'ava'
import { type CorpusEntry, score } from '../../bench/score.js'

const { entries } = JSON.parse(readFileSync('test/data/secrets-dev.json', 'utf8')) as {
  entries: CorpusEntry[]
}
const { tally, misses } = score(entries)

function share(name: string): number {
  const [hit, all] = tally.get(name) ?? [0, 1]
  return hit / all
}

test('at least 98 % of the credentials and card numbers of the corpus are masked', (t) => {
  t.true(share('credential') >= 0.98, misses.join('\n'))
  t.true(share('financial') >= 0.98, misses.join('\n'))
})

test('at least 95 % of the personal data of the corpus is masked when its rules are on', (t) => {
  t.true(share('pii') >= 0.95, misses.join('\n'))
})

test('at most 0.5 % of the ordinary entries of the corpus are changed', (t) => {
  t.true(share('clean negatives') >= 0.995, misses.join('\n'))
})
