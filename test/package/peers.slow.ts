import { readFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import test from 'ava'
import { createConsumer, install, manifest, packTarball } from './consumer.js'

/** Applications that the package must install into as it is, by the packages that they have already. */
const applications: Readonly<Record<string, readonly string[]>> = {
  'nothing of OpenTelemetry': [],
  'the API alone': ['@opentelemetry/api@1.4.0'],
  'OpenTelemetry 2.0': [
    '@opentelemetry/api@1.9.0',
    '@opentelemetry/sdk-trace-node@2.0.0',
    '@opentelemetry/exporter-trace-otlp-http@0.200.0',
  ],
  'the last OpenTelemetry 2.x': [
    '@opentelemetry/api@~1.9.0',
    '@opentelemetry/sdk-trace-node@^2.12.0',
    '@opentelemetry/context-async-hooks@^2.12.0',
    '@opentelemetry/exporter-trace-otlp-http@~0.223.0',
    '@opentelemetry/otlp-transformer@~0.223.0',
    '@opentelemetry/exporter-trace-otlp-proto@~0.223.0',
    'pino-pretty@^13.0.0',
  ],
  'the unified SDK of OpenTelemetry 2.x': [
    '@opentelemetry/api@~1.9.0',
    '@opentelemetry/sdk-trace@^2.9.0',
    '@opentelemetry/exporter-trace-otlp-proto@~0.223.0',
  ],
  'OpenTelemetry 3.x': [
    '@opentelemetry/api@^1.10.0',
    '@opentelemetry/sdk-trace@^3.0.0',
    '@opentelemetry/core@^3.0.0',
    '@opentelemetry/resources@^3.0.0',
    '@opentelemetry/context-async-hooks@^3.0.0',
    '@opentelemetry/exporter-trace-otlp-http@^0.301.0',
    '@opentelemetry/otlp-transformer@^0.301.0',
    '@opentelemetry/exporter-trace-otlp-proto@^0.301.0',
  ],
}

let tarball: string

test.before(() => {
  tarball = packTarball()
})

test.after.always(async () => {
  if (tarball !== undefined) await rm(dirname(tarball), { recursive: true })
})

/** Names of the packages in the lock file of a directory. */
function lockedNames(directory: string): readonly string[] {
  const lock: { packages: Record<string, unknown> } = JSON.parse(
    readFileSync(join(directory, 'package-lock.json'), 'utf8'),
  )
  return Object.keys(lock.packages)
    .filter((path) => path !== '')
    .sort()
}

for (const [name, packages] of Object.entries(applications)) {
  test(`installs into an application with ${name}, and brings only pino along`, (t) => {
    const consumer = createConsumer()
    t.teardown(consumer.remove)
    const resolveOnly = '--package-lock-only'
    const before = install(consumer, [resolveOnly, 'pino@^10.0.0', ...packages])
    t.is(before.status, 0, before.stderr)
    const had = lockedNames(consumer.directory)
    const after = install(consumer, [resolveOnly, tarball])
    t.is(after.status, 0, after.stderr)
    t.notRegex(after.stderr, /ERESOLVE|conflict|seclog/i)
    t.deepEqual(
      lockedNames(consumer.directory).filter((path) => !had.includes(path)),
      ['node_modules/seclog'],
    )
  })
}

test('every peer is optional', (t) => {
  for (const name of Object.keys(manifest.peerDependencies)) {
    t.true(manifest.peerDependenciesMeta[name]?.optional, name)
  }
})

test('an SDK of another generation than the ranges name is refused', (t) => {
  const consumer = createConsumer()
  t.teardown(consumer.remove)
  const old = '@opentelemetry/sdk-trace-node@1.30.0'
  const api = '@opentelemetry/api@~1.9.0'
  t.is(install(consumer, ['--package-lock-only', api, old]).status, 0)
  const { status, stderr } = install(consumer, ['--package-lock-only', tarball])
  t.not(status, 0)
  t.regex(stderr, /sdk-trace-node/)
})
