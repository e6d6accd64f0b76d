import { spawn } from 'node:child_process'
import { once } from 'node:events'
import process from 'node:process'
import test from 'ava'
import { parseLogLines } from '../../src/testing/index.js'
import { startReceiver } from './receiver.js'

const entry = JSON.stringify(new URL('../../src/index.js', import.meta.url).href)

/** Handles an invocation for each line that it reads, as a function platform calls a handler. */
const handler = `
import { createSecurityLogger, startTracing } from ${entry}
import { createInterface } from 'node:readline'
const log = createSecurityLogger({ service: 'function' })
await startTracing({ log })
for await (const name of createInterface({ input: process.stdin })) {
  log.withSpan(name, () => log.info('handled ' + name))
  await log.flushed({ timeoutMs: 10_000 })
  process.stderr.write('done')
}
`

if (process.platform !== 'win32')
  test('flushed at the end of an invocation has lines and spans out before the process is frozen', async (t) => {
    const receiver = await startReceiver()
    const child = spawn(process.execPath, ['--no-warnings', '--input-type=module', '-e', handler], {
      env: {
        PATH: process.env['PATH'] ?? '',
        OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
        OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
      },
    })
    let stdout = ''
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk.toString()
    })
    const names: string[] = []
    for (const name of ['first', 'second', 'third']) {
      child.stdin.write(`${name}\n`)
      await once(child.stderr, 'data')
      child.kill('SIGSTOP')
      names.push(name)
      const spans = receiver.requests.flatMap((request) => request.spans.map((span) => span.name))
      t.deepEqual(spans, names)
      while (!stdout.includes(`span ${name} ended`)) await once(child.stdout, 'data')
      const { records } = parseLogLines(stdout)
      t.is(records.length, names.length * 2)
      child.kill('SIGCONT')
    }
    child.stdin.end()
    await once(child, 'close')
    await receiver.close()
  })
