import test from 'ava'
import { runProgram } from './child.js'
import { answerStatus, type Receiver, startReceiver } from './receiver.js'

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

test('a process with an export on its way ends by itself without a shutdown', async (t) => {
  const receiver = await startReceiver(() => {})
  const { code } = await runProgram(`await startTracing({ batch: { delayMs: 0 } }); ${span}`, {
    OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
  })
  await receiver.close()
  t.is(code, 0)
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
