import test from 'ava'
import { runProgram } from './child.js'
import { answerStatus, type Receiver, refusedUrl, startReceiver } from './receiver.js'

const span = `
  const api = await import('@opentelemetry/api')
  const tracer = api.trace.getTracer('child')
  tracer.startSpan('work').end()`

for (const [name, start] of Object.entries({
  'never answers': () => startReceiver(() => {}),
  'is busy for ever': () => startReceiver(answerStatus(503)),
} satisfies Record<string, () => Promise<Receiver>>)) {
  test(`a process ends by itself after a shutdown, though the receiver ${name}`, async (t) => {
    const receiver = await start()
    const program = `
      const tracing = await startTracing({ batch: { delayMs: 0 } })
      ${span}
      await new Promise((resolve) => setTimeout(resolve, 50))
      await tracing.shutdown(200)
      console.log(JSON.stringify(tracing.health()), process.getActiveResourcesInfo().join())`
    const { code, stdout, stderr } = await runProgram(program, {
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
    })
    await receiver.close()
    t.is(code, 0)
    t.regex(stdout, /"made":1,"exported":0,"dropped":1,"queued":0/)
    t.notRegex(stdout, /Timeout|TCPSocketWrap/)
    t.regex(stderr, /Tracing has ended: 0 spans exported, 1 lost/)
  })
}

for (const [name, [start, why]] of Object.entries({
  'refuses connections': [
    async () => ({ url: await refusedUrl(), close: async () => {} }),
    /ECONNREFUSED/,
  ],
  'is busy for ever': [() => startReceiver(answerStatus(503)), /HTTP 503/],
  'never answers': [() => startReceiver(() => {}), /given up after 1000 ms/],
} satisfies Record<string, [() => Promise<Pick<Receiver, 'url' | 'close'>>, RegExp]>)) {
  for (const [when, delayMs] of Object.entries({ waiting: 5_000, 'on its way': 0 })) {
    test(`a program that just ends with a span ${when} says once that it is lost when the receiver ${name}`, async (t) => {
      const receiver = await start()
      const program = `
        await startTracing({ batch: { delayMs: ${delayMs} } }); ${span}
        await new Promise((resolve) => setTimeout(resolve, 50))`
      const { code, stderr } = await runProgram(program, {
        OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
      })
      await receiver.close()
      t.is(code, 0)
      t.is(stderr.split('SeclogWarning').length - 1, 1)
      t.regex(stderr, /Tracing has ended: 0 spans exported, 1 lost: /)
      t.regex(stderr, why)
    })
  }
}

test('a shutdown of your own when the program ends goes before', async (t) => {
  const receiver = await startReceiver(() => {})
  const program = `
    const tracing = await startTracing(); ${span}
    process.once('beforeExit', () => void tracing.shutdown(20))`
  const { code, stderr } = await runProgram(program, { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url })
  await receiver.close()
  t.is(code, 0)
  t.regex(stderr, /1 lost: given up after 20 ms/)
})

test('a program that just ends still delivers its spans', async (t) => {
  const receiver = await startReceiver()
  const { code, stderr } = await runProgram(`await startTracing(); ${span}`, {
    OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    OTEL_SERVICE_NAME: 'from-env',
    OTEL_RESOURCE_ATTRIBUTES: 'service.version=1%2C2,team=red',
    OTEL_EXPORTER_OTLP_HEADERS: 'x-api-key=secret%20one',
  })
  t.is(code, 0)
  t.is(stderr, '')
  t.is(receiver.requests.length, 1)
  const { spans, resource, headers } = await receiver.first
  t.is(spans[0]?.name, 'work')
  t.is(headers['x-api-key'], 'secret one')
  t.like(resource, { 'service.name': 'from-env', 'service.version': '1,2', team: 'red' })
  await receiver.close()
})
