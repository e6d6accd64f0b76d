/** What tracing and logging a request costs a server: each peer a server in a process of its own, asked by another process. */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { registerOpenTelemetry } from './otel.mjs'
import { load, requireOfProject } from './project.mjs'
import { openSink } from './sinks.mjs'

/** `base`: the peer that it is held against, where that is not the first one. */
export const httpPeers = {
  rivals: {
    title: 'pino-http + instrumentation-http, exporting',
    otel: true,
    instrumented: true,
    rival: true,
  },
  bare: { title: 'no log, no trace' },
  'pino-http': { title: 'pino-http, no trace', rival: true },
  exporting: { title: 'seclog, exporting', otel: true, ours: true },
  instrumented: {
    title: 'seclog beside instrumentation-http',
    otel: true,
    instrumented: true,
    ours: true,
  },
  'log-only': { title: 'seclog, no OpenTelemetry', ours: true },
  quiet: {
    title: 'seclog, no OpenTelemetry, no span records',
    ours: { spans: { level: 'debug' } },
  },
}

export const httpCases = {
  node: { title: 'node:http, a small JSON answer' },
  express: { title: 'Express, a small JSON answer to a route' },
}

const answer = '{"ok":true}'
const loadFile = fileURLToPath(new URL('./http-load.mjs', import.meta.url))

export async function httpServers(name) {
  const peer = httpPeers[name]
  const otel = peer.otel && (await registerOpenTelemetry())
  if (peer.instrumented) await instrument()
  const http = requireOfProject('http')
  const { stream } = openSink('null')
  const wraps = peer.ours ? await ours(peer, stream) : peer.rival ? await rival(stream) : bare
  const express = requireOfProject('express')
  const app = express()
  app.disable('x-powered-by').disable('etag')
  wraps.express(app)
  app.get('/scans/:id', (_, response) => {
    response.type('json').send(answer)
  })
  const handler = (_, response) => {
    response.setHeader('content-type', 'application/json')
    response.end(answer)
  }
  const servers = { node: http.createServer(wraps.node(handler)), express: http.createServer(app) }
  const ports = {}
  for (const [key, server] of Object.entries(servers)) {
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    ports[key] = server.address().port
  }
  const client = fork(loadFile, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  const run = async (key, milliseconds) => {
    const before = process.cpuUsage()
    client.send({ port: ports[key], milliseconds, tail: answer })
    const [{ requests, elapsed }] = await once(client, 'message')
    const { user, system } = process.cpuUsage(before)
    if (otel) await otel.drain()
    return { ns: elapsed / requests, cpu: ((user + system) * 1000) / requests }
  }
  for (const key of Object.keys(httpCases)) await run(key, 400)
  return {
    run,
    close() {
      client.disconnect()
      for (const server of Object.values(servers)) {
        server.close()
        server.closeAllConnections()
      }
    },
  }
}

const bare = { node: (handler) => handler, express() {} }

async function rival(stream) {
  const { default: pino } = await load('pino')
  const { pinoHttp } = await load('pino-http')
  const log = pinoHttp({ logger: pino({}, stream) })
  return {
    node: (handler) => (request, response) => {
      log(request, response)
      handler(request, response)
    },
    express: (app) => app.use(log),
  }
}

async function ours(peer, stream) {
  const { createSecurityLogger } = await load('seclog')
  const { traceHttpHandler } = await load('seclog/http')
  const { traceExpress } = await load('seclog/express')
  const options = typeof peer.ours === 'object' ? peer.ours : {}
  const log = createSecurityLogger({ service: 'scan-api', ...options }, stream)
  return {
    node: (handler) => traceHttpHandler(handler, { log }),
    express: (app) => app.use(traceExpress({ log })),
  }
}

async function instrument() {
  const { HttpInstrumentation } = await load('@opentelemetry/instrumentation-http')
  const { trace, propagation } = await load('@opentelemetry/api')
  const { W3CTraceContextPropagator } = await load('@opentelemetry/core')
  propagation.setGlobalPropagator(new W3CTraceContextPropagator())
  const instrumentation = new HttpInstrumentation()
  instrumentation.setTracerProvider(trace.getTracerProvider())
  instrumentation.enable()
}
