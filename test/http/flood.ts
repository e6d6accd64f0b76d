import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { serve } from '@hono/node-server'
import type { ExecutionContext } from 'ava'
import express from 'express'
import fastify from 'fastify'
import { Hono } from 'hono'
import { traceExpress } from '../../src/http/express.js'
import { traceFastify } from '../../src/http/fastify.js'
import { traceHono } from '../../src/http/hono.js'
import {
  setRequestRoute,
  tracedFetch,
  traceHttpHandler,
  traceHttpServer,
} from '../../src/http/index.js'
import { type TraceNode, traceTree } from '../../src/testing/index.js'
import { type Logged, logged } from './serving.js'

/** What a request of the flood does, by its number. */
const kinds = ['plain', 'fails', 'aborts', 'streams', 'asks'] as const
type Kind = (typeof kinds)[number]

const kindOf = (number: number): Kind => kinds[number % kinds.length] ?? 'plain'

/** What a server does with a request: the same whatever framework it has. */
interface Work {
  run(number: number): Promise<string>
  /** The answer of requests that stream, and of those that never end. */
  answer(number: number, response: ServerResponse): Promise<void>
}

const delay = () => new Promise((resolve) => setTimeout(resolve, Math.random() * 20))

function createWork({ log }: Logged, backend: string): Work {
  const ask = tracedFetch(globalThis.fetch, { log })
  return {
    async run(number) {
      log.info({ number }, 'begun')
      await delay()
      return log.withSpan('inner', async () => {
        log.info({ number }, 'inside')
        await delay()
        if (kindOf(number) === 'fails') throw new RangeError(`number ${number}`)
        if (kindOf(number) === 'asks') return (await ask(`${backend}/${number}`)).text()
        return String(number)
      })
    },
    async answer(number, response) {
      response.writeHead(200)
      response.write('first')
      log.info({ number }, 'half')
      await delay()
      if (kindOf(number) === 'streams') response.end('last')
    },
  }
}

const options = { sampledPerSecond: Number.POSITIVE_INFINITY }

interface Running {
  readonly url: string
  close(): void
}

async function listen(server: {
  listen(port: number, host: string): unknown
  address(): unknown
  close(): unknown
  closeAllConnections?(): void
}): Promise<Running> {
  server.listen(0, '127.0.0.1')
  await once(server as never, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      server.closeAllConnections?.()
      server.close()
    },
  }
}

const byHand = (work: Work) => async (request: IncomingMessage, response: ServerResponse) => {
  const number = Number(request.url?.slice('/work/'.length))
  setRequestRoute(request, '/work/:number')
  try {
    const text = await work.run(number)
    if (kindOf(number) === 'aborts' || kindOf(number) === 'streams')
      await work.answer(number, response)
    else response.end(text)
  } catch {
    response.writeHead(500).end()
  }
}

export const frameworks: Readonly<
  Record<string, (work: Work, logger: Logged) => Promise<Running>>
> = {
  'node:http': (work, { log }) =>
    listen(createServer(traceHttpHandler(byHand(work), { log, ...options }))),
  'a traced server': (work, { log }) =>
    listen(traceHttpServer(createServer(byHand(work)), { log, ...options })),
  express(work, { log }) {
    const app = express()
    app.set('env', 'test')
    app.use(traceExpress({ log, ...options }))
    app.get('/work/:number', async (request, response) => {
      const number = Number(request.params.number)
      const text = await work.run(number)
      if (kindOf(number) === 'aborts' || kindOf(number) === 'streams')
        await work.answer(number, response)
      else response.send(text)
    })
    return listen(createServer(app))
  },
  async fastify(work, { log }) {
    const app = fastify()
    await app.register(traceFastify, { log, ...options })
    app.get<{ Params: { number: string } }>('/work/:number', async (request, reply) => {
      const number = Number(request.params.number)
      const text = await work.run(number)
      if (kindOf(number) !== 'aborts' && kindOf(number) !== 'streams') return text
      reply.hijack()
      await work.answer(number, reply.raw)
      return reply
    })
    app.setErrorHandler((_error, _request, reply) => reply.code(500).send('failed'))
    await app.ready()
    return listen(app.server)
  },
  hono(work, { log }) {
    const app = new Hono()
    app.use(traceHono({ log, ...options }))
    app.get('/work/:number', async (c) => {
      const number = Number(c.req.param('number'))
      const text = await work.run(number)
      if (kindOf(number) !== 'aborts' && kindOf(number) !== 'streams') return c.text(text)
      const { readable, writable } = new TransformStream()
      const writer = writable.getWriter()
      const encoder = new TextEncoder()
      void (async () => {
        await writer.write(encoder.encode('first'))
        log.info({ number }, 'half')
        await delay()
        if (kindOf(number) === 'streams') {
          await writer.write(encoder.encode('last'))
          await writer.close()
        }
      })().catch(() => {})
      return c.body(readable)
    })
    app.onError((_, c) => c.text('failed', 500))
    const server = serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 })
    return once(server, 'listening').then(() => ({
      url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      close: () => {
        ;(server as unknown as { closeAllConnections(): void }).closeAllConnections()
        server.close()
      },
    }))
  },
}

export const floodSize = 200

/** Sends many requests at once, and gives the shape of each one's trace by its number, from the log alone. */
export async function flood(
  t: ExecutionContext,
  framework: string,
): Promise<{ shapes: readonly string[]; logger: Logged }> {
  const logger = logged()
  const backend = await listen(
    createServer(
      traceHttpHandler(
        async (request, response) => {
          await delay()
          logger.log.info({ number: Number(request.url?.slice(1)) }, 'asked')
          response.end('answer')
        },
        { log: logger.log, ...options },
      ),
    ),
  )
  const start = frameworks[framework]
  if (start === undefined) throw new Error(framework)
  const server = await start(createWork(logger, backend.url), logger)
  t.teardown(() => {
    backend.close()
    server.close()
  })
  await Promise.all(Array.from({ length: floodSize }, (_, number) => send(server.url, number)))
  const asked = Array.from({ length: floodSize }, (_, number) => kindOf(number)).filter(
    (kind) => kind === 'asks',
  ).length
  await logger.ended(floodSize + asked)
  return { shapes: shapesOf(t, logger), logger }
}

async function send(url: string, number: number): Promise<void> {
  await delay()
  const controller = new AbortController()
  const response = await fetch(`${url}/work/${number}`, { signal: controller.signal })
  if (kindOf(number) !== 'aborts') {
    await response.text()
    return
  }
  const reader = response.body?.getReader()
  await reader?.read()
  await delay()
  controller.abort()
}

function shapesOf(t: ExecutionContext, logger: Logged): string[] {
  const trees = traceTree(logger.destination.records)
  t.is(trees.length, floodSize)
  t.deepEqual(
    trees.flatMap(({ problems }) => problems),
    [],
  )
  const traces = new Map<number, Set<unknown>>()
  for (const { number, trace_id: trace } of logger.destination.records) {
    if (typeof number !== 'number') continue
    traces.set(number, (traces.get(number) ?? new Set()).add(trace))
  }
  t.is(traces.size, floodSize)
  t.true([...traces.values()].every((ids) => ids.size === 1))
  const byTrace = new Map(trees.map((tree) => [tree.traceId, tree]))
  return [...traces]
    .sort(([a], [b]) => a - b)
    .map(([, [trace]]) => (byTrace.get(String(trace))?.roots ?? []).map(shapeOf).join(' + '))
}

/** `name status [messages] (children)` */
function shapeOf(node: TraceNode): string {
  const lines = node.lines.map(({ message }) => message)
  const children = node.children.map(shapeOf).sort()
  return `${node.name} ${node.status} [${lines.join(', ')}] (${children.join(', ')})`
}

const inner = (status: string, children = '') => `inner ${status} [inside] (${children})`
const outer = (status: string, lines: string, child: string) =>
  `GET /work/:number ${status} [${lines}] (${child})`

const expected: Readonly<Record<Kind, string>> = {
  plain: outer('unset', 'begun, GET /work/:number 200', inner('unset')),
  fails: outer('error', 'begun, GET /work/:number 500', inner('error')),
  aborts: outer(
    'error',
    'begun, half, GET /work/:number 200 aborted by the client',
    inner('unset'),
  ),
  streams: outer('unset', 'begun, half, GET /work/:number 200', inner('unset')),
  asks: outer(
    'unset',
    'begun, GET /work/:number 200',
    inner('unset', 'GET unset [] (GET unset [asked, GET /:number 200] ())'),
  ),
}

export const expectedShapes: readonly string[] = Array.from({ length: floodSize }, (_, number) =>
  expected[kindOf(number)].replace('/:number 200] ()', `/${number} 200] ()`),
)
