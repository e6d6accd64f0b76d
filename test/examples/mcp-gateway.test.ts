import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import {
  parseLogLines,
  type TraceNode,
  type TraceTree,
  traceTree,
} from '../../src/testing/index.js'
import { type Run, runExample } from './run.js'

interface GatewayRun extends Run {
  readonly trees: readonly TraceTree[]
  readonly lines: string
}

async function runGateway(t: ExecutionContext, ...paths: string[]): Promise<GatewayRun> {
  const logs = mkdtempSync(join(tmpdir(), 'seclog-mcp-gateway-'))
  t.teardown(() => rmSync(logs, { recursive: true }))
  const run = await runExample('mcp-gateway/main.js', ['--logs', logs, ...paths])
  t.is(run.stderr, '')
  t.is(run.code, 0)
  const lines = ['gateway', 'scanner']
    .map((service) => readFileSync(join(logs, `${service}.jsonl`), 'utf8'))
    .join('')
  const { records, broken } = parseLogLines(lines)
  t.deepEqual(broken, [])
  return { ...run, lines, trees: traceTree(records) }
}

/** The names of a tree's spans with their services, in the order they began. */
function outline(tree: TraceTree | undefined): readonly string[] {
  const write = (node: TraceNode, depth: number): string[] => [
    `${'  '.repeat(depth)}${node.service}: ${node.name}`,
    ...node.children.flatMap((child) => write(child, depth + 1)),
  ]
  return (tree?.roots ?? []).flatMap((root) => write(root, 0))
}

const requests = ({ trees }: GatewayRun): readonly TraceTree[] =>
  trees.filter(({ roots }) => roots[0]?.name === 'POST /tools/{name}')

test('a request through the gateway is one trace: HTTP, hooks, pooled session, server process', async (t) => {
  const run = await runGateway(t, 'package-lock.json')
  const [tree, ...others] = requests(run)
  t.deepEqual(others, [])
  t.deepEqual(tree?.problems, [])
  t.deepEqual(tree?.services, ['gateway', 'scanner'])
  t.deepEqual(outline(tree), [
    'gateway: POST /tools/{name}',
    '  gateway: plugin_hook tool_pre_invoke',
    '    gateway: plugin workspace only',
    '    gateway: plugin lock files only',
    '  gateway: tools/call scan_lockfile',
    '    gateway: mcp.client.request',
    '    scanner: tools/call scan_lockfile',
    '      scanner: read lock file',
    '    gateway: mcp.client.response',
    '  gateway: plugin_hook tool_post_invoke',
    '    gateway: plugin hide secrets',
  ])
  t.regex(run.stdout, /^package-lock\.json: 200 \d+ packages$/m)
  t.regex(run.stdout, /│ {2}├─ tools\/call scan_lockfile +scanner/)
  t.regex(run.stdout, /info {2}lock file scanned {2}packages=\d+/)
})

test('the session is opened once, in a trace of its own, and serves all requests', async (t) => {
  const run = await runGateway(t, ...Array.from({ length: 5 }, () => 'package-lock.json'))
  const traces = requests(run)
  t.is(new Set(traces.map(({ traceId }) => traceId)).size, 5)
  for (const tree of traces) t.is(tree.spanCount, 11)
  const opened = run.trees.filter(({ roots }) => roots[0]?.name === 'mcp.client.initialize')
  t.is(opened.length, 1)
  t.is(run.trees.length, 6)
})

test('a plugin that stops a call is named, and no tool is called', async (t) => {
  const run = await runGateway(t, '../secrets-lock.json')
  const [tree] = requests(run)
  t.regex(run.stdout, /^\.\.\/secrets-lock\.json: 403 path_outside_workspace$/m)
  t.deepEqual(outline(tree), [
    'gateway: POST /tools/{name}',
    '  gateway: plugin_hook tool_pre_invoke',
    '    gateway: plugin workspace only',
  ])
  t.like(tree?.roots[0]?.children[0]?.attributes, {
    'seclog.plugin.hook.outcome': 'stopped',
    'seclog.plugin.hook.stopped_by': 'workspace only',
  })
})

test('a plugin that modifies a result is named, and the secret is in no line', async (t) => {
  const file = 'build/leaky-lock.json'
  const resolved = 'https://ci:s3cr3t-pass-9@registry.example/a.tgz'
  writeFileSync(file, JSON.stringify({ packages: { 'node_modules/a': { resolved } } }))
  t.teardown(() => rmSync(file))
  const run = await runGateway(t, file)
  const [tree] = requests(run)
  t.like(tree?.roots[0]?.children.at(-1)?.attributes, {
    'seclog.plugin.hook.outcome': 'modified',
    'seclog.plugin.hook.modified_by': ['hide secrets'],
  })
  t.false(run.lines.includes('s3cr3t-pass-9'))
})

test('a tool that fails has failed at both ends, and the request says so', async (t) => {
  const run = await runGateway(t, 'none-lock.json')
  const [tree] = requests(run)
  t.regex(run.stdout, /^none-lock\.json: 422 the tool failed$/m)
  t.is(tree?.errorCount, 3)
  t.regex(run.stdout, /✗ tool_error[\s\S]*✗ Error: ENOENT/)
})
