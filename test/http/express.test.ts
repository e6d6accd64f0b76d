import { createServer } from 'node:http'
import test, { type ExecutionContext } from 'ava'
import express, { type ErrorRequestHandler } from 'express'
import { requestLog, traceExpress, traceExpressErrors } from '../../src/http/express.js'
import type { SecurityLogger } from '../../src/index.js'
import { logged, served } from './serving.js'

function quiet(): express.Express {
  const app = express()
  app.set('env', 'test')
  return app
}

const serve = (t: ExecutionContext, app: express.Express) => served(t, app)

test('a request is named by its route, from the root on', async (t) => {
  const { log, requests, ended, spans } = logged()
  const app = quiet()
  app.use(traceExpress({ log }))
  const orders = express.Router()
  orders.get('/:order', (_, response) => void response.send('one'))
  orders.get('/', (_, response) => void response.send('all'))
  const customers = express.Router()
  customers.use('/:customer/orders', orders)
  app.use('/customers', customers)
  app.get(['/a', '/b'], (_, response) => void response.send('list'))
  app.get(/^\/ab?c$/, (_, response) => void response.send('pattern'))
  const { url } = await serve(t, app)
  for (const path of [
    '/customers/acme/orders/7',
    '/customers/acme/orders',
    '/b',
    '/abc',
    '/none',
  ]) {
    await fetch(url + path)
  }
  await ended(5)
  t.deepEqual(
    spans().map(({ span }) => span['name']),
    [
      'GET /customers/:customer/orders/:order',
      'GET /customers/:customer/orders',
      'GET /a|/b',
      'GET /^\\/ab?c$/',
      'GET',
    ],
  )
  t.like(requests()[0], {
    'http.route': '/customers/:customer/orders/:order',
    'url.path': '/customers/acme/orders/7',
  })
  t.is(requests()[4]?.['msg'], 'GET /none 404')
})

test('handlers run in the scope of their request, behind a parsed body too', async (t) => {
  const { log, ended, destination } = logged()
  const app = quiet()
  app.use(traceExpress({ log }))
  app.use(express.json())
  app.post('/scan', async (request, response) => {
    await new Promise((resolve) => setTimeout(resolve, 1))
    log.info({ packages: request.body.packages }, 'scanning')
    ;(request as unknown as { log: SecurityLogger }).log.info('mine')
    requestLog(request)?.info('mine too')
    response.json({ ok: true })
  })
  const { url } = await serve(t, app)
  await fetch(`${url}/scan`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"packages":3}',
  })
  await ended(1)
  t.deepEqual(
    destination.records.map(({ msg }) => msg),
    ['scanning', 'mine', 'mine too', 'span POST /scan ended', 'POST /scan 200'],
  )
  t.is(new Set(destination.records.map((record) => record['span_id'])).size, 1)
})

test('an error that nobody handles is answered as without tracing, and is in the span', async (t) => {
  const { log, requests, ended, spans } = logged()
  const traced = quiet()
  traced.use(traceExpress({ log }))
  const plain = quiet()
  for (const app of [traced, plain]) {
    const router = express.Router()
    router.get('/fail/:how', async (request, _response, next) => {
      const error = new RangeError(`how: ${request.params.how}`)
      if (request.params.how === 'next') next(error)
      else if (request.params.how === 'throw') throw error
      else await Promise.reject(error)
    })
    app.use('/api', router)
  }
  const [{ url }, bare] = [await serve(t, traced), await serve(t, plain)]
  for (const how of ['next', 'throw', 'reject']) {
    const [answer, expected] = await Promise.all(
      [url, bare.url].map(async (base) => {
        const response = await fetch(`${base}/api/fail/${how}`)
        const text = await response.text()
        return [response.status, response.headers.get('content-type'), text.split('\n')[7]]
      }),
    )
    t.deepEqual(answer, expected)
  }
  await ended(3)
  t.deepEqual(
    spans().map(({ span }) => [span['name'], span['status'], span['status_message']]),
    [
      ['GET /api/fail/:how', 'error', 'how: next'],
      ['GET /api/fail/:how', 'error', 'how: throw'],
      ['GET /api/fail/:how', 'error', 'how: reject'],
    ],
  )
  t.is(requests()[0]?.['error.type'], 'RangeError')
})

test('an error that an error handler makes a 4xx of does not fail the span', async (t) => {
  const { log, requests, ended, spans } = logged()
  const app = quiet()
  app.use(traceExpress({ log }))
  app.get('/scan', () => {
    throw new Error('bad lockfile')
  })
  const handler: ErrorRequestHandler = (_error, _request, response, _next) => {
    response.status(422).send('bad lockfile')
  }
  app.use(handler)
  const { url } = await serve(t, app)
  t.is((await fetch(`${url}/scan`)).status, 422)
  await ended(1)
  t.is(spans()[0]?.span['status'], 'unset')
  t.like(spans()[0]?.['err'], { message: 'bad lockfile' })
  t.like(requests()[0], { level: 'warn', 'event.outcome': 'success' })
})

test('traceExpressErrors tells the span of errors and passes them on', async (t) => {
  const { log, ended, spans } = logged()
  const tracing = traceExpress({ log })
  const errors = traceExpressErrors()
  const error = new Error('from an older Express')
  // An Express whose router says nothing of itself.
  const { url } = await served(t, (request, response) => {
    tracing(request, response, () => {
      errors(error, request, response, (passed) => {
        t.is(passed, error)
        response.writeHead(500).end()
      })
    })
  })
  await fetch(url)
  await ended(1)
  t.is(spans()[0]?.span['status_message'], 'from an older Express')
})

test('mount paths are freed of what looks like an id where Express does not tell their patterns', async (t) => {
  const { log, ended, spans } = logged()
  const tracing = traceExpress({ log })
  const { url } = await served(t, (request, response) => {
    tracing(request, response, () => {
      Object.assign(request, { baseUrl: '/v1/tenants/4711/keys', route: { path: '/:key' } })
      response.end()
    })
  })
  await fetch(url)
  await ended(1)
  t.is(spans()[0]?.span['name'], 'GET /v1/tenants/:id/keys/:key')
})

test('paths that are left out run as if nothing was there', async (t) => {
  const { log, ended, requests, spans } = logged()
  const app = quiet()
  app.use(traceExpress({ log, ignore: ['/health'] }))
  app.get('/health', (request, response) => {
    response.json({ log: 'log' in request })
  })
  app.get('/scan', (_, response) => void response.send('ok'))
  const { url } = await serve(t, app)
  t.deepEqual(await (await fetch(`${url}/health`)).json(), { log: false })
  await fetch(`${url}/scan`)
  await ended(1)
  t.is(requests().length, 1)
  t.is(spans().length, 1)
})

test('an app that is mounted in a traced app is traced once', async (t) => {
  const { log, ended, requests, spans } = logged()
  const inner = quiet()
  inner.use(traceExpress({ log }))
  inner.get('/deep', (_, response) => void response.send('ok'))
  const app = quiet()
  app.use(traceExpress({ log }))
  app.use('/inner', inner)
  const { url } = await serve(t, app)
  await fetch(`${url}/inner/deep`)
  await ended(1)
  t.is(requests().length, 1)
  t.deepEqual(
    spans().map(({ span }) => span['name']),
    ['GET /inner/deep'],
  )
})

test('a stream that Express pipes out, and a download that the client breaks off', async (t) => {
  const { log, ended, requests } = logged()
  const app = quiet()
  app.use(traceExpress({ log }))
  app.get('/file', (_, response) => response.sendFile('package.json', { root: process.cwd() }))
  const { url } = await serve(t, app)
  const length = (await (await fetch(`${url}/file`)).text()).length
  await ended(1)
  t.like(requests()[0], { msg: 'GET /file 200', 'http.response.body.bytes': length })
})

test('Express takes what createServer takes', (t) => {
  const app = quiet()
  app.use(traceExpress({ log: logged().log }))
  app.use(traceExpressErrors())
  t.is(typeof createServer(app).listen, 'function')
})
