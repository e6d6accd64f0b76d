import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdir, readdir, symlink, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import process from 'node:process'
import { pathToFileURL } from 'node:url'
import test from 'ava'
import { startFromEnvironment } from '../../src/tracing/preload.js'
import { built, copyWithoutPackages } from './child.js'
import { startReceiver } from './receiver.js'

const auto = '@opentelemetry/auto-instrumentations-node'

test.serial(
  'the environment alone decides, and absent instrumentations are not worth a word',
  async (t) => {
    process.env['OTEL_TRACES_EXPORTER'] = 'console'
    process.env['OTEL_TRACES_SAMPLER'] = 'always_off'
    const tracing = await startFromEnvironment()
    delete process.env['OTEL_TRACES_EXPORTER']
    delete process.env['OTEL_TRACES_SAMPLER']
    t.is(tracing.mode, 'exporting')
    await tracing.shutdown()
  },
)

test.serial('a disabled SDK stays disabled', async (t) => {
  process.env['OTEL_SDK_DISABLED'] = 'true'
  const tracing = await startFromEnvironment()
  delete process.env['OTEL_SDK_DISABLED']
  t.is(tracing.mode, 'disabled')
  await tracing.shutdown()
})

const request = `
const server = createServer((_request, response) => response.end('ok'))
server.listen(0, '127.0.0.1', () => {
  get({ host: '127.0.0.1', port: server.address().port, agent: false }, (response) => {
    response.resume().on('end', () => server.close())
  })
})`
const apps = {
  'app.mjs': `import { createServer, get } from 'node:http'\n${request}`,
  'app.cjs': `const { createServer, get } = require('node:http')\n${request}`,
}

test('an app of either kind is traced before it is loaded, without a line of its own', async (t) => {
  const { root, remove } = await copyWithoutPackages()
  await cp(join(built, 'register.js'), join(root, 'register.js'))
  const scope = join(root, 'node_modules/@opentelemetry')
  await mkdir(join(root, 'node_modules', auto), { recursive: true })
  for (const name of await readdir('node_modules/@opentelemetry')) {
    await symlink(resolve('node_modules/@opentelemetry', name), join(scope, name))
  }
  await writeFile(
    join(root, 'node_modules', auto, 'index.js'),
    `const { HttpInstrumentation } = require('@opentelemetry/instrumentation-http')
    exports.getNodeAutoInstrumentations = () => [new HttpInstrumentation()]`,
  )
  await writeFile(join(root, 'package.json'), '{"type":"module"}')
  await writeFile(join(root, 'node_modules', auto, 'package.json'), '{"main":"index.js"}')
  for (const [file, text] of Object.entries(apps)) {
    await writeFile(join(root, file), text)
    const receiver = await startReceiver()
    const register = pathToFileURL(join(root, 'register.js')).href
    const child = spawn(process.execPath, ['--import', register, file], {
      cwd: root,
      stdio: ['ignore', 'ignore', 'inherit'],
      timeout: 30_000,
      env: {
        OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
        OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
        OTEL_SERVICE_NAME: 'preloaded',
      },
    })
    const [code] = await once(child, 'close')
    t.is(code, 0)
    const spans = receiver.requests.flatMap((received) => received.spans)
    t.deepEqual(
      spans.map(({ name }) => name),
      ['GET', 'GET'],
      file,
    )
    t.is(receiver.requests[0]?.resource['service.name'], 'preloaded')
    await receiver.close()
  }
  await remove()
})
