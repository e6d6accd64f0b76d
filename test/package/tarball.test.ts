import { readdirSync } from 'node:fs'
import { rm, stat } from 'node:fs/promises'
import { dirname, sep } from 'node:path'
import test from 'ava'
import { packedFiles, packTarball } from './consumer.js'

const sources = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => name.split(sep).join('/').replace(/\.ts$/, ''))

test('the tarball holds every source with its ESM and CommonJS output, and nothing else', (t) => {
  const expected = sources.flatMap((name) => [
    `src/${name}.ts`,
    `dist/${name}.js`,
    `dist/${name}.js.map`,
    `dist/${name}.d.ts`,
    `dist/${name}.d.ts.map`,
    // The preload and the command are no modules that anybody requires, and wait at the top level, which CommonJS cannot.
    ...(name === 'register' || name.startsWith('cli/')
      ? []
      : [`dist/cjs/${name}.js`, `dist/cjs/${name}.d.ts`]),
  ])
  const known =
    /^(?:package\.json|README\.md|LICENSE|CHANGELOG\.md|SECURITY\.md|dist\/cjs\/(?:package\.json|require\.cjs)|runtime\/require\.(?:cjs|mjs|d\.cts|d\.mts)|dist\/page\/page\.(?:js|css)|schema\/line\.(?:json|ecs)\.schema\.json)$/
  const files = packedFiles()
  t.deepEqual(files.filter((file) => !known.test(file)).sort(), expected.sort())
  t.true(files.includes('LICENSE'))
  t.true(files.includes('dist/cjs/package.json'))
})

test('the tarball stays small', async (t) => {
  const tarball = packTarball()
  t.teardown(() => rm(dirname(tarball), { recursive: true }))
  const { size } = await stat(tarball)
  t.true(size < 1_400_000, `${size} bytes`)
})
