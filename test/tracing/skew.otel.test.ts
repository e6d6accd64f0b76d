import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { trace } from '@opentelemetry/api'
import test from 'ava'
import type * as newer from 'otel-api-1.10'
import { startTracing } from '../../src/tracing/index.js'
import { findSkew, sees } from '../../src/tracing/skew.js'

const silent = {
  export: (_spans: readonly unknown[], done: (result: { code: number }) => void) =>
    done({ code: 0 }),
  shutdown: async () => {},
}

test('a copy of the API sees what a copy of its own or a later minor version registered', (t) => {
  t.true(sees('1.9.1', '1.9.1'))
  t.true(sees('1.9.1', '1.9.0'))
  t.true(sees('1.9.1', '1.10.0'))
  t.true(sees('1.9.1+build.5', '1.10.0'))
  t.false(sees('1.10.0', '1.9.1'))
  t.false(sees('2.0.0', '1.9.1'))
  t.false(sees('1.9.1', '1.10.0-rc.1'), 'a prerelease is seen by itself only')
  t.true(sees('1.10.0-rc.1', '1.10.0-rc.1'))
  t.false(sees('1.9.1', 'newest'))
})

test.serial('with one copy of the API nothing is said', async (t) => {
  const said: string[] = []
  const log = { info() {}, warn: (_fields: object, message: string) => void said.push(message) }
  const tracing = await startTracing({ exporter: silent, log })
  t.is(tracing.mode, 'exporting')
  await tracing.shutdown()
  t.deepEqual(said, [])
})

test.serial('an app without the API, and an app without a file, have no skew', async (t) => {
  const tracing = await startTracing({ exporter: silent })
  const empty = mkdtempSync(join(tmpdir(), 'seclog-skew-'))
  t.is(findSkew(join(empty, 'app.js')), undefined)
  t.is(findSkew('-e'), undefined)
  rmSync(empty, { recursive: true })
  await tracing.shutdown()
})

test.serial('tracers taken before the start make spans after it', async (t) => {
  const early = trace.getTracer('early')
  const tracing = await startTracing({ exporter: silent })
  t.true(early.startSpan('one').isRecording())
  await tracing.shutdown()
})

interface Loaded {
  readonly trace: { getTracer(name: string): { startSpan(name: string): newer.Span } }
}

/** A copy of the API in a folder of its own, loaded by `require` as the CommonJS half of an app does it. */
function loadCopy(of: string): { copy: Loaded; directory: string; remove: () => void } {
  const require = createRequire(import.meta.url)
  const root = mkdtempSync(join(tmpdir(), 'seclog-copy-'))
  const directory = join(root, 'node_modules/@opentelemetry/api')
  const [home] =
    /^.*node_modules[/\\](?:@opentelemetry[/\\])?[^/\\]+/.exec(require.resolve(of)) ?? []
  cpSync(String(home), directory, { recursive: true, dereference: true })
  const copy: Loaded = createRequire(join(root, 'app.cjs'))('@opentelemetry/api')
  const remove = (): void => {
    for (const file of Object.keys(require.cache)) {
      if (file.startsWith(directory)) delete require.cache[file]
    }
    rmSync(root, { recursive: true })
  }
  return { copy, directory, remove }
}

test.serial(
  'tracers of another copy of the same version get the provider too, and lose it',
  async (t) => {
    const { copy, remove } = loadCopy('@opentelemetry/api')
    const early = copy.trace.getTracer('early')
    const late = copy.trace.getTracer('late')
    const said: string[] = []
    const log = { info() {}, warn: (_fields: object, message: string) => void said.push(message) }
    const tracing = await startTracing({ exporter: silent, log })
    t.true(early.startSpan('one').isRecording())
    await tracing.shutdown()
    t.false(late.startSpan('two').isRecording())
    t.deepEqual(said, [])
    remove()
  },
)

test.serial(
  'a loaded copy that cannot see the provider is named with both versions, and left alone',
  async (t) => {
    const { copy, directory, remove } = loadCopy('otel-api-1.10')
    const early = copy.trace.getTracer('early')
    const said: string[] = []
    const log = { info() {}, warn: (_fields: object, message: string) => void said.push(message) }
    const tracing = await startTracing({ exporter: silent, log })
    t.false(early.startSpan('one').isRecording())
    await tracing.shutdown()
    t.is(said.length, 1)
    t.regex(
      said[0] ?? '',
      /^Copies of @opentelemetry\/api differ: .* registered with 1\.9\.\d+, which 1\.10\.\d+ \(/,
    )
    t.true(said[0]?.includes(relative(process.cwd(), directory)))
    remove()
  },
)
