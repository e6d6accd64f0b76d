import { join, resolve } from 'node:path'
import test from 'ava'
import { fakeCollector } from '../../src/testing/index.js'
import { diagnose, link, project } from './doctor.js'

test('a project that is well set up has no error, and its exporter answers', async (t) => {
  const collector = await fakeCollector()
  t.teardown(() => collector.close())
  const env = {
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint,
    OTEL_EXPORTER_OTLP_HEADERS: 'api-key=hunter2',
  }
  const { code, codes, finding, inventory } = await diagnose(project(t, 'healthy'), [], env)
  t.deepEqual([...codes('error'), ...codes('warning')], [])
  t.is(code, 0)
  t.regex(
    finding('otel')?.message ?? '',
    /^OpenTelemetry 2\.x: @opentelemetry\/sdk-trace-node 2\.\S+, API 1\.9\.\d+\.$/,
  )
  t.regex(
    finding('exporter-answers')?.message ?? '',
    /\/v1\/traces answers with 200 OK in \d+ ms\.$/,
  )
  t.is(collector.requests[0]?.headers['api-key'], 'hunter2')
  t.deepEqual(collector.records, [])
  t.true(inventory.layers.some(({ layer }) => layer === 'traces'))
})

test('copies of the API that disagree are found, with their versions and places', async (t) => {
  const folder = project(t, 'api-copies')
  const nested = join(folder, 'vendor/tracer/node_modules/@opentelemetry/api')
  link(resolve('node_modules/otel-api-1.10'), nested)
  const { code, codes, finding } = await diagnose(folder, ['--offline', '--logger', 'logger.js'])
  t.is(code, 1)
  t.deepEqual(codes('error'), ['otel-api-copies'])
  t.regex(
    finding('otel-api-copies')?.message ?? '',
    /registered with 1\.9\.\d+, which 1\.10\.\d+ \(.+\) cannot see/,
  )
})

test('instrumentation-pino in ESM without its hook is found, and that it keeps ids off the lines', async (t) => {
  const args = ['--offline', '--logger', 'logger.js']
  const unhooked = await diagnose(project(t, 'unhooked'), args)
  t.is(unhooked.code, 1)
  t.is(unhooked.finding('instrumentation-unhooked')?.level, 'warning')
  t.regex(
    unhooked.finding('ids-missing')?.message ?? '',
    /started without OpenTelemetry's loader hook/,
  )
  const hooked = await diagnose(project(t, 'hooked'), args)
  t.is(hooked.finding('instrumentation')?.level, 'ok')
  t.regex(hooked.finding('ids')?.message ?? '', /those of spans of the tracer provider/)
})

test('an exporter that cannot be reached is found', async (t) => {
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' }
  const { code, finding } = await diagnose(project(t, 'healthy'), [], env)
  t.is(code, 1)
  t.regex(
    finding('exporter-unreachable')?.message ?? '',
    /http:\/\/127\.0\.0\.1:9\/v1\/traces cannot be reached: .*ECONNREFUSED/,
  )
})

test('an endpoint with a wrong path is found, and the right one is named', async (t) => {
  const collector = await fakeCollector()
  t.teardown(() => collector.close())
  const folder = project(t, 'healthy')
  for (const path of ['', '/v1/trace', '/v1/traces/v1/traces']) {
    const env = { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: collector.endpoint + path }
    const { code, finding } = await diagnose(folder, [], env)
    t.is(code, 1, path)
    t.true(
      finding('exporter-wrong-path')?.message.endsWith(
        `answers with 404 Not Found, and ${collector.endpoint}/v1/traces is the right one: it takes spans.`,
      ),
      `${path}: ${finding('exporter-wrong-path')?.message}`,
    )
  }
})

test('what else an endpoint answers is told apart', async (t) => {
  const collector = await fakeCollector()
  t.teardown(() => collector.close())
  const folder = project(t, 'healthy')
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint }
  const answers = {
    'exporter-unauthorized': { status: 401 },
    'exporter-protocol': { status: 415 },
    'exporter-redirects': { status: 302, headers: { location: '/' } },
    'exporter-fails': { status: 503 },
    'exporter-wrong-path': 'html',
    'exporter-unreachable': 'hang',
  } as const
  for (const [code, behaviour] of Object.entries(answers)) {
    await collector.behave(behaviour)
    t.not((await diagnose(folder, [], env)).finding(code), undefined, code)
  }
})

test('an exporter that is not wanted is not asked', async (t) => {
  const folder = project(t, 'healthy')
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' }
  const none = await diagnose(folder, [], { ...env, OTEL_TRACES_EXPORTER: 'none' })
  t.is(none.finding('export-none')?.level, 'note')
  const disabled = await diagnose(folder, [], { ...env, OTEL_SDK_DISABLED: 'true' })
  t.is(disabled.finding('export-disabled')?.level, 'note')
})
