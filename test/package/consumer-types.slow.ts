import { rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import test from 'ava'
import { type Consumer, createConsumer, install, manifest, packTarball } from './consumer.js'
import { checkTypes, consumerProjects, writeTypeConsumer } from './consumer-types.js'

/** The compilers that the declarations are promised to work with. */
const compilers = { 'TypeScript 5.9': '~5.9.0', 'TypeScript 6': '^6.0.0', 'TypeScript 7': '^7.0.0' }

let consumer: Consumer

const alias = (compiler: string) => compiler.toLowerCase().replaceAll(' ', '-')

test.before(async () => {
  const tarball = packTarball()
  consumer = createConsumer()
  const packages = Object.entries(compilers).map(
    ([name, range]) => `${alias(name)}@npm:typescript@${range}`,
  )
  const types = `@types/node@${manifest.devDependencies['@types/node']}`
  const { status, stderr } = install(consumer, [tarball, types, ...packages])
  await rm(dirname(tarball), { recursive: true })
  if (status !== 0) throw new Error(stderr)
  writeTypeConsumer(consumer)
})

test.after.always(() => consumer?.remove())

for (const compiler of Object.keys(compilers)) {
  for (const project of Object.keys(consumerProjects)) {
    // TypeScript 5.9 refuses this pair of options.
    if (compiler === 'TypeScript 5.9' && project === 'commonjs with bundler') continue
    test(`${compiler} compiles an application of module kind ${project}`, (t) => {
      const path = join('node_modules', alias(compiler), 'bin/tsc')
      const { status, stdout, stderr } = checkTypes(consumer, project, path)
      t.is(stdout + stderr, '')
      t.is(status, 0)
    })
  }
}
