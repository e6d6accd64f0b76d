import { cpSync, readFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import test from 'ava'
import { createConsumer, install, packTarball } from './consumer.js'

/** Small projects that use the testing kit, each with a test runner of its own. */
const runners = ['ava', 'node-test', 'vitest', 'jest'] as const

let tarball: string

test.before(() => {
  tarball = packTarball()
})

test.after.always(async () => {
  if (tarball !== undefined) await rm(dirname(tarball), { recursive: true })
})

interface Manifest {
  readonly devDependencies: Readonly<Record<string, string>>
}

for (const runner of runners) {
  test(`the testing kit works in ${runner}, and its failures are those of the runner`, (t) => {
    const project = createConsumer()
    t.teardown(project.remove)
    const fixture = join('test/fixtures/runners', runner)
    const { devDependencies }: Manifest = JSON.parse(
      readFileSync(join(fixture, 'package.json'), 'utf8'),
    )
    const packages = Object.entries(devDependencies)
      .filter(([name]) => name !== 'seclog')
      .map(([name, range]) => `${name}@${range}`)
    const installed = install(project, [tarball, ...packages])
    t.is(installed.status, 0, installed.stderr)
    cpSync(fixture, project.directory, { recursive: true })
    const passed = project.npm(['test'])
    t.is(passed.status, 0, passed.stdout + passed.stderr)
    const broken = project.npm(['test'], { BREAK: 'leak' })
    t.not(broken.status, 0)
    const said = broken.stdout + broken.stderr
    t.regex(said, /1 leak:\s+secret token, base64: record 2, msg/)
  })
}
