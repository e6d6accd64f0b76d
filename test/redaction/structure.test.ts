import test from 'ava'
import { createRedaction } from '../../src/redaction/engine.js'
import {
  arrayVerdicts,
  isFlatPairsKey,
  isPairName,
  isPairValue,
  jwkVerdict,
  pairVerdict,
} from '../../src/redaction/structure.js'

const redaction = createRedaction()
const masked = (items: readonly unknown[], pairs = false): number[] => [
  ...(arrayVerdicts(redaction, items, pairs)?.keys() ?? []),
]

test('the name in a pair tells what its value is', (t) => {
  t.true(isPairName('name') && isPairName('header') && !isPairName('title'))
  t.true(isPairValue('value') && !isPairValue('type'))
  t.truthy(pairVerdict(redaction, 'DB_PASSWORD'))
  t.is(pairVerdict(redaction, 'HOME'), undefined)
  t.is(pairVerdict(redaction, 42), undefined)
})

test('raw headers are names and values in turn', (t) => {
  t.true(isFlatPairsKey('rawHeaders') && isFlatPairsKey('raw_headers') && !isFlatPairsKey('items'))
  t.deepEqual(masked(['Host', 'h', 'Authorization', 'Bearer x1', 'Cookie', 'sid=1'], true), [3, 5])
  t.deepEqual(masked(['Host', 'h', 'Authorization', 'Bearer x1']), [3])
})

test('a lone pair is read as one', (t) => {
  t.deepEqual(masked(['password', 'hunter2']), [1])
  t.deepEqual(masked(['password', { a: 1 }]), [])
})

test('the word behind a sensitive flag is its value', (t) => {
  t.deepEqual(masked(['node', 'x.js', '--password', 'hunter2', '--verbose']), [3])
  t.deepEqual(masked(['--password', '--verbose', 'x']), [])
  t.deepEqual(masked(['--port', '3000', '-v']), [])
  t.deepEqual(masked(['--token=abc', 'x', 'y']), [])
  t.deepEqual(masked(['-p', 'x', 'y']), [])
})

test('lists of other things stay', (t) => {
  t.is(arrayVerdicts(redaction, ['user', 'password', 'email']), undefined)
  t.is(arrayVerdicts(redaction, ['password', 'email']), undefined)
  t.is(arrayVerdicts(redaction, ['TokenFactory', 'TokenFactory']), undefined)
  t.is(arrayVerdicts(redaction, []), undefined)
  t.is(arrayVerdicts(redaction, [1, 2, 3]), undefined)
  t.is(arrayVerdicts(redaction, ['one two', 'x', 'three', 'y']), undefined)
})

test('the private members of a JSON Web Key are known', (t) => {
  for (const member of ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k']) t.truthy(jwkVerdict(member))
  for (const member of ['n', 'e', 'x', 'y', 'kid', 'kty']) t.is(jwkVerdict(member), undefined)
})
