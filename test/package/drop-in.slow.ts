import { cpSync, readdirSync, readFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { type LogRecord, parseLogLines } from '../../src/testing/index.js'
import { type Consumer, createConsumer, install, type Outcome, packTarball } from './consumer.js'

const fixture = 'test/fixtures/drop-in'

/** Applications in which a SecurityLogger stands where the logger was, and lines of the framework's own that must come through it. */
const applications: Readonly<Record<string, readonly RegExp[]>> = {
  fastify: [/^Server listening at/, /^incoming request$/, /^request completed$/],
  express: [/^request completed$/],
  'nest-service': [/^Nest application successfully started$/, /^Mapped \{\/scan, GET\} route$/],
  'nest-pino': [/^Nest application successfully started$/, /^request completed$/],
  hono: [/^GET \/scan/],
  queue: [],
  cli: [],
  pool: [],
  cluster: [/^all answered$/],
  otel: [/^spans of the SDK$/],
}

const quiet = {
  OTEL_TRACES_EXPORTER: 'none',
  OTEL_METRICS_EXPORTER: 'none',
  OTEL_LOGS_EXPORTER: 'none',
}

const apps: Consumer = createConsumer()
let compiled: Outcome

test.before(async () => {
  const tarball = packTarball()
  cpSync(fixture, apps.directory, { recursive: true })
  const options = ['--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund']
  const locked = apps.npm(['ci', ...options])
  if (locked.status !== 0) throw new Error(locked.stderr)
  const own = install(apps, ['--no-save', tarball])
  if (own.status !== 0) throw new Error(own.stderr)
  await rm(dirname(tarball), { recursive: true })
  compiled = apps.node(['node_modules/typescript/bin/tsc', '-p', '.'])
})

test.after.always(() => apps.remove())

const text = (value: unknown) => (typeof value === 'string' ? value : '')

/** Checks what every application has in common, and gives its records. */
function checkLines(t: ExecutionContext, outcome: Outcome): readonly LogRecord[] {
  const { status, stdout, stderr } = outcome
  t.is(stderr, '')
  t.is(status, 0)
  const { records, broken } = parseLogLines(stdout)
  t.deepEqual(broken, [])
  t.false(stdout.includes('hunter2'))
  const work = records.filter(({ msg }) => msg === 'working')
  t.true(work.length > 0, stdout)
  for (const record of work) {
    t.is(record['password'], '[Redacted]')
    t.regex(text(record['trace_id']), /^(?!0+$)[0-9a-f]{32}$/)
    // Its span is in the log, too.
    t.true(
      records.some((other) => {
        return other['event.kind'] === 'span' && other['trace_id'] === record['trace_id']
      }),
    )
  }
  return records
}

function checkMessages(t: ExecutionContext, name: string, records: readonly LogRecord[]): void {
  for (const message of applications[name] ?? []) {
    t.true(
      records.some(({ msg }) => message.test(text(msg))),
      `${name}: ${message}`,
    )
  }
}

test('the types of every application compile without a cast', (t) => {
  t.is(compiled.stdout + compiled.stderr, '')
  t.is(compiled.status, 0)
  const sources = readdirSync(fixture).filter((name) => /\.c?ts$/.test(name))
  t.is(sources.length, Object.keys(applications).length + 1)
  for (const name of sources) {
    const source = readFileSync(join(fixture, name), 'utf8')
    t.notRegex(source, /\bas (?!const\b)|: any\b|<any>|@ts-/, name)
  }
})

for (const name of Object.keys(applications)) {
  test(`${name}: lines of the application and of its framework come through the logger`, (t) => {
    const outcome = apps.node([`out/${name}.${name === 'otel' ? 'cjs' : 'js'}`], quiet)
    const records = checkLines(t, outcome)
    checkMessages(t, name, records)
    if (name === 'otel') {
      const exported = records.at(-1)?.['exported'] as readonly string[]
      const traceId = text(records[0]?.['trace_id'])
      t.true(exported.includes(`scan ${traceId}`), exported.join())
      t.true(exported.includes(`GET /scan ${traceId}`), exported.join())
    }
    if (name === 'queue' || name === 'pool') {
      t.is(new Set(records.map((record) => record['trace_id'])).size, 1)
    }
    if (name === 'cluster' || name === 'pool') {
      const makers = new Set(records.map(({ pid, thread_id: thread }) => `${pid} ${thread}`))
      t.is(makers.size, 3)
    }
  })
}

for (const name of ['fastify', 'hono']) {
  test(`${name}: it is the same bundled by esbuild, with nothing beside it`, (t) => {
    const banner = `import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);`
    const bundled = createConsumer()
    t.teardown(bundled.remove)
    const outfile = join(bundled.directory, 'app.mjs')
    const built = apps.npm([
      'exec',
      '--',
      'esbuild',
      `out/${name}.js`,
      '--bundle',
      '--platform=node',
      '--format=esm',
      '--log-level=warning',
      `--banner:js=${banner}`,
      `--outfile=${outfile}`,
    ])
    t.is(built.status, 0, built.stderr)
    checkMessages(t, name, checkLines(t, bundled.node(['app.mjs'], quiet)))
  })
}

test('Bun runs a queue worker and servers of Fastify, Express and Hono', (t) => {
  const placed = apps.node(['node_modules/bun/install.js'])
  t.is(placed.status, 0, placed.stderr)
  for (const name of ['queue', 'fastify', 'express', 'hono']) {
    const outcome = apps.shell(`OTEL_TRACES_EXPORTER=none node_modules/.bin/bun out/${name}.js`)
    checkMessages(t, name, checkLines(t, outcome))
  }
})
