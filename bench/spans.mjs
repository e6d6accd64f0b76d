/** What a span costs: ours beside OpenTelemetry's own call, one to a process. */
import { createMeasure } from './measure.mjs'
import { registerOpenTelemetry } from './otel.mjs'
import { load } from './project.mjs'
import { openSink } from './sinks.mjs'

/** `base`: the peer that it is held against, where that is not the first one. */
export const spanPeers = {
  otel: { title: 'OpenTelemetry startActiveSpan + end, exporting', otel: { sampled: true } },
  'otel-unsampled': {
    title: 'OpenTelemetry startActiveSpan + end, unsampled',
    otel: { sampled: false },
  },
  exporting: { title: 'withSpan, exporting', ours: true, otel: { sampled: true } },
  unsampled: {
    title: 'withSpan, unsampled (OpenTelemetry unsampled = 1.00)',
    base: 'otel-unsampled',
    ours: true,
    otel: { sampled: false },
  },
  'security-sampler': {
    title: 'withSpan, unsampled but recorded by securitySampler',
    ours: true,
    otel: { security: true },
  },
  'log-only': { title: 'withSpan, no OpenTelemetry', ours: true },
  'log-exporting': {
    title: 'log.withSpan, exporting',
    ours: true,
    log: true,
    otel: { sampled: true },
  },
  'log-log-only': { title: 'log.withSpan, no OpenTelemetry', ours: true, log: true },
  'log-off': {
    title: 'log.withSpan, its record below the level, no OpenTelemetry',
    ours: true,
    log: { spans: { level: 'debug' } },
  },
  'one-line': { title: 'one log.info in a span, no OpenTelemetry', ours: true, line: true },
}

export const spanCases = {
  sync: { title: 'a synchronous callback' },
  attributes: { title: 'a synchronous callback, two attributes at the start and one inside' },
  async: { title: 'an async callback with one await' },
}

/** Spans between two exports: the size of a batch processor's own batch. */
const batchSize = 512

export async function spanLoops(name) {
  const peer = spanPeers[name]
  const otel = peer.otel && (await registerOpenTelemetry(peer.otel))
  const loops = peer.ours ? await ourLoops(peer) : otelLoops(otel.tracer)
  const between = otel ? otel.drain : () => {}
  const measure = createMeasure({ between, size: batchSize })
  const measureAsync = createAsyncMeasure(between)
  const run = (key, milliseconds) =>
    (key === 'async' ? measureAsync : measure)(key, loops[key], milliseconds)
  for (const key of Object.keys(spanCases)) await run(key, 60)
  return { run, close() {} }
}

const startAttributes = { 'db.system.name': 'postgresql', 'db.operation.name': 'SELECT' }
const work = { done: 0 }

function otelLoops(tracer) {
  return {
    sync: (n) => {
      for (let i = 0; i < n; i++) {
        tracer.startActiveSpan('scan', (span) => {
          work.done += i
          span.end()
        })
      }
    },
    attributes: (n) => {
      for (let i = 0; i < n; i++) {
        tracer.startActiveSpan('scan', { attributes: startAttributes }, (span) => {
          span.setAttribute('db.response.returned_rows', i)
          span.end()
        })
      }
    },
    async: async (n) => {
      for (let i = 0; i < n; i++) {
        await tracer.startActiveSpan('scan', async (span) => {
          await undefined
          span.end()
        })
      }
    },
  }
}

async function ourLoops(peer) {
  const { createSecurityLogger, withSpan } = await load('seclog')
  const { stream } = openSink('null')
  const options = typeof peer.log === 'object' ? peer.log : {}
  const log = createSecurityLogger({ service: 'scan-api', ...options }, stream)
  if (peer.line) return lineLoops(log, withSpan)
  const run = peer.log ? log.withSpan.bind(log) : withSpan
  return {
    sync: (n) => {
      for (let i = 0; i < n; i++) {
        run('scan', () => {
          work.done += i
        })
      }
    },
    attributes: (n) => {
      for (let i = 0; i < n; i++) {
        run('scan', { attributes: startAttributes }, (span) => {
          span.setAttribute('db.response.returned_rows', i)
        })
      }
    },
    async: async (n) => {
      for (let i = 0; i < n; i++) {
        await run('scan', async () => {
          await undefined
        })
      }
    },
  }
}

/** The line that `log.withSpan` is held against: as many fields as its record has. */
function lineLoops(log, withSpan) {
  const lines = (n) => {
    for (let i = 0; i < n; i++) {
      log.info({ name: 'scan', kind: 'internal', duration: 0.25, status: 'unset' }, 'scan')
    }
  }
  return { sync: (n) => withSpan('scan', () => lines(n)), attributes: lines, async: lines }
}

/** As `createMeasure`, for loops that must be awaited: the processor is not left to others, only the stack is. */
function createAsyncMeasure(between) {
  return async (_key, loop, milliseconds) => {
    const times = []
    let cpu = 0
    const until = performance.now() + milliseconds
    do {
      const before = process.cpuUsage()
      const start = process.hrtime.bigint()
      await loop(batchSize)
      times.push(Number(process.hrtime.bigint() - start) / batchSize)
      const used = process.cpuUsage(before)
      cpu += used.user + used.system
      await between()
    } while (performance.now() < until || times.length < 5)
    times.sort((a, b) => a - b)
    return { ns: times[times.length >> 1], cpu: (cpu * 1000) / (times.length * batchSize) }
  }
}
