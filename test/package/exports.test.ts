import { existsSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import test from 'ava'
import {
  type Consumer,
  createConsumer,
  install,
  manifest,
  type Outcome,
  ownCompiler,
  packTarball,
  subpaths,
} from './consumer.js'
import { checkTypes, consumerProjects, writeTypeConsumer } from './consumer-types.js'

// One real installation for all tests of this file: the tarball and nothing that is optional.
let consumer: Consumer
let installed: Outcome

test.before(async () => {
  const tarball = packTarball()
  consumer = createConsumer()
  installed = install(consumer, [tarball, `@types/node@${manifest.devDependencies['@types/node']}`])
  await rm(dirname(tarball), { recursive: true })
})

test.after.always(() => consumer?.remove())

/** Runs a script, which must say nothing on stderr, and gives what it printed as JSON. */
function printed(
  t: { is(actual: unknown, expected: unknown): unknown },
  args: readonly string[],
  env?: Readonly<Record<string, string>>,
): unknown {
  const { status, stdout, stderr } = consumer.node(args, env)
  t.is(stderr, '')
  t.is(status, 0)
  return JSON.parse(stdout)
}

const importNames = (path: string) => [
  '--input-type=module',
  '-e',
  `console.log(JSON.stringify(Object.keys(await import('${path}')).sort()))`,
]
const requireNames = (path: string) => [
  '--input-type=commonjs',
  '-e',
  `console.log(JSON.stringify(Object.keys(require('${path}')).filter((name) => name !== '__esModule').sort()))`,
]

test('the tarball installs without a word, and brings nothing optional along', (t) => {
  t.is(installed.status, 0, installed.stderr)
  t.notRegex(installed.stderr, /seclog|peer|opentelemetry|pino/i)
  const modules = join(consumer.directory, 'node_modules')
  t.true(existsSync(join(modules, 'seclog/package.json')))
  t.false(existsSync(join(modules, '@opentelemetry')))
  t.false(existsSync(join(modules, 'pino-pretty')))
})

for (const path of subpaths) {
  const conditions = manifest.exports[path.replace(/^seclog/, '.')]
  test(`${path} loads by import, with no warning`, (t) => {
    const names = printed(t, importNames(path))
    t.true(Array.isArray(names))
  })

  if (typeof conditions !== 'object' || conditions['require'] === undefined) continue

  test(`${path} gives the same names by require and by import`, (t) => {
    const names = printed(t, importNames(path))
    t.deepEqual(printed(t, requireNames(path)), names)
  })

  test(`${path} loads by require where Node may not require ESM`, (t) => {
    const names = printed(t, importNames(path))
    t.deepEqual(printed(t, ['--no-experimental-require-module', ...requireNames(path)]), names)
  })

  test(`${path} is one instance, however it is loaded`, (t) => {
    const script = `import('${path}').then((loaded) => console.log(require('${path}') === loaded))`
    t.true(printed(t, ['--input-type=commonjs', '-e', script]))
  })
}

for (const project of Object.keys(consumerProjects)) {
  test(`an application of module kind ${project} compiles, declarations included`, (t) => {
    writeTypeConsumer(consumer)
    const { status, stdout, stderr } = checkTypes(consumer, project, ownCompiler)
    t.is(stdout + stderr, '')
    t.is(status, 0)
  })
}
