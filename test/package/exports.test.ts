import { existsSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { build } from 'esbuild'
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
  t: ExecutionContext,
  args: readonly string[],
  env?: Readonly<Record<string, string>>,
): unknown {
  const { status, stdout, stderr } = consumer.node(args, env)
  t.is(stderr, '')
  t.is(status, 0)
  return JSON.parse(stdout)
}

const requireBanner = `import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);`

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

/** Loading it is asking for tracing, which is missing here. */
const preload = 'seclog/register'

test(`${preload} says once what is missing, and the app runs after it`, (t) => {
  const { status, stdout, stderr } = consumer.node(['--import', preload, '-p', '1 + 1'])
  t.is(status, 0)
  t.is(stdout, '2\n')
  t.is(stderr.match(/OpenTelemetry is not installed; .* npm install/g)?.length, 1, stderr)
})

test(`${preload} is silent where the environment wants no tracing`, (t) => {
  const args = ['--import', preload, '-p', '1 + 1']
  t.is(printed(t, args, { OTEL_SDK_DISABLED: 'true' }), 2)
})

for (const path of subpaths.filter((name) => name !== preload)) {
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
    // Node wraps a module with a default export when it is required; its exports are the same.
    const script = `import('${path}').then((loaded) => { const required = require('${path}'); console.log('default' in loaded ? Object.keys(loaded).every((name) => required[name] === loaded[name]) : required === loaded) })`
    t.true(printed(t, ['--input-type=commonjs', '-e', script]))
  })
}

const work = `
const log = createSecurityLogger({ service: 'scan-api' })
log.withSpan('scan', () => log.info({ scan_id: 's-42' }, 'scan finished'))
`
const importing = `import { createSecurityLogger } from 'seclog'\n${work}`
const requiring = `const { createSecurityLogger } = require('seclog')\n${work}`

/** Checks the two lines that `work` prints, whose ids are real though nothing of OpenTelemetry is there. */
function checkLines(t: ExecutionContext, { status, stdout, stderr }: Outcome): void {
  t.is(stderr, '')
  t.is(status, 0)
  const [line, end, ...rest] = stdout
    .trimEnd()
    .split('\n')
    .map((text): Record<string, unknown> => JSON.parse(text))
  t.deepEqual(rest, [])
  t.like(line, { level: 'info', service: 'scan-api', scan_id: 's-42', msg: 'scan finished' })
  t.regex(String(line?.['trace_id']), /^(?!0+$)[0-9a-f]{32}$/)
  t.regex(String(line?.['span_id']), /^(?!0+$)[0-9a-f]{16}$/)
  t.is(line?.['trace_flags'], '01')
  t.is(end?.['trace_id'], line?.['trace_id'])
  t.is(end?.['span_id'], line?.['span_id'])
}

const loads: Readonly<Record<string, readonly string[]>> = {
  import: ['--input-type=module', '-e', importing],
  require: ['--input-type=commonjs', '-e', requiring],
  'require without ESM': [
    '--no-experimental-require-module',
    '--input-type=commonjs',
    '-e',
    requiring,
  ],
}

for (const [how, args] of Object.entries(loads)) {
  test(`a line and a span are written after ${how}, and nothing else is`, (t) => {
    checkLines(t, consumer.node(args))
  })

  test(`after ${how}, the format pretty says once that pino-pretty is missing, and lines stay JSON`, (t) => {
    const { status, stdout, stderr } = consumer.node(args, { LOG_FORMAT: 'pretty' })
    t.is(stderr.match(/pino-pretty, which is not installed/g)?.length, 1, stderr)
    checkLines(t, { status, stdout, stderr: '' })
  })
}

for (const format of ['esm', 'cjs'] as const) {
  test(`a line and a span are written from an esbuild bundle (${format}) with nothing beside it`, async (t) => {
    const bundled = createConsumer()
    t.teardown(bundled.remove)
    const name = `main.${format === 'esm' ? 'mjs' : 'cjs'}`
    const { warnings } = await build({
      stdin: { contents: importing, resolveDir: consumer.directory },
      outfile: join(bundled.directory, name),
      bundle: true,
      platform: 'node',
      format,
      // pino is CommonJS: an ESM bundle of it needs a require.
      ...(format === 'esm' && { banner: { js: requireBanner } }),
      logLevel: 'silent',
    })
    t.deepEqual(
      warnings.map(({ text }) => text),
      [],
    )
    checkLines(t, bundled.node([name]))
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
