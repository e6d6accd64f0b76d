import { once } from 'node:events'
import type { Server } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http'
import test from 'ava'
import { type Instrumentation, startTracing, type TracingOptions } from '../../src/tracing/index.js'
import { startReceiver } from './receiver.js'

const instrumentation = new HttpInstrumentation({ enabled: false })
const auto = '@opentelemetry/auto-instrumentations-node'

/** The node:http that instrumentations patch: that of `require`. */
function requireHttp(): typeof import('node:http') {
  return createRequire(import.meta.url)('node:http')
}

/** One request to a server of our own. */
async function request(): Promise<void> {
  const http = requireHttp()
  const server: Server = http.createServer((_request, response) => response.end('ok'))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const [response] = await once(http.get({ port, host: '127.0.0.1', agent: false }), 'response')
  response.resume()
  await once(response, 'end')
  server.close()
  await once(server, 'close')
}

async function kindsOfRequest(options: TracingOptions): Promise<readonly string[]> {
  const receiver = await startReceiver()
  const tracing = await startTracing({
    endpoint: receiver.url,
    protocol: 'http/json',
    ...options,
  })
  await request()
  await tracing.shutdown()
  await receiver.close()
  return receiver.requests.flatMap(({ spans }) => spans.map(({ name }) => name))
}

test.serial(
  'an instrumentation runs from the start to the shutdown, and again with the next start',
  async (t) => {
    t.deepEqual(await kindsOfRequest({ instrumentations: [instrumentation] }), ['GET', 'GET'])
    t.deepEqual(await kindsOfRequest({}), [])
    t.deepEqual(await kindsOfRequest({ instrumentations: [[instrumentation]] }), ['GET', 'GET'])
  },
)

test.serial(
  "'auto' takes all of the package, and the export makes no spans of its own",
  async (t) => {
    const packages = { [auto]: { getNodeAutoInstrumentations: () => [instrumentation] } }
    t.deepEqual(await kindsOfRequest({ instrumentations: 'auto', packages }), ['GET', 'GET'])
  },
)

/** What is said about a start that exports nevertheless. */
async function said(t: import('ava').ExecutionContext, options: TracingOptions): Promise<string[]> {
  const found: string[] = []
  const log = { info() {}, warn: (_fields: object, message: string) => void found.push(message) }
  const tracing = await startTracing({ exporter: 'console', ratio: 0, log, ...options })
  t.is(tracing.mode, 'exporting')
  await tracing.shutdown()
  return found
}

test.serial("'auto' without its package is said in one line, and spans are exported", async (t) => {
  t.deepEqual(await said(t, { instrumentations: 'auto' }), [
    `No instrumentation is started: ${auto} is not installed; npm install ${auto}`,
  ])
})

test.serial('an instrumentation that fails is said, and the others run', async (t) => {
  const calls: string[] = []
  const make = (instrumentationName: string, fail: boolean): Instrumentation => ({
    instrumentationName,
    getConfig: () => ({ enabled: false }),
    setTracerProvider: () => void calls.push(`${instrumentationName} provider`),
    enable() {
      calls.push(`${instrumentationName} on`)
      if (fail) throw new Error('no such module')
    },
    disable: () => void calls.push(`${instrumentationName} off`),
  })
  const instrumentations = [make('broken', true), make('sound', false)]
  t.deepEqual(await said(t, { instrumentations }), [
    'An instrumentation failed: broken: no such module',
  ])
  t.deepEqual(calls, ['broken provider', 'broken on', 'sound provider', 'sound on', 'sound off'])
  const packages = {
    [auto]: {
      getNodeAutoInstrumentations() {
        throw new Error('not today')
      },
    },
  }
  t.deepEqual(await said(t, { instrumentations: 'auto', packages }), [
    'No instrumentation is started: not today',
  ])
})

test.serial('what is no instrumentation is refused in a sentence', async (t) => {
  for (const value of ['all', [{}], [null], {}]) {
    const options = { instrumentations: value } as unknown as TracingOptions
    await t.throwsAsync(startTracing(options), { code: 'SECLOG_OPTION_INVALID' })
  }
})
