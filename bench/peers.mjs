/** Who is measured: each makes its logger on a sink and gives the loops of the cases. Loaded one to a process. */
import { errors as failures, messageFirstLoops, pinoLoops, redactPaths } from './cases.mjs'
import { load, requireOfProject } from './project.mjs'

const hostname = 'bench'
const service = 'scan-api'

export const peers = {
  pino: {
    title: 'pino, bare',
    make: async (sink) => pinoLoops((await pinoOf())({}, sink.stream)),
  },
  'pino-mixin': {
    title: 'pino + hand-written mixin',
    make: async (sink) => pinoLoops((await pinoOf())({ mixin: await idMixin() }, sink.stream)),
  },
  'pino-instrumentation': {
    title: 'pino + instrumentation-pino',
    make: async (sink) => pinoLoops(await instrumentedPino(sink.stream)),
  },
  'pino-redact': {
    title: 'pino + five redact paths',
    make: async (sink) => pinoLoops((await pinoOf())({ redact: redactPaths }, sink.stream)),
  },
  'pino-redact-mixin': {
    title: 'pino + five redact paths + mixin',
    make: async (sink) => {
      const options = { redact: redactPaths, mixin: await idMixin() }
      return pinoLoops((await pinoOf())(options, sink.stream))
    },
  },
  'pino-deep-redact': {
    title: 'pino + @hackylabs/deep-redact',
    make: async (sink) => pinoLoops(await deepRedactingPino(sink.stream)),
  },
  'ecs-pino': {
    title: 'pino + @elastic/ecs-pino-format',
    make: async (sink) => {
      const { ecsFormat } = (await import('@elastic/ecs-pino-format')).default
      return pinoLoops((await pinoOf())({ ...ecsFormat(), name: service }, sink.stream))
    },
  },
  winston: { title: 'winston, json', deferred: true, make: winstonLoops },
  logtape: {
    title: 'LogTape, JSON lines',
    make: (sink) => logtapeLoops(sink, false),
  },
  'logtape-redaction': {
    title: 'LogTape + @logtape/redaction',
    make: (sink) => logtapeLoops(sink, true),
  },
  seclog: { title: 'seclog, json', ours: true, make: (sink) => seclogLoops(sink, {}) },
  'seclog-log-only': {
    title: 'seclog, json, no OpenTelemetry',
    ours: true,
    logOnly: true,
    make: (sink) => seclogLoops(sink, {}),
  },
  'seclog-plain': {
    title: 'seclog, json, redaction off',
    ours: true,
    make: (sink) => seclogLoops(sink, { redact: false }),
  },
  'seclog-ecs': {
    title: 'seclog, ecs',
    ours: true,
    make: (sink) => seclogLoops(sink, { format: 'ecs' }),
  },
}

async function pinoOf() {
  return (await load('pino')).default
}

async function seclogLoops(sink, options) {
  const { createSecurityLogger } = await load('seclog')
  return pinoLoops(createSecurityLogger({ service, ...options }, sink.stream))
}

/** What applications write by hand. */
async function idMixin() {
  const { trace } = await load('@opentelemetry/api')
  return () => {
    const span = trace.getActiveSpan()
    if (span === undefined) return {}
    const { traceId, spanId, traceFlags } = span.spanContext()
    return { trace_id: traceId, span_id: spanId, trace_flags: `0${traceFlags.toString(16)}` }
  }
}

/** Registered before pino is loaded, by `require`, which is the only way that works without a loader hook. */
async function instrumentedPino(stream) {
  const { PinoInstrumentation } = requireOfProject('@opentelemetry/instrumentation-pino')
  // It enables itself; its copying of lines to OpenTelemetry's logs is not what is compared here.
  new PinoInstrumentation({ disableLogSending: true })
  return requireOfProject('pino')({}, stream)
}

async function deepRedactingPino(stream) {
  const { DeepRedact } = await import('@hackylabs/deep-redact')
  const redactor = new DeepRedact({
    blacklistedKeys: ['authorization', 'cookie', 'password', 'token', 'accesstoken'],
    caseSensitiveKeyMatch: false,
    stringTests: [
      {
        pattern: /([?&]access_token=)[^&]+/,
        replacer: (value, pattern) => value.replace(pattern, '$1[REDACTED]'),
      },
    ],
    serialise: false,
  })
  return (await pinoOf())({ formatters: { log: (fields) => redactor.redact(fields) } }, stream)
}

async function winstonLoops(sink) {
  const { default: winston } = await import('winston')
  const { Writable } = await import('node:stream')
  const stream = new Writable({
    decodeStrings: false,
    write(line, _encoding, done) {
      sink.write(line)
      done()
    },
  })
  const { combine, errors, json, timestamp } = winston.format
  const log = winston.createLogger({
    level: 'info',
    defaultMeta: { pid: process.pid, hostname },
    format: combine(errors({ stack: true }), timestamp(), json()),
    transports: [new winston.transports.Stream({ stream })],
  })
  const loops = messageFirstLoops(log, (parent) =>
    parent.child({ component: 'scanner', tenant: 't-17' }),
  )
  // An Error among the fields loses its stack in winston's json; this is the call that its documentation shows.
  loops.error = (n) => {
    for (let i = 0; i < n; i++) log.error('scan failed', failures[i & 255])
  }
  return loops
}

async function logtapeLoops(sink, redacting) {
  const { configureSync, getJsonLinesFormatter, getLogger } = await import('@logtape/logtape')
  let formatter = getJsonLinesFormatter()
  if (redacting) {
    const { JWT_PATTERN, CREDIT_CARD_NUMBER_PATTERN, redactByPattern } = await import(
      '@logtape/redaction'
    )
    const query = { pattern: /([?&]access_token=)[^&"]+/g, replacement: '$1REDACTED' }
    formatter = redactByPattern(formatter, [JWT_PATTERN, CREDIT_CARD_NUMBER_PATTERN, query])
  }
  let write = (record) => {
    sink.write(formatter(record))
  }
  if (redacting) write = (await import('@logtape/redaction')).redactByField(write)
  configureSync({
    reset: true,
    sinks: { lines: write },
    loggers: [
      { category: 'bench', lowestLevel: 'info', sinks: ['lines'] },
      { category: ['logtape', 'meta'], lowestLevel: 'error', sinks: [] },
    ],
  })
  return messageFirstLoops(getLogger('bench'), (parent) =>
    parent.with({ component: 'scanner', tenant: 't-17' }),
  )
}
