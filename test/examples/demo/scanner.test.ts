import { fork } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import test, { type ExecutionContext } from 'ava'
import { type LogRecord, parseLogLines } from '../../../src/testing/index.js'

interface Scanner {
  readonly url: string
  /** Lets go of it and reads what it logged. */
  stop(): Promise<readonly LogRecord[]>
}

async function startScanner(t: ExecutionContext): Promise<Scanner> {
  const scanner = fork('build/examples/demo/scanner.js', {
    silent: true,
    env: { ...process.env, NODE_V8_COVERAGE: '' },
  })
  t.teardown(() => scanner.kill())
  const [{ port }] = (await once(scanner, 'message')) as [{ port: number }]
  return {
    url: `http://127.0.0.1:${port}/scans`,
    async stop() {
      const stdout = scanner.stdout ? text(scanner.stdout) : ''
      const ended = once(scanner, 'exit')
      scanner.disconnect()
      t.deepEqual(await ended, [0, null])
      return parseLogLines(await stdout).records
    },
  }
}

function post(url: string, body: string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(url, { method: 'POST', body, headers })
}

function ended(records: readonly LogRecord[]): LogRecord[] {
  return records.filter(
    ({ span, ...record }) =>
      record['event.kind'] === 'span' && (span as LogRecord)['name'] === 'POST /scans',
  )
}

test('a traceparent header makes the request part of that trace; a malformed one does not', async (t) => {
  const scanner = await startScanner(t)
  const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
  const valid = `00-${traceId}-00f067aa0ba902b7-01`
  for (const traceparent of [valid, `${valid}0`, valid.toUpperCase(), `00-${'0'.repeat(32)}-x`])
    t.is((await post(scanner.url, '{"packages":{}}', { traceparent })).status, 200)
  const records = ended(await scanner.stop())
  t.like(records[0], { trace_id: traceId, span: { parent_span_id: '00f067aa0ba902b7' } })
  const others = records.slice(1).map((record) => record['trace_id'])
  t.is(new Set([traceId, ...others]).size, 4)
})

test('a body that is too large is refused in a sentence, as an error span', async (t) => {
  const scanner = await startScanner(t)
  const answer = await post(scanner.url, ' '.repeat(33 * 1024 * 1024))
  t.is(answer.status, 413)
  t.deepEqual(await answer.json(), {
    error: 'Lock files up to 32 MiB are read; this one is larger.',
  })
  const [span] = ended(await scanner.stop())
  t.like(span, { level: 'error', span: { status: 'error' } })
})

test('other paths and methods are not served', async (t) => {
  const scanner = await startScanner(t)
  t.is((await fetch(scanner.url)).status, 404)
  t.is((await post(`${scanner.url}/x`, '')).status, 404)
  t.is(ended(await scanner.stop()).length, 2)
})
