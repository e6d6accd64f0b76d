import process from 'node:process'
import test from 'ava'
import { parseResourceAttributes, resolveResource } from '../../src/config/resource.js'
import { maskTracing, resolveTracing, type TracingConfig } from '../../src/config/tracing.js'

const defaultUrl = 'http://localhost:4318/v1/traces'
let warnings: string[] = []
process.on('warning', ({ message }) => warnings.push(message))

/** The configuration under these variables, and what was said about them. */
async function under(
  env: Record<string, string>,
  ...args: Parameters<typeof resolveTracing>
): Promise<{ config: TracingConfig; said: string[] }> {
  Object.assign(process.env, env)
  warnings = []
  const config = resolveTracing(...args)
  for (const name of Object.keys(env)) delete process.env[name]
  // Warnings of a process are emitted on its next tick.
  await new Promise((resolve) => setImmediate(resolve))
  return { config, said: warnings }
}

test.serial('the defaults are those of OpenTelemetry', async (t) => {
  const { config, said } = await under({})
  t.deepEqual(config, {
    disabled: false,
    resource: {},
    exporters: ['otlp'],
    otlp: {
      url: defaultUrl,
      protocol: 'http/protobuf',
      compression: 'none',
      headers: {},
      timeoutMs: 10_000,
      tls: {},
    },
    sampler: { parentBased: true, ratio: 1 },
    propagators: ['tracecontext', 'baggage'],
    batch: { queueSize: 2048, batchSize: 512, delayMs: 5_000, exportTimeoutMs: 30_000 },
    spanLimits: {
      attributeCountLimit: 128,
      attributeValueLengthLimit: Number.POSITIVE_INFINITY,
      eventCountLimit: 128,
      linkCountLimit: 128,
      attributePerEventCountLimit: 128,
      attributePerLinkCountLimit: 128,
    },
  })
  t.true(Object.isFrozen(config.otlp.headers))
  t.deepEqual(said, [])
})

test.serial('every standard variable is read', async (t) => {
  const { config, said } = await under({
    OTEL_SERVICE_NAME: 'api',
    OTEL_RESOURCE_ATTRIBUTES: 'service.name=other,service.version=2,key%20one=a%2Cb',
    OTEL_TRACES_EXPORTER: 'console, otlp',
    OTEL_EXPORTER_OTLP_ENDPOINT: 'https://one.example.com/',
    OTEL_EXPORTER_OTLP_HEADERS: 'x-one=1,x-both=general',
    OTEL_EXPORTER_OTLP_TRACES_HEADERS: 'x-both=a%3Db',
    OTEL_EXPORTER_OTLP_TIMEOUT: '1500',
    OTEL_EXPORTER_OTLP_COMPRESSION: 'GZIP',
    OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'http/json',
    OTEL_EXPORTER_OTLP_CERTIFICATE: '/ca.pem',
    OTEL_EXPORTER_OTLP_CLIENT_KEY: '/key.pem',
    OTEL_TRACES_SAMPLER: 'traceidratio',
    OTEL_TRACES_SAMPLER_ARG: '0.25',
    OTEL_PROPAGATORS: 'tracecontext',
    OTEL_BSP_MAX_QUEUE_SIZE: '100',
    OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '200',
    OTEL_BSP_SCHEDULE_DELAY: '10',
    OTEL_BSP_EXPORT_TIMEOUT: '20',
    OTEL_SPAN_EVENT_COUNT_LIMIT: '7',
    OTEL_ATTRIBUTE_COUNT_LIMIT: '9',
  })
  t.deepEqual(said, [])
  t.like(config, {
    resource: { 'service.name': 'api', 'service.version': '2', 'key one': 'a,b' },
    exporters: ['console', 'otlp'],
    otlp: {
      url: 'https://one.example.com/v1/traces',
      protocol: 'http/json',
      compression: 'gzip',
      headers: { 'x-one': '1', 'x-both': 'a=b' },
      timeoutMs: 1500,
      tls: { ca: '/ca.pem', key: '/key.pem' },
    },
    sampler: { parentBased: false, ratio: 0.25 },
    propagators: ['tracecontext'],
    batch: { queueSize: 100, batchSize: 100, delayMs: 10, exportTimeoutMs: 20 },
    spanLimits: { eventCountLimit: 7, attributeCountLimit: 9 },
  })
})

test.serial('options win over the environment', async (t) => {
  const env = {
    OTEL_SERVICE_NAME: 'env',
    OTEL_RESOURCE_ATTRIBUTES: 'team=env',
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://127.0.0.1:1/env',
    OTEL_EXPORTER_OTLP_HEADERS: 'x-key=env',
    OTEL_TRACES_SAMPLER: 'always_off',
    OTEL_TRACES_EXPORTER: 'none',
    OTEL_PROPAGATORS: 'none',
  }
  const settings = {
    service: { name: 'option', version: '1', environment: 'test' },
    resourceAttributes: { team: 'option' },
    endpoint: 'http://127.0.0.1:2',
    headers: { 'X-Key': 'option' },
    ratio: 0.5,
    propagators: ['baggage'],
    batch: { delayMs: 0 },
    spanLimits: { linkCountLimit: 1 },
  } as const
  const { config } = await under(env, settings, 'otlp')
  t.like(config, {
    resource: {
      'service.name': 'option',
      'service.version': '1',
      'deployment.environment.name': 'test',
      team: 'option',
    },
    exporters: ['otlp'],
    otlp: { url: 'http://127.0.0.1:2/v1/traces', headers: { 'x-key': 'option' } },
    sampler: { parentBased: true, ratio: 0.5 },
    propagators: ['baggage'],
    batch: { delayMs: 0 },
    spanLimits: { linkCountLimit: 1 },
  })
})

const endpoints: readonly [Record<string, string>, string][] = [
  [
    { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://127.0.0.1:1/as-it-is' },
    'http://127.0.0.1:1/as-it-is',
  ],
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1/base' }, 'http://127.0.0.1:1/base/v1/traces'],
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://[::1]:1/v1/traces' }, 'http://[::1]:1/v1/traces'],
  [{ OTEL_EXPORTER_ENDPOINT: 'http://collector:4318' }, 'http://collector:4318/v1/traces'],
]
for (const [env, url] of endpoints) {
  test.serial(`${Object.entries(env)[0]?.join('=')} leads to ${url}`, async (t) => {
    const { config, said } = await under(env)
    t.is(config.otlp.url, url)
    t.deepEqual(said, [])
  })
}

test.serial('a sampling ratio alone means a parent-based ratio', async (t) => {
  t.deepEqual((await under({ OTEL_TRACES_SAMPLER_ARG: '0.1' })).config.sampler, {
    parentBased: true,
    ratio: 0.1,
  })
  t.deepEqual((await under({ OTEL_SAMPLING_RATE: '0.2' })).config.sampler, {
    parentBased: true,
    ratio: 0.2,
  })
  t.deepEqual((await under({ OTEL_TRACES_SAMPLER: 'parentbased_always_off' })).config.sampler, {
    parentBased: true,
    ratio: 0,
  })
})

test.serial('the SDK is disabled by true in any case, and by the alias', async (t) => {
  t.true((await under({ OTEL_SDK_DISABLED: 'True' })).config.disabled)
  t.true((await under({ OTEL_ENABLED: 'false' })).config.disabled)
  t.false((await under({ OTEL_ENABLED: 'true' })).config.disabled)
  t.false((await under({ OTEL_SDK_DISABLED: 'false', OTEL_ENABLED: 'false' })).config.disabled)
  const { config, said } = await under({ OTEL_SDK_DISABLED: 'yes' })
  t.false(config.disabled)
  t.regex(
    said[0] ?? '',
    /^OTEL_SDK_DISABLED="yes" is neither true nor false; false is used instead\.$/,
  )
})

const bad: readonly [
  Record<string, string>,
  RegExp,
  (config: TracingConfig) => unknown,
  unknown,
][] = [
  [
    { OTEL_TRACES_SAMPLER_ARG: '7' },
    /="7" is not between 0 and 1; 1 is used/,
    (c) => c.sampler.ratio,
    1,
  ],
  [{ OTEL_SAMPLING_RATE: 'half' }, /="half" is not a number/, (c) => c.sampler.ratio, 1],
  [{ OTEL_TRACES_SAMPLER: 'jaeger_remote' }, /is none of always_on/, (c) => c.sampler.ratio, 1],
  [{ OTEL_TRACES_EXPORTER: 'zipkin' }, /is none of otlp/, (c) => c.exporters, ['otlp']],
  [
    { OTEL_PROPAGATORS: 'b3,tracecontext' },
    /is not known here/,
    (c) => c.propagators,
    ['tracecontext'],
  ],
  [{ OTEL_BSP_MAX_QUEUE_SIZE: '-1' }, /2048 is used instead/, (c) => c.batch.queueSize, 2048],
  [
    { OTEL_EXPORTER_OTLP_TIMEOUT: '1e99' },
    /10000 is used instead/,
    (c) => c.otlp.timeoutMs,
    10_000,
  ],
  [
    { OTEL_EXPORTER_OTLP_COMPRESSION: 'br' },
    /none is used instead/,
    (c) => c.otlp.compression,
    'none',
  ],
  [
    { OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'grpc' },
    /is not spoken here; http\/protobuf is used/,
    (c) => c.otlp.protocol,
    'http/protobuf',
  ],
  [
    { OTEL_EXPORTER_OTLP_ENDPOINT: 'ftp://user:hunter2@127.0.0.1/?k=hunter3' },
    /^OTEL_EXPORTER_OTLP_ENDPOINT="ftp:\/\/127\.0\.0\.1\/" is no http or https URL/,
    (c) => c.otlp.url,
    defaultUrl,
  ],
  [
    { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'user:hunter2@nowhere?hunter3' },
    /="nowhere" is no http or https URL/,
    (c) => c.otlp.url,
    defaultUrl,
  ],
  [
    { OTEL_EXPORTER_ENDPOINT: 'http://localhost:4317' },
    /is the port of gRPC; port 4318 is used/,
    (c) => c.otlp.url,
    defaultUrl,
  ],
  [
    { OTEL_EXPORTER_OTLP_HEADERS: 'good=1,hunter2' },
    /^OTEL_EXPORTER_OTLP_HEADERS="=\*\*\*" holds a bad header/,
    (c) => c.otlp.headers,
    { good: '1' },
  ],
  [
    { OTEL_EXPORTER_OTLP_TRACES_HEADERS: 'x-key=%E0%A4%A,good=1' },
    /="x-key=\*\*\*" holds a bad header/,
    (c) => c.otlp.headers,
    { good: '1' },
  ],
  [
    { OTEL_RESOURCE_ATTRIBUTES: 'a=hunter2,b' },
    /="a=\*\*\*,b" holds something that is no key=value pair; no attribute is used/,
    (c) => c.resource,
    {},
  ],
]
for (const [env, said, read, used] of bad) {
  test.serial(`${Object.entries(env)[0]?.join('=')} is said once and a default used`, async (t) => {
    const first = await under(env)
    t.is(first.said.length, 1)
    t.regex(first.said[0] ?? '', said)
    t.notRegex(first.said[0] ?? '', /hunter/)
    t.deepEqual(read(first.config), used)
    t.deepEqual((await under(env)).said, [])
  })
}

test.serial('a bad option is said once and its default used', async (t) => {
  const settings = {
    endpoint: 'localhost:4318',
    headers: { 'bad name': 'hunter2', good: '1' },
    ratio: Number.NaN,
    timeoutMs: 0,
  }
  const { config, said } = await under({}, settings)
  t.is(config.otlp.url, defaultUrl)
  t.deepEqual(config.otlp.headers, { good: '1' })
  t.is(config.sampler.ratio, 1)
  t.is(config.otlp.timeoutMs, 10_000)
  t.is(said.length, 4)
  t.notRegex(said.join(), /hunter/)
})

test.serial('an endpoint with a path on the port of gRPC is left alone and said', async (t) => {
  const { config, said } = await under({}, { endpoint: 'http://localhost:4317/v1/traces' })
  t.is(config.otlp.url, 'http://localhost:4317/v1/traces')
  t.regex(said[0] ?? '', /4317 is the port of gRPC/)
})

test.serial('plain http is said once, unless it stays near', async (t) => {
  const near = [
    '127.0.0.1',
    '10.1.2.3',
    '172.20.0.1',
    '192.168.1.1',
    '[::1]',
    '[fd00::1]',
    'otel',
    'a.svc',
  ]
  for (const host of near) t.deepEqual((await under({}, { endpoint: `http://${host}` })).said, [])
  t.deepEqual((await under({}, { endpoint: 'https://example.com' })).said, [])
  const { said } = await under({}, { endpoint: 'http://172.32.0.1:4318' })
  t.regex(said[0] ?? '', /172\.32\.0\.1:4318 over plain http/)
})

test.serial('the masked configuration holds no secret', async (t) => {
  const settings = { endpoint: 'https://u:hunter2@h/?k=hunter3', headers: { 'api-key': 'hunter4' } }
  const masked = maskTracing((await under({}, settings)).config)
  t.notRegex(JSON.stringify(masked), /hunter/)
  t.deepEqual(masked.otlp.headers, { 'api-key': '***' })
  t.true(Object.isFrozen(masked))
})

test.serial('resource attributes are decoded, unquoted and bounded', (t) => {
  t.deepEqual(parseResourceAttributes('a=1, b = "x y" ,,c='), { a: '1', b: 'x y', c: '' })
  t.is(typeof parseResourceAttributes('=x'), 'string')
  t.is(typeof parseResourceAttributes('a=%'), 'string')
  t.is(typeof parseResourceAttributes(`a=${'x'.repeat(256)}`), 'string')
})

test.serial('the environment of a deployment has an alias, under the standard attribute', (t) => {
  process.env['OTEL_DEPLOYMENT_ENVIRONMENT'] = 'alias'
  t.is(resolveResource(undefined, undefined)['deployment.environment.name'], 'alias')
  process.env['OTEL_RESOURCE_ATTRIBUTES'] = 'deployment.environment.name=standard'
  t.is(resolveResource('x', undefined)['deployment.environment.name'], 'standard')
  delete process.env['OTEL_DEPLOYMENT_ENVIRONMENT']
  delete process.env['OTEL_RESOURCE_ATTRIBUTES']
})
