import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import test, { type ExecutionContext } from 'ava'
import express from 'express'
import { createLevelHandler } from '../../src/control/index.js'
import { createSecurityLogger, type SeclogError } from '../../src/index.js'
import { type LogRecord, memoryDestination } from '../../src/testing/index.js'

const token = 'Jq7-rT2vX9_kLm4Pz8Wd'

async function listening(t: ExecutionContext, server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
}

async function served(t: ExecutionContext, name: string) {
  const destination = memoryDestination()
  const log = createSecurityLogger({ name }, destination)
  const handler = createLevelHandler(log, { token: { ada: token } })
  const url = await listening(t, createServer(handler))
  const call = (method: string, body?: string, shown: string | undefined = `Bearer ${token}`) =>
    fetch(url, {
      method,
      ...(body !== undefined && { body }),
      headers: shown === '' ? {} : { authorization: shown },
    })
  return { log, destination, call }
}

test('levels are listed and set by whoever has the token', async (t) => {
  const { log, destination, call } = await served(t, 'handled')
  const listed = (await (await call('GET')).json()) as { loggers: { name: string }[] }
  t.deepEqual(
    listed.loggers.find(({ name }) => name === 'handled'),
    { name: 'handled', levels: ['info'] } as never,
  )
  const body = JSON.stringify({ name: 'handled', level: 'debug', for: '10m' })
  const response = await call('PUT', body)
  t.is(response.status, 200)
  t.is(response.headers.get('cache-control'), 'no-store')
  t.is(log.level, 'debug')
  const [event = {}] = destination.records
  t.is(event['event.action'], 'sys_monitor_enabled')
  t.deepEqual(event['user'], { id: 'ada' })
  t.deepEqual(event['source'], { ip: '127.0.0.1' })
  t.regex(String((event['security'] as LogRecord)['until']), /^\d{4}-/)
})

test('without the token nothing is told or set, and the attempt is logged', async (t) => {
  const { log, destination, call } = await served(t, 'guarded')
  for (const shown of [
    '',
    'Bearer wrong-token-of-the-same',
    `Basic ${token}`,
    `Bearer ${token}x`,
  ]) {
    const response = await call('PUT', '{"level":"silent"}', shown)
    t.is(response.status, 401, shown)
    t.is(response.headers.get('www-authenticate'), 'Bearer')
    t.notRegex(await response.text(), /guarded/)
  }
  t.is(log.level, 'info')
  t.deepEqual(
    destination.records.map((record) => record['event.action']),
    ['authz_fail', 'authz_fail', 'authz_fail', 'authz_fail'],
  )
})

test('a request that makes no sense is answered, and changes nothing', async (t) => {
  const { log, call } = await served(t, 'nonsense')
  const put = (body: string) => call('PUT', body).then(({ status }) => status)
  t.is(await put('{'), 400)
  t.is(await put('null'), 400)
  t.is(await put('{"level":7}'), 400)
  t.is(await put(`{"level":"info","x":"${'x'.repeat(5_000)}"}`), 400)
  t.is(await put('{"name":"nonsense","level":"loud"}'), 422)
  t.is(await put('{"name":"nonsense","level":"debug","for":"soon"}'), 422)
  t.is((await call('DELETE')).status, 405)
  t.is(log.level, 'info')
})

test('the token is masked on every line', async (t) => {
  const { log, destination } = await served(t, 'masked')
  log.info({ note: token }, `called with ${token}`)
  t.false(destination.lines.join('').includes(token))
})

test('it stands in an Express application whose bodies are parsed before', async (t) => {
  const log = createSecurityLogger({ name: 'mounted' }, memoryDestination())
  const app = express()
  app.use(express.json())
  app.use('/levels', createLevelHandler(log, { token }))
  const url = await listening(t, createServer(app))
  const response = await fetch(`${url}levels`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'mounted', level: 'trace' }),
  })
  t.is(response.status, 200)
  t.is(log.level, 'trace')
})

test('without a token worth the name there is no handler', (t) => {
  const log = createSecurityLogger({}, memoryDestination())
  for (const bad of [undefined, '', 'short', {}, { ada: '' }]) {
    const error = t.throws(() => createLevelHandler(log, { token: bad as string }))
    t.is((error as SeclogError).code, 'SECLOG_OPTION_INVALID')
  }
  t.is(
    (t.throws(() => createLevelHandler(log, { token: 'aaaaaaaaaaaaaaaaaaaa' })) as SeclogError)
      .code,
    'SECLOG_SECRET_WEAK',
  )
})
