import test from 'ava'
import { withSpan } from '../../src/spans/with-span.js'
import { startTracing, type TracingOptions } from '../../src/tracing/index.js'
import { startTracingWith } from '../../src/tracing/start.js'
import { copyWithoutPackages, runProgram } from './child.js'

const absent = async (): Promise<undefined> => undefined

test.serial(
  'without OpenTelemetry tracing is log-only and says once what to install',
  async (t) => {
    const { root, remove } = await copyWithoutPackages()
    const program = `
    const lines = []
    const log = { info() {}, warn: (fields, message) => lines.push(message) }
    const [tracing] = await Promise.all([startTracing({ log }), startTracing(), startTracing()])
    await tracing.flush()
    await tracing.shutdown()
    console.log(JSON.stringify({ mode: tracing.mode, reason: tracing.reason, lines, health: tracing.health() }))`
    const { code, stdout, stderr } = await runProgram(program, {}, root)
    await remove()
    t.is(stderr, '')
    t.is(code, 0)
    const { mode, reason, lines, health } = JSON.parse(stdout)
    t.is(mode, 'log-only')
    t.regex(reason, /npm install @opentelemetry\/api/)
    t.deepEqual(lines, [`Tracing is log-only: ${reason}`])
    t.deepEqual(health, { state: 'working', made: 0, exported: 0, dropped: 0, queued: 0 })
  },
)

test.serial('without a log the one line is a warning of the process', async (t) => {
  const { root, remove } = await copyWithoutPackages()
  const program = 'for (let i = 0; i < 3; i++) await (await startTracing()).shutdown()'
  const { code, stderr } = await runProgram(program, {}, root)
  await remove()
  t.is(code, 0)
  t.is(stderr.split('Tracing is log-only').length - 1, 1)
  t.regex(stderr, /SeclogWarning/)
})

test.serial('a single missing package is named alone', async (t) => {
  const load = async (name: string): Promise<unknown> =>
    name.endsWith('context-async-hooks') ? undefined : {}
  const said: string[] = []
  const log = { info() {}, warn: (_fields: object, message: string) => said.push(message) }
  const tracing = await startTracingWith({ log }, load)
  t.is(
    tracing.reason,
    '@opentelemetry/context-async-hooks is not installed; to export spans: npm install @opentelemetry/context-async-hooks',
  )
  t.is(said.length, 1)
  await tracing.shutdown()
})

test.serial(
  'a package that is there and broken makes tracing log-only, not the app fail',
  async (t) => {
    const load = async (): Promise<never> => {
      throw new Error('broken install')
    }
    const log = {
      info() {},
      warn() {
        throw new Error('broken logger')
      },
    }
    const tracing = await startTracingWith({ log }, load)
    t.is(tracing.mode, 'log-only')
    t.is(tracing.reason, 'OpenTelemetry could not be set up: broken install')
    await tracing.shutdown()
  },
)

test.serial('OTEL_SDK_DISABLED in any case disables, and nothing is said', async (t) => {
  const program = `
    const tracing = await startTracing({ exporter: 'console' })
    console.log(tracing.mode, Symbol.for('opentelemetry.js.api.1') in globalThis)
    await tracing.shutdown()`
  const { stdout, stderr } = await runProgram(program, { OTEL_SDK_DISABLED: 'TRUE' })
  t.is(stdout, 'disabled false\n')
  t.is(stderr, '')
})

test.serial('the ratio decides the sampled flag of a disabled tracing too', async (t) => {
  const spans = new URL('../../src/spans/with-span.js', import.meta.url).href
  const program = `
    const { withSpan } = await import(${JSON.stringify(spans)})
    const flags = () => withSpan('root', (span) => span.spanContext().traceFlags)
    const before = flags()
    const tracing = await startTracing({ ratio: 0 })
    console.log(before, tracing.mode, flags())`
  const { stdout } = await runProgram(program, { OTEL_SDK_DISABLED: 'true' })
  t.is(stdout, '1 disabled 0\n')
})

test.serial('no exporter is a wish, and nothing is said about it', async (t) => {
  const program = `
    const tracing = await startTracing()
    console.log(tracing.mode, tracing.reason)`
  const { stdout, stderr } = await runProgram(program, { OTEL_TRACES_EXPORTER: 'none' })
  t.is(stdout, 'log-only No exporter is wanted.\n')
  t.is(stderr, '')
})

test.serial('the description shows the settings and no secret', async (t) => {
  const tracing = await startTracingWith(
    {
      endpoint: 'https://user:hunter2@collector.example.com:4318/base?token=hunter3',
      headers: { authorization: 'Bearer hunter4' },
      log: { info() {}, warn() {} },
    },
    absent,
  )
  const config = tracing.describe()
  t.true(Object.isFrozen(config))
  t.is(config.otlp.url, 'https://collector.example.com:4318/base/v1/traces')
  t.deepEqual(config.otlp.headers, { authorization: '***' })
  t.notRegex(JSON.stringify(config), /hunter/)
  await tracing.shutdown()
})

test.serial('a shutdown lets startTracing run again', async (t) => {
  const log = { info() {}, warn() {} }
  const one = await startTracing({ exporter: 'none', log })
  t.is(await startTracing(), one)
  await one.shutdown()
  const two = await startTracing({ exporter: 'none', log })
  t.not(two, one)
  await two.shutdown()
})

test.serial('the ratio decides the sampled flag of log-only spans too', async (t) => {
  const log = { info() {}, warn() {} }
  const flags = (): number => withSpan('root', (span) => span.spanContext().traceFlags)
  const none = await startTracingWith({ ratio: 0, log }, absent)
  t.is(flags(), 0)
  await none.shutdown()
  const all = await startTracingWith({ log }, absent)
  t.is(flags(), 1)
  await all.shutdown()
})

test.serial(
  'options of the wrong type are refused in a sentence, and leave no trace',
  async (t) => {
    const wrong: Record<string, readonly unknown[]> = {
      service: [5, null, [], { name: 5 }],
      resourceAttributes: ['a=b', null],
      endpoint: [5, null, new URL('http://127.0.0.1')],
      headers: ['a=b', null],
      protocol: [5],
      compression: [true],
      timeoutMs: ['1000', 10n],
      ratio: ['0.5', null],
      propagators: ['baggage', [5]],
      batch: [5, { queueSize: '10' }],
      spanLimits: [5, { linkCountLimit: {} }],
      exporter: [5, null, 'jaeger', {}, [{}], [null], ['otlp']],
      spanProcessors: [5, {}, [{}], [null]],
      instrumentations: [5, null],
      sampler: [0.5, {}, null],
      log: [5, null, {}, { write: 'stdout' }],
      packages: [5, null],
    }
    for (const [name, values] of Object.entries(wrong)) {
      for (const value of values) {
        const error = await t.throwsAsync(startTracing({ [name]: value } as TracingOptions), {
          code: 'SECLOG_OPTION_INVALID',
        })
        t.regex(
          error?.message ?? '',
          new RegExp(`^The option ${name} of startTracing must be .*\\.$`),
        )
      }
    }
    for (const options of [null, 5, 'scan-api', []]) {
      await t.throwsAsync(startTracing(options as never), {
        code: 'SECLOG_OPTION_INVALID',
        message: 'The options of startTracing must be an object.',
      })
    }
    const tracing = await startTracing({ exporter: 'none' })
    t.is(tracing.mode, 'log-only')
    await tracing.shutdown()
  },
)

test.serial('an option that is undefined is not given', async (t) => {
  const names = ['service', 'endpoint', 'headers', 'batch', 'exporter', 'spanProcessors', 'log']
  const options = Object.fromEntries(names.map((name) => [name, undefined]))
  const tracing = await startTracing({ ...options, ratio: 1, exporter: 'none' })
  t.is(tracing.mode, 'log-only')
  await tracing.shutdown()
})
