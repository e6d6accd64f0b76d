/** One peer in a process of its own. The parent says which case to run, and for how long. */
import { cases, secrets } from './cases.mjs'
import { httpServers } from './http.mjs'
import { createMeasure } from './measure.mjs'
import { memoryOf } from './memory.mjs'
import { registerOpenTelemetry } from './otel.mjs'
import { peers } from './peers.mjs'
import { load } from './project.mjs'
import { redactionFigures } from './redaction.mjs'
import { openSink } from './sinks.mjs'
import { spanLoops } from './spans.mjs'

const [, , kind, name, sinkKind] = process.argv
const nextTurn = () => new Promise((resolve) => setImmediate(resolve))

async function prepareLines() {
  const peer = peers[name]
  const sink = openSink(sinkKind)
  const otel = peer.logOnly ? undefined : await registerOpenTelemetry()
  const inSpan = otel
    ? (run) => otel.context.with(otel.contexts[0], run)
    : await load('seclog').then(
        ({ withSpan }) =>
          (run) =>
            withSpan('bench', run),
      )
  const loops = await peer.make(sink)
  const between = async () => {
    sink.between()
    if (peer.deferred) await nextTurn()
  }
  const measures = {
    plain: createMeasure({ between }),
    span: createMeasure({ between, wrap: inSpan }),
  }
  // Every shape of call once, so that the order of the cases does not decide what the compiler has seen.
  for (const [key, { span }] of Object.entries(cases)) {
    const loop = loopOf(key, loops, otel)
    if (loop !== undefined) await measures[span ? 'span' : 'plain'](key, loop, 20)
  }
  return {
    run(key, milliseconds) {
      const loop = loopOf(key, loops, otel)
      if (loop === undefined) return undefined
      return measures[cases[key].span ? 'span' : 'plain'](key, loop, milliseconds)
    },
    memory: (lines) => memoryOf(loops.fields, lines, between),
    sample: () => sampleOf(peer, inSpan),
    close: () => sink.close(),
  }
}

function loopOf(key, loops, otel) {
  const loop = loops[key]
  if (!cases[key].eight || loop === undefined) return loop
  if (otel === undefined) return undefined
  const { context, contexts } = otel
  return (n) => {
    for (let i = 0; i < n; i += 8) context.with(contexts[(i >> 3) & 63], loop, undefined, 8)
  }
}

/** One line of each shape and what it gives away. */
async function sampleOf(peer, inSpan) {
  const sink = openSink('memory')
  const loops = await peer.make(sink)
  const lines = []
  for (const key of ['span', 'request', 'error']) {
    inSpan(() => loops[key](1))
    await nextTurn()
    lines.push(sink.lines.at(-1))
  }
  const [inASpan, request, error] = lines
  return {
    ids: /"(?:trace_id|trace\.id)":"[0-9a-f]{32}"/.test(inASpan),
    leaked: Object.values(secrets).filter((secret) => request.includes(secret)).length,
    stack: /lockfile entry.*at /.test(error),
    bytes: Buffer.byteLength(request),
    lines,
  }
}

const answers = {
  run: (prepared, { key, milliseconds }) => prepared.run(key, milliseconds),
  memory: (prepared, { lines }) => prepared.memory(lines),
  sample: (prepared) => prepared.sample(),
  figures: (_prepared, { milliseconds }) => redactionFigures(milliseconds),
}

const prepare = {
  lines: prepareLines,
  spans: () => spanLoops(name),
  http: () => httpServers(name),
  redaction: () => ({ close() {} }),
}

async function serve() {
  const prepared = await prepare[kind]()
  process.on('message', async (message) => {
    try {
      if (message.command !== 'stop') {
        process.send({ value: await answers[message.command](prepared, message) })
        return
      }
      await prepared.close()
      process.disconnect()
    } catch (error) {
      fail(error)
    }
  })
  process.send({ ready: true })
}

function fail(error) {
  process.send({ error: String(error?.stack ?? error) }, () => process.exit(1))
}

await serve().catch(fail)
