import { readFileSync } from 'node:fs'
import test from 'ava'
import fc from 'fast-check'
import { LockfileError, parseLockfile } from '../../../examples/demo/lockfile.js'

function lockfile(packages: object): string {
  return JSON.stringify({ lockfileVersion: 3, packages })
}

test('every installed package of a real lock file is read', (t) => {
  const text = readFileSync('package-lock.json', 'utf8')
  const packages = parseLockfile(text)
  t.is(packages.length, text.match(/^ {4}"node_modules\//gm)?.length ?? 0)
  t.true(packages.every(({ name, version }) => name !== '' && version !== ''))
})

test('the project, its workspaces and links to them are not installed packages', (t) => {
  const text = lockfile({
    '': { name: 'app' },
    'packages/tool': { version: '1.0.0' },
    'node_modules/tool': { link: true },
    'packages/tool/node_modules/a': { version: '1.0.0' },
  })
  t.deepEqual(
    parseLockfile(text).map(({ path }) => path),
    ['packages/tool/node_modules/a'],
  )
})

test('a nested, a scoped and an aliased package have their own names', (t) => {
  const text = lockfile({
    'node_modules/a/node_modules/b': {},
    'node_modules/a/node_modules/@s/c': {},
    'node_modules/alias': { name: 'real' },
  })
  t.deepEqual(
    parseLockfile(text).map(({ name }) => name),
    ['b', '@s/c', 'real'],
  )
})

test('what is no lock file is refused in a sentence that does not quote it', (t) => {
  const cases = {
    'not JSON': 'password=hunter2',
    'no "packages"': '{"dependencies":{"password":"hunter2"}}',
    'is not an object': lockfile({ 'node_modules/a': 'hunter2' }),
  }
  for (const [said, text] of Object.entries(cases)) {
    const error = t.throws(() => parseLockfile(text), { instanceOf: LockfileError })
    t.true(error.message.includes(said), error.message)
    t.false(error.message.includes('hunter2'))
    t.is(error.cause, undefined)
  }
})

test('any JSON is read or refused as a lock file', (t) => {
  const entry = fc.dictionary(
    fc.constantFrom('name', 'version', 'resolved', 'integrity', 'link', 'inBundle'),
    fc.jsonValue(),
  )
  const packages = fc.dictionary(
    fc.string().map((name) => `node_modules/${name}`),
    fc.oneof(entry, fc.jsonValue()),
  )
  const text = fc.oneof(fc.json(), packages.map(lockfile), fc.string())
  fc.assert(
    fc.property(text, (any) => {
      try {
        for (const { name } of parseLockfile(any)) t.is(typeof name, 'string')
      } catch (error) {
        t.true(error instanceof LockfileError)
      }
    }),
  )
  t.pass()
})
