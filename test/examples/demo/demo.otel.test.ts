import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { json } from 'node:stream/consumers'
import test, { type ExecutionContext } from 'ava'
import { parseLogLines, type TraceNode, traceTree } from '../../../src/testing/index.js'
import { type Run, runExample } from '../run.js'

interface ExportedSpan {
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string
  readonly name: string
}

interface ExportRequest {
  readonly resourceSpans: readonly {
    readonly scopeSpans: readonly { readonly spans: readonly ExportedSpan[] }[]
  }[]
}

/** A collector that keeps what it is sent. */
async function startCollector(
  t: ExecutionContext,
): Promise<{ endpoint: string; spans: ExportedSpan[] }> {
  const spans: ExportedSpan[] = []
  const server = createServer(async (request, response) => {
    const { resourceSpans } = (await json(request)) as ExportRequest
    spans.push(...resourceSpans.flatMap((r) => r.scopeSpans.flatMap((scope) => scope.spans)))
    response.setHeader('content-type', 'application/json').end('{}')
  })
  server.listen(0, '127.0.0.1')
  t.teardown(() => server.close())
  await once(server, 'listening')
  return { endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, spans }
}

async function runDemo(
  t: ExecutionContext,
  endpoint: string,
): Promise<Run & { spans: ExportedSpan[] }> {
  const logs = mkdtempSync(join(tmpdir(), 'seclog-demo-'))
  t.teardown(() => rmSync(logs, { recursive: true }))
  const run = await runExample('demo/main.js', ['package-lock.json', '--logs', logs], {
    OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
  })
  const lines = ['gateway', 'scanner'].map((name) =>
    readFileSync(join(logs, `${name}.jsonl`), 'utf8'),
  )
  const trees = traceTree(parseLogLines(lines.join('')).records)
  return { ...run, spans: trees.flatMap((tree) => flat(tree.traceId, tree.roots)) }
}

function flat(traceId: string, nodes: readonly TraceNode[]): ExportedSpan[] {
  return nodes.flatMap(({ spanId, parentSpanId, name, children }) => [
    { traceId, spanId, name, ...(parentSpanId !== undefined && { parentSpanId }) },
    ...flat(traceId, children),
  ])
}

function comparable(spans: readonly ExportedSpan[]): string[] {
  return spans
    .map(({ traceId, spanId, parentSpanId = '', name }) =>
      [traceId, parentSpanId, spanId, name].join(' '),
    )
    .sort()
}

test('with a collector both services export the very spans that their log lines tell of', async (t) => {
  const { endpoint, spans } = await startCollector(t)
  const run = await runDemo(t, endpoint)
  t.is(run.stderr, '')
  t.is(run.code, 0)
  t.true(run.spans.length > 10)
  t.deepEqual(comparable(spans), comparable(run.spans))
})

test('a collector that is down takes nothing from the log', async (t) => {
  const run = await runDemo(t, 'http://127.0.0.1:9')
  t.is(run.stderr, '')
  t.is(run.code, 0)
  t.regex(run.stdout, /Verdict: /)
  t.true(run.spans.length > 10)
})
