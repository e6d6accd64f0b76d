import test from 'ava'
import { SeclogError } from '../../src/errors.js'
import { compilePaths } from '../../src/redaction/paths.js'
import type { PathState } from '../../src/redaction/types.js'

function ends(paths: readonly string[], ...keys: string[]): boolean {
  let state: PathState | undefined = compilePaths(paths)
  for (const key of keys) state = state?.next(key)
  return state?.ends ?? false
}

test('paths follow keys', (t) => {
  t.true(ends(['a.b'], 'a', 'b'))
  t.false(ends(['a.b'], 'a'))
  t.false(ends(['a.b'], 'a', 'c'))
  t.false(ends(['a.b'], 'a', 'b', 'c'))
  t.true(ends(['password'], 'password'))
})

test('brackets hold any key', (t) => {
  t.true(ends(['a["b-c"]'], 'a', 'b-c'))
  t.true(ends(["a['b.c'].d"], 'a', 'b.c', 'd'))
  t.true(ends(['["x-y"].z'], 'x-y', 'z'))
  t.true(ends(['a[0].b'], 'a', '0', 'b'))
  t.true(ends(['a["*"]'], 'a', '*'))
  t.false(ends(['a["*"]'], 'a', 'b'))
  t.true(ends(['a["q\\"q"]'], 'a', 'q"q'))
  t.true(ends(['req.headers["set-cookie"]'], 'req', 'headers', 'set-cookie'))
})

test('a star is one level, at any place', (t) => {
  t.true(ends(['*.password'], 'user', 'password'))
  t.false(ends(['*.password'], 'password'))
  t.false(ends(['*.password'], 'a', 'b', 'password'))
  t.true(ends(['a[*].b'], 'a', '3', 'b'))
  t.true(ends(['[*].b'], '0', 'b'))
  t.true(ends(['a.*'], 'a', 'x'))
  t.true(ends(['*'], 'x'))
  t.true(ends(['a.*.c.*'], 'a', 'b', 'c', 'd'))
})

test('all paths that match so far are followed at once', (t) => {
  const paths = ['a.b.c', 'a.*.d', '*.b.e', 'a.b']
  t.true(ends(paths, 'a', 'b', 'c'))
  t.true(ends(paths, 'a', 'b', 'd'))
  t.true(ends(paths, 'a', 'b', 'e'))
  t.true(ends(paths, 'a', 'x', 'd'))
  t.false(ends(paths, 'a', 'x', 'c'))
  t.true(ends(paths, 'z', 'b', 'e'))
  t.true(ends(paths, 'a', 'b'))
})

test('no paths give no automaton, and names of Object.prototype are keys like others', (t) => {
  t.is(compilePaths([]), undefined)
  t.true(ends(['constructor.__proto__'], 'constructor', '__proto__'))
  t.false(ends(['a'], 'constructor'))
})

for (const path of [
  '',
  '.',
  'a.',
  '.a',
  'a..b',
  'a[',
  'a]',
  'a[]',
  'a["b]',
  'a[b',
  '**',
  'a.**',
  'a b.c ]',
  'a.b"',
  '[a',
  'a[-1]',
  'a.*b',
  `${'x.'.repeat(65)}x`,
]) {
  test(`a malformed path is refused: ${JSON.stringify(path.slice(0, 20))}`, (t) => {
    t.throws(() => compilePaths([path]), { instanceOf: SeclogError, code: 'SECLOG_REDACT_INVALID' })
  })
}

test('what is no text is refused', (t) => {
  t.throws(() => compilePaths([42] as unknown as string[]), { code: 'SECLOG_REDACT_INVALID' })
  t.throws(() => compilePaths('a.b' as unknown as string[]), { code: 'SECLOG_REDACT_INVALID' })
})
