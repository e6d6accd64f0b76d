import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { SSEClientTransport } from '@modelcontextprotocol/sdk/client/sse.js'
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js'
import type { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import type { ExecutionContext } from 'ava'
import { tracedFetch } from '../../src/http/index.js'
import { createSecurityLogger, type SecurityLogger } from '../../src/index.js'
import {
  type McpClientTracingOptions,
  type McpTracingOptions,
  traceMcpClient,
} from '../../src/mcp/index.js'
import {
  type LogRecord,
  type MemoryDestination,
  memoryDestination,
  type TraceNode,
  type TraceTree,
  traceTree,
} from '../../src/testing/index.js'
import { type HttpServerOptions, serveHttp, serveSse } from './http-server.js'
import { createScanner } from './server.js'

export interface Ends {
  readonly client: Client
  readonly log: SecurityLogger
  readonly gateway: MemoryDestination
  readonly scanner: MemoryDestination
  /** The lines of both ends, of what was sent after the connection was made. */
  lines(): readonly LogRecord[]
  trees(): readonly TraceTree[]
}

export interface EndOptions {
  readonly client?: Omit<McpClientTracingOptions, 'log'>
  readonly server?: Omit<McpTracingOptions, 'log'>
}

export function createGatewayClient(
  log: SecurityLogger,
  options: Omit<McpClientTracingOptions, 'log'> = {},
): Client {
  return traceMcpClient(
    new Client(
      { name: 'gateway', version: '1.0.0' },
      { capabilities: { roots: { listChanged: true } } },
    ),
    { log, ...options },
  )
}

/** A traced client and a traced server, connected within this process. */
export async function inMemory(t: ExecutionContext, options: EndOptions = {}): Promise<Ends> {
  const gateway = memoryDestination()
  const scanner = memoryDestination()
  const log = createSecurityLogger({ service: 'gateway' }, gateway)
  const server = createScanner(
    createSecurityLogger({ service: 'scanner' }, scanner),
    options.server,
  )
  const client = createGatewayClient(log, options.client)
  await connectInMemory(t, client, server)
  gateway.clear()
  scanner.clear()
  return endsOf(client, log, gateway, scanner)
}

export async function connectInMemory(
  t: ExecutionContext,
  client: Client,
  server: Pick<McpServer, 'connect'>,
): Promise<void> {
  const [near, far] = InMemoryTransport.createLinkedPair()
  await server.connect(far)
  await client.connect(near)
  t.teardown(() => client.close())
}

/** A traced client of a traced server in a process of its own. */
export async function overStdio(
  t: ExecutionContext,
  options: EndOptions['client'] = {},
): Promise<Ends> {
  const gateway = memoryDestination()
  const scanner = memoryDestination()
  const log = createSecurityLogger({ service: 'gateway' }, gateway)
  const client = createGatewayClient(log, options)
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: ['build/test/mcp/stdio-server.js'],
    stderr: 'pipe',
  })
  transport.stderr?.on('data', (chunk: Buffer) => scanner.write(chunk.toString('utf8')))
  await client.connect(transport)
  t.teardown(() => client.close())
  gateway.clear()
  return endsOf(client, log, gateway, scanner)
}

/** The same over the older HTTP with SSE. */
export async function overSse(t: ExecutionContext): Promise<Ends> {
  const gateway = memoryDestination()
  const scanner = memoryDestination()
  const log = createSecurityLogger({ service: 'gateway' }, gateway)
  const client = createGatewayClient(log)
  const url = await serveSse(t, createSecurityLogger({ service: 'scanner' }, scanner))
  await client.connect(new SSEClientTransport(url))
  t.teardown(() => client.close())
  gateway.clear()
  scanner.clear()
  return endsOf(client, log, gateway, scanner)
}

export function endsOf(
  client: Client,
  log: SecurityLogger,
  gateway: MemoryDestination,
  scanner: MemoryDestination,
): Ends {
  const lines = (): readonly LogRecord[] => [...gateway.records, ...scanner.records]
  return { client, log, gateway, scanner, lines, trees: () => traceTree(lines()) }
}

/** The spans of a tree as names, indented; children in the order of their names. */
export function outline(tree: TraceTree | undefined): readonly string[] {
  const write = (node: TraceNode, depth: number): string[] => [
    `${'  '.repeat(depth)}${node.service} ${node.kind} ${node.name}`,
    ...[...node.children]
      .sort((a, b) => (a.name < b.name ? -1 : 1))
      .flatMap((child) => write(child, depth + 1)),
  ]
  return (tree?.roots ?? []).flatMap((root) => write(root, 0))
}

/** All spans of the trees, by their names. */
export function spansNamed(trees: readonly TraceTree[], name: string): readonly TraceNode[] {
  const all = (node: TraceNode): TraceNode[] => [node, ...node.children.flatMap(all)]
  return trees.flatMap(({ roots }) => roots.flatMap(all)).filter((node) => node.name === name)
}

export interface HttpEndOptions
  extends EndOptions,
    Pick<HttpServerOptions, 'stateless' | 'span' | 'adapter' | 'prepare'> {
  readonly headers?: Readonly<Record<string, string>>
  /** The client's requests of HTTP have spans, and carry the trace in their headers too. */
  readonly tracedFetch?: boolean
}

/** A traced client of a traced server that is spoken to over a socket. */
export async function overHttp(
  t: ExecutionContext,
  { client: clientOptions, server, headers, tracedFetch: traced, ...http }: HttpEndOptions = {},
): Promise<Ends> {
  const gateway = memoryDestination()
  const scanner = memoryDestination()
  const log = createSecurityLogger({ service: 'gateway' }, gateway)
  const url = await serveHttp(t, createSecurityLogger({ service: 'scanner' }, scanner), {
    ...server,
    ...http,
  })
  const client = createGatewayClient(log, clientOptions)
  const transport = new StreamableHTTPClientTransport(url, {
    ...(headers !== undefined && { requestInit: { headers } }),
    ...(traced === true && { fetch: tracedFetch(undefined, { log }) as typeof fetch }),
  })
  await client.connect(transport as never)
  t.teardown(() => client.close())
  gateway.clear()
  scanner.clear()
  return endsOf(client, log, gateway, scanner)
}

interface RecordedSpan {
  readonly links?: readonly { readonly trace_id: string; readonly span_id: string }[]
  readonly events?: readonly { readonly name: string; readonly attributes?: object }[]
}

/** What the record of a span has beside its attributes. */
export function recordOf(node: TraceNode | undefined): RecordedSpan {
  return (node?.record?.['span'] ?? {}) as RecordedSpan
}

/** Waits for what other parts of the process are about to do. */
export async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve))
}
