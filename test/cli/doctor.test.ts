import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import process from 'node:process'
import test from 'ava'
import { refusedUrl } from '../tracing/receiver.js'
import { diagnose, project } from './doctor.js'
import { runSeclog } from './run-seclog.js'

test('a project without OpenTelemetry has ids on its lines, and is told what to install for export', async (t) => {
  const folder = project(t, 'no-otel')
  const { code, codes, finding } = await diagnose(folder, ['--offline', '--logger', 'logger.js'])
  t.is(code, 0)
  t.deepEqual(codes('error'), [])
  t.is(finding('otel-missing')?.level, 'note')
  t.regex(finding('otel-missing')?.fix ?? '', /^To export spans: npm install @opentelemetry\/api/)
  t.regex(finding('ids')?.message ?? '', /those of seclog's own spans/)
  t.is(finding('node')?.message, `Node ${process.versions.node}.`)
  t.is(finding('secrets-masked')?.level, 'ok')
  t.is(finding('unforgeable')?.level, 'ok')
})

test('where the environment asks for an exporter, that OpenTelemetry is missing is an error', async (t) => {
  const env = { OTEL_TRACES_EXPORTER: 'otlp' }
  const { code, finding } = await diagnose(project(t, 'no-otel'), ['--offline'], env)
  t.is(code, 1)
  t.is(finding('otel-missing')?.level, 'error')
})

test('redaction that is turned off is found', async (t) => {
  const { code, codes, finding } = await diagnose(project(t, 'redaction-off'), [
    '--offline',
    '--logger',
    'logger.js',
  ])
  t.is(code, 1)
  t.deepEqual(codes('error'), ['redaction-off'])
  t.regex(
    finding('redaction-off')?.message ?? '',
    /11 of 12 planted secrets came out\. a field called password; /,
  )
})

test('a serializer that lets secrets out is found by its name, one that does not is not', async (t) => {
  const { code, codes, finding, output } = await diagnose(project(t, 'unsafe-serializer'), [
    '--offline',
    '--logger',
    'logger.cjs',
  ])
  t.is(code, 1)
  t.deepEqual(codes('error'), ['serializer-unsafe'])
  t.regex(finding('serializer-unsafe')?.message ?? '', /"user" lets secrets out: a field password/)
  t.false(/k9-[\w-]{20}/.test(output), 'a planted secret is told')
})

test('a plain pino logger lacks ids and masking, and can be forged', async (t) => {
  const { code, codes, finding } = await diagnose(project(t, 'plain-pino'), [
    '--offline',
    '--logger',
    'logger.cjs',
  ])
  t.is(code, 1)
  t.deepEqual(codes('error'), ['ids-missing', 'redaction-missing', 'forgeable'])
  t.deepEqual(codes('warning'), ['escapes', 'logging-throws'])
  t.regex(finding('ids-missing')?.message ?? '', /a plain pino logger, and nothing puts them there/)
  t.regex(
    finding('logger')?.message ?? '',
    /a plain pino logger at level warn; its lines go to standard output/,
  )
})

test('what is no logger, is not there or does not load is said', async (t) => {
  const folder = project(t, 'no-logger')
  const said = async (logger: string): Promise<string> => {
    const { code, findings } = await diagnose(folder, ['--offline', '--logger', logger])
    t.is(code, 1)
    return findings.find(({ area, level }) => area === 'Logger' && level === 'error')?.message ?? ''
  }
  t.regex(await said('logger.js'), /It exports no pino logger \(only nothing\)/)
  t.regex(await said('throws.js'), /could not be looked at: no settings/)
  t.regex(await said('gone.js'), /gone\.js does not exist/)
})

test('the environment is told as it resolves, its secrets masked, its faults said', async (t) => {
  const env = {
    LOG_LEVEL: 'loud',
    OTEL_SERVICE_NAME: 'shop',
    OTEL_EXPORTER_OTLP_HEADERS: 'api-key=hunter2-headers',
    OTEL_EXPORTER_OTLP_ENDPOINT: 'http://user:hunter2-url@127.0.0.1:9?key=hunter2-query',
    ELASTICSEARCH_API_KEY: 'hunter2-key',
  }
  const { variables, resolved, findings, output } = await diagnose(
    project(t, 'no-otel'),
    ['--offline'],
    env,
  )
  t.false(output.includes('hunter2'), output)
  t.is(variables['OTEL_SERVICE_NAME'], 'shop')
  t.is(variables['OTEL_EXPORTER_OTLP_HEADERS'], '***')
  t.is(resolved.tracing.otlp.url, 'http://127.0.0.1:9/v1/traces')
  t.deepEqual(
    findings
      .filter(({ area, level }) => area === 'Environment' && level === 'warning')
      .map(({ message }) => message),
    [
      'LOG_LEVEL="loud" is none of trace, debug, info, warn, error, fatal, silent; info is used instead.',
    ],
  )
})

test('the log inventory has what the project tells and what its source names', async (t) => {
  const folder = project(t, 'healthy')
  const { inventory, codes, finding } = await diagnose(folder, ['--offline'])
  t.false(codes('note').includes('inventory-untold'))
  t.deepEqual(inventory.securityEvents, {
    authn_login_success: 'src/login.js:5',
    shop_coupon_guessed: 'src/login.js:6',
  })
  t.deepEqual(inventory.spans, { login: 'src/login.js:4' })
  t.regex(finding('events-own')?.message ?? '', /shop_coupon_guessed\.$/)
  const { code, stdout } = await runSeclog(['doctor', '--inventory', folder])
  t.is(code, 0)
  t.regex(stdout, /^# Log inventory of healthy 1\.0\.0\n/)
  t.regex(
    stdout,
    /\n\| security events \| authn_login_success, shop_coupon_guessed \| .* \| the security team \| 90 days \|\n/,
  )
})

test('what the source still logs in another way is named with its places', async (t) => {
  const folder = project(t, 'plain-pino')
  writeFileSync(
    join(folder, 'app.js'),
    [
      "import type { Logger } from 'pino'",
      "import winston from 'winston'",
      '// console.log(1)',
      'console.log(2)',
      'myconsole.log(3)',
    ].join('\n'),
  )
  const { finding } = await diagnose(folder, ['--offline'])
  t.is(
    finding('left-pino')?.message,
    'The source still logs by loggers of pino itself: logger.cjs:1.',
  )
  t.is(finding('left-winston')?.message, 'The source still logs by winston: app.js:2.')
  t.is(finding('left-console')?.message, 'The source still logs by console: app.js:4.')
  t.is(finding('left-console')?.level, 'note')
})

test('as text, findings stand by area with what to do, and a summary', async (t) => {
  const folder = project(t, 'unsafe-serializer')
  const { code, stdout } = await runSeclog([
    'doctor',
    '--offline',
    '--logger',
    'logger.cjs',
    folder,
  ])
  t.is(code, 1)
  t.regex(stdout, /^seclog doctor: unsafe-serializer 1\.0\.0 in /)
  t.regex(stdout, /\nPackages\n {2}ok {7}Node /)
  t.regex(stdout, /\n {2}error {4}The serializer "user" lets secrets out: .*\n {11}→ Let it pick/)
  t.regex(stdout, /\n1 error, 0 warnings, 2 notes\.\n$/)
})

test('warnings are errors where that is asked for', async (t) => {
  const folder = project(t, 'no-otel')
  const env = { LOG_LEVEL: 'loud' }
  t.is((await diagnose(folder, ['--offline'], env)).code, 0)
  t.is((await diagnose(folder, ['--offline', '--strict'], env)).code, 1)
})

test('a folder without a project is refused', async (t) => {
  const { code, stderr } = await runSeclog(['doctor', join(project(t, 'no-otel'), 'node_modules')])
  t.is(code, 2)
  t.regex(stderr, /There is no package\.json in .*; run seclog doctor in the folder of a project/)
})

test('what Elasticsearch answers is told, and its address without secrets', async (t) => {
  let status = 200
  let body: object = { version: { number: '9.1.0' } }
  const asked: (string | undefined)[] = []
  const server = createServer((request, response) => {
    asked.push(request.headers.authorization)
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => server.close())
  const { port } = server.address() as AddressInfo
  const folder = project(t, 'no-otel')
  const ask = (env: Record<string, string>) =>
    diagnose(folder, [], { ELASTICSEARCH_URL: `http://elastic:hunter2@127.0.0.1:${port}`, ...env })
  const answered = await ask({})
  t.is(
    answered.finding('elasticsearch')?.message,
    `Elasticsearch at http://127.0.0.1:${port}/ answers: version 9.1.0.`,
  )
  t.is(asked[0], `Basic ${Buffer.from('elastic:hunter2').toString('base64')}`)
  t.false(answered.output.includes('hunter2'))
  body = { version: { number: '2.19.1', distribution: 'opensearch' } }
  const other = await ask({ ELASTICSEARCH_API_KEY: 'key' })
  t.regex(other.finding('elasticsearch')?.message ?? '', /OpenSearch 2\.19\.1/)
  t.is(asked[1], 'ApiKey key')
  body = []
  t.is((await ask({})).finding('elasticsearch-other')?.level, 'error')
  status = 401
  t.is((await ask({})).finding('elasticsearch-unauthorized')?.level, 'error')
  status = 500
  t.is((await ask({})).finding('elasticsearch-fails')?.level, 'error')
  const gone = await ask({ ELASTICSEARCH_URL: await refusedUrl() })
  t.regex(gone.finding('elasticsearch-unreachable')?.message ?? '', /ECONNREFUSED/)
})
