import process from 'node:process'
import { trace } from '@opentelemetry/api'
import test from 'ava'
import { createSecurityLogger } from '../../src/logger/create-logger.js'
import { runMain } from '../../src/tracing/index.js'
import { runProgram } from './child.js'
import { refusedUrl, startReceiver, startTcp } from './receiver.js'

test.afterEach(() => {
  process.exitCode = undefined
})

function memoryLogger() {
  const lines: string[] = []
  const log = createSecurityLogger({}, { write: (line: string) => void lines.push(line) })
  return { log, lines }
}

test.serial(
  'a job has its spans and lines out when it ends, and no exit code of its own',
  async (t) => {
    const receiver = await startReceiver()
    const { log, lines } = memoryLogger()
    const tracing = { endpoint: receiver.url, protocol: 'http/json' } as const
    await runMain(() => log.withSpan('scan', () => log.info('scanned')), { log, tracing })
    t.is(process.exitCode, undefined)
    t.is(receiver.requests[0]?.spans[0]?.name, 'scan')
    t.is(lines.length, 2)
    t.false(trace.getTracer('after').startSpan('after').isRecording())
    await receiver.close()
  },
)

test.serial(
  'a job that fails is a fatal line and the exit code 1, and its spans are out',
  async (t) => {
    const receiver = await startReceiver()
    const { log, lines } = memoryLogger()
    const tracing = { endpoint: receiver.url, protocol: 'http/json' } as const
    const job = async () => {
      trace.getTracer('job').startSpan('begun').end()
      throw new Error('disk full')
    }
    await runMain(job, { log, tracing })
    t.is(process.exitCode, 1)
    process.exitCode = undefined
    t.is(receiver.requests[0]?.spans[0]?.name, 'begun')
    t.regex(lines.at(-1) ?? '', /"level":"fatal".*disk full/)
    await receiver.close()
  },
)

test.serial(
  'a receiver that never answers and a logger that never flushes keep no job beyond its deadline',
  async (t) => {
    const hole = await startTcp(() => {})
    const { log } = memoryLogger()
    const stuck = Object.assign(Object.create(log), {
      flushed: () => new Promise<void>(() => {}),
      fatal() {
        throw new Error('no room')
      },
    })
    const job = () => {
      trace.getTracer('job').startSpan('lost').end()
      throw new Error('failed')
    }
    await runMain(job, { log: stuck, tracing: { endpoint: hole.url }, timeoutMs: 50 })
    t.is(process.exitCode, 1)
    process.exitCode = undefined
    await hole.close()
  },
)

test('without a logger a failed process says so without the message, and ends with 1', async (t) => {
  const program = `
    const { runMain } = await import(new URL('tracing/index.js', 'file://' + process.cwd() + '/'))
    await runMain(() => { throw new RangeError('secret') })`
  const url = await refusedUrl()
  const { code, stderr } = await runProgram(program, { OTEL_EXPORTER_OTLP_ENDPOINT: url })
  t.is(code, 1)
  t.is(stderr, 'The program failed: RangeError\n')
})
