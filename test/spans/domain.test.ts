import { setImmediate as nextTurn } from 'node:timers/promises'
import test, { type ExecutionContext } from 'ava'
import { expectTypeOf } from 'expect-type'
import { activeTrace, createSecurityLogger } from '../../src/index.js'
import {
  type CacheOutcome,
  type DomainSpan,
  type PluginOutcome,
  type ToolOutcome,
  withAgentSpan,
  withCacheSpan,
  withPluginHookSpan,
  withPluginSpan,
  withToolSpan,
} from '../../src/spans/index.js'
import { withSpan } from '../../src/spans/with-span.js'
import { memoryDestination } from '../../src/testing/index.js'

interface WrittenSpan {
  readonly name: string
  readonly kind: string
  readonly status: string
  readonly status_message?: string
  readonly attributes?: Readonly<Record<string, unknown>>
}

function logging() {
  const destination = memoryDestination()
  const log = createSecurityLogger({}, destination)
  const spans = () => destination.records.map(({ span }) => span as WrittenSpan)
  return { log, spans, last: () => spans().at(-1) as WrittenSpan }
}

test('a database span is named by what is done to what, and its query stays out', async (t) => {
  const { log, last } = logging()
  const rows = await log.withDatabaseSpan(
    {
      system: 'postgresql',
      namespace: 'scans',
      collection: 'findings',
      operation: 'SELECT',
      queryText: 'select * from findings',
      serverAddress: 'db',
      serverPort: 5432,
    },
    async (span) => {
      await nextTurn()
      span.outcome({ returnedRows: 2, statusCode: 0 })
      return [1, 2]
    },
  )
  t.deepEqual(rows, [1, 2])
  t.like(last(), { name: 'SELECT findings', kind: 'client', status: 'unset' })
  t.deepEqual(last().attributes, {
    'db.system.name': 'postgresql',
    'db.namespace': 'scans',
    'db.collection.name': 'findings',
    'db.operation.name': 'SELECT',
    'server.address': 'db',
    'server.port': 5432,
    'db.response.returned_rows': 2,
    'db.response.status_code': '0',
  })
})

const names: readonly (readonly [fields: object, name: string])[] = [
  [{ system: 's', querySummary: 'SELECT a b', operation: 'SELECT' }, 'SELECT a b'],
  [{ system: 's', operation: 'CALL', storedProcedure: 'p' }, 'CALL p'],
  [{ system: 's', operation: 'PING', namespace: 'n' }, 'PING n'],
  [{ system: 's', operation: 'PING', serverAddress: 'h', serverPort: 1 }, 'PING h:1'],
  [{ system: 's', operation: 'PING' }, 'PING'],
  [{ system: 's', collection: 'c' }, 'c'],
  [{ system: 's', namespace: '' }, 's'],
  [{}, 'database'],
]

test('a name is made of the best that is known', (t) => {
  const { log, last } = logging()
  for (const [fields, name] of names) {
    log.withDatabaseSpan(fields as never, () => {})
    t.is(last().name, name)
  }
})

test('content is recorded when it is asked for, and then redacted', (t) => {
  const { log, last } = logging()
  log.withDatabaseSpan(
    { system: 'mysql', queryText: "select 1 where password = 'hunter2hunter2'" },
    { record: ['queryText'] },
    () => {},
  )
  const text = String(last().attributes?.['db.query.text'])
  t.true(text.startsWith('select 1'))
  t.false(text.includes('hunter2'))

  const call = { name: 'login', arguments: { user: 'ada', password: 'correct horse' } }
  const result = { ok: true }
  t.is(
    log.withToolSpan(call, () => result),
    result,
  )
  t.false('gen_ai.tool.call.arguments' in (last().attributes ?? {}))
  t.false('gen_ai.tool.call.result' in (last().attributes ?? {}))
  log.withToolSpan(call, { record: ['arguments', 'result'] }, () => result)
  t.like(last().attributes, {
    'gen_ai.tool.call.arguments': { user: 'ada', password: '[Redacted]' },
    'gen_ai.tool.call.result': { ok: true },
  })
  log.withToolSpan(call, { record: ['result'] }, (span) => span.outcome({ result: 'stated' }) && 1)
  t.is(last().attributes?.['gen_ai.tool.call.result'], 'stated')
})

test('a URL is recorded without user, query and fragment; a status from 400 on is a failure', (t) => {
  const { log, last } = logging()
  const url = new URL('https://user:pass@registry.example/a/b?token=1#x')
  log.withExternalCallSpan({ service: 'registry', method: 'GET', url }, (span) =>
    span.outcome({ statusCode: 503, resendCount: 1 }),
  )
  t.like(last(), { name: 'GET', kind: 'client', status: 'error' })
  t.deepEqual(last().attributes, {
    'service.peer.name': 'registry',
    'http.request.method': 'GET',
    'url.full': 'https://registry.example/a/b',
    'http.response.status_code': 503,
    'http.request.resend_count': 1,
    'error.type': '503',
  })
  log.withExternalCallSpan({ service: 'registry' }, (span) => span.outcome({ statusCode: 302 }))
  t.like(last(), { name: 'registry', status: 'unset' })
})

test('messages are sent by a producer and processed by a consumer', (t) => {
  const { log, last } = logging()
  const message = { system: 'kafka', destination: 'scans', partitionId: 3 }
  log.withPublishSpan(message, (span) => span.outcome({ messageId: 'm-1' }))
  t.like(last(), { name: 'send scans', kind: 'producer' })
  t.like(last().attributes, {
    'messaging.system': 'kafka',
    'messaging.operation.type': 'send',
    'messaging.destination.partition.id': '3',
    'messaging.message.id': 'm-1',
  })
  log.withConsumeSpan(
    { ...message, destinationTemplate: 'scans-{id}', operation: 'poll' },
    () => {},
  )
  t.like(last(), { name: 'poll scans-{id}', kind: 'consumer' })
})

test('an agent and its tools say for what they work', (t) => {
  const { log, spans } = logging()
  log.withAgentSpan(
    { name: 'triage', id: 'a-1', conversationId: 'c-1', taskId: 7, issueId: 'i-1', issueNumber: 4 },
    { kind: 'client', attributes: { team: 'red' } },
    (agent) => {
      log.withToolSpan({ name: 'scan', callId: 'call-1' }, (tool) =>
        tool.outcome({ isError: true }),
      )
      agent.outcome({ conversationId: 'c-2' })
    },
  )
  const [tool, agent] = spans()
  t.like(tool, { name: 'execute_tool scan', kind: 'internal', status: 'error' })
  t.like(tool?.attributes, { 'gen_ai.tool.call.id': 'call-1', 'error.type': 'tool_error' })
  t.like(agent, { name: 'invoke_agent triage', kind: 'client' })
  t.deepEqual(agent?.attributes, {
    team: 'red',
    'gen_ai.operation.name': 'invoke_agent',
    'gen_ai.agent.name': 'triage',
    'gen_ai.agent.id': 'a-1',
    'gen_ai.conversation.id': 'c-2',
    'seclog.task.id': '7',
    'seclog.issue.id': 'i-1',
    'seclog.issue.number': 4,
  })
})

test('MCP requests are named by method and target, and tell their errors', (t) => {
  const { log, last } = logging()
  log.withMcpClientSpan({ method: 'tools/call', toolName: 'scan', requestId: 1 }, (span) =>
    span.outcome({ isError: true }),
  )
  t.like(last(), { name: 'tools/call scan', kind: 'client', status: 'error' })
  t.like(last().attributes, {
    'gen_ai.operation.name': 'execute_tool',
    'jsonrpc.request.id': '1',
    'error.type': 'tool_error',
  })
  const read = { method: 'resources/read', resourceUri: 'db://u:p@host/table?sig=abc' }
  log.withMcpServerSpan({ ...read, clientAddress: '10.0.0.1' }, (span) =>
    span.outcome({ errorCode: -32602, errorMessage: 'unknown resource' }),
  )
  t.like(last(), {
    name: 'resources/read',
    kind: 'server',
    status: 'error',
    status_message: 'unknown resource',
  })
  t.deepEqual(last().attributes, {
    'mcp.method.name': 'resources/read',
    'mcp.resource.uri': 'db://host/table',
    'client.address': '10.0.0.1',
    'rpc.response.status_code': '-32602',
    'error.type': '-32602',
  })
})

test('a hook knows which of its plugins modified the chain and which stopped it', async (t) => {
  const { log, last } = logging()
  await log.withPluginHookSpan({ hook: 'tool_pre_invoke', plugins: 3 }, async () => {
    await nextTurn()
    log.withPluginSpan({ name: 'pii' }, (span) => span.outcome('modified'))
    t.is(last().attributes?.['seclog.plugin.outcome'], 'modified')
    log.withPluginSpan({ name: 'audit' }, () => {})
    t.is(last().attributes?.['seclog.plugin.outcome'], 'continued')
    await withSpan('between', async () => {
      await nextTurn()
      withPluginSpan({ name: 'deny' }, (span) =>
        span.outcome({ outcome: 'stopped', reason: 'secret_found' }),
      )
    })
    withPluginSpan({ name: 'late' }, (span) => span.outcome('stopped').outcome('continued'))
  })
  t.is(last().name, 'plugin_hook tool_pre_invoke')
  t.deepEqual(last().attributes, {
    'seclog.plugin.hook.name': 'tool_pre_invoke',
    'seclog.plugin.hook.plugins': 3,
    'seclog.plugin.hook.outcome': 'stopped',
    'seclog.plugin.hook.stopped_by': 'deny',
    'seclog.plugin.hook.modified_by': ['pii'],
  })
  log.withPluginHookSpan({ hook: 'h' }, () => withPluginSpan({ name: 'p' }, () => {}))
  t.is(last().attributes?.['seclog.plugin.hook.outcome'], 'continued')
  t.throws(() =>
    log.withPluginHookSpan({ hook: 'h' }, () => {
      throw new Error('no')
    }),
  )
  t.false('seclog.plugin.hook.outcome' in (last().attributes ?? {}))
})

test('a plugin outside of any chain is a span like others', (t) => {
  t.is(
    withPluginSpan({ name: 'alone' }, (span) => span.outcome('stopped') && 1),
    1,
  )
})

test('caches, limits and analyses state their outcome by a word or in full', (t) => {
  const { log, last } = logging()
  log.withCacheSpan({ name: 'sessions' }, (span) => span.outcome('stale').outcome({ ageMs: 12 }))
  t.is(last().name, 'cache get sessions')
  t.like(last().attributes, { 'seclog.cache.outcome': 'stale', 'seclog.cache.age_ms': 12 })

  log.withRateLimitSpan({ name: 'per tenant', limit: 10 }, (span) =>
    span.outcome({ decision: 'deny', remaining: 0, retryAfterMs: 900 }),
  )
  t.like(last(), { name: 'rate_limit per tenant', status: 'unset' })
  t.like(last().attributes, {
    'seclog.rate_limit.decision': 'deny',
    'seclog.rate_limit.limit': 10,
    'seclog.rate_limit.remaining': 0,
  })

  const findings = [{ text: 'what was said' }, { text: 'what was found' }]
  log.withAnalysisSpan({ name: 'prompt injection', requestId: 'r-1' }, (span) =>
    span.outcome('deny').outcome({ riskScore: 0.9, findings, rules: ['PI-1'] }),
  )
  t.is(last().name, 'analyze prompt injection')
  t.deepEqual(last().attributes, {
    'seclog.analysis.name': 'prompt injection',
    'seclog.analysis.request_id': 'r-1',
    'seclog.analysis.verdict': 'deny',
    'seclog.analysis.risk_score': 0.9,
    'seclog.analysis.findings': 2,
    'seclog.analysis.rules': ['PI-1'],
  })
})

test('an outcome after the end is ignored, and so is a word that means nothing', (t) => {
  const { log, last } = logging()
  const span = log.withCacheSpan({ name: 'c' }, (open) => open)
  t.is(span.outcome('hit'), span)
  t.false('seclog.cache.outcome' in (last().attributes ?? {}))
  log.withToolSpan({ name: 't' }, (open) => open.outcome('hit' as never))
  t.like(last(), { name: 'execute_tool t', status: 'unset' })
})

test('fields and outcomes that throw or are none do not reach the caller', (t) => {
  const { log, last } = logging()
  const hostile = {
    get name(): string {
      throw new Error('hostile')
    },
    get isError(): boolean {
      throw new Error('hostile')
    },
  }
  log.withToolSpan(hostile, (span) => span.outcome(hostile))
  t.is(last().name, 'execute_tool [unreadable]')
  log.withToolSpan(undefined as never, (span) => span.outcome(null as never))
  t.is(last().name, 'execute_tool')
  log.withToolSpan({ name: 1n as never, callId: Number.NaN as never }, () => {})
  t.like(last(), { name: 'execute_tool 1' })
})

function checkSpan(t: ExecutionContext, span: DomainSpan<PluginOutcome>): void {
  t.is(activeTrace()?.spanId, span.spanContext().spanId)
}

test('callbacks of every kind run in the span, and their results and errors stay', async (t) => {
  t.is(
    withPluginSpan({ name: 'p' }, (span) => checkSpan(t, span)),
    undefined,
  )
  const error = new Error('no')
  await t.throwsAsync(
    withToolSpan({ name: 't' }, async () => {
      throw error
    }),
    { is: error },
  )
  const items = withAgentSpan({ name: 'a' }, function* () {
    yield activeTrace()?.spanId
    yield activeTrace()?.spanId
  })
  const [first, second] = [...items]
  t.truthy(first)
  t.is(first, second)
  expectTypeOf(withCacheSpan({ name: 'c' }, async () => 1)).toEqualTypeOf<Promise<number>>()
  t.is(
    withPluginHookSpan({ hook: 'h' }, { attributes: { a: 1 } }, () => 2),
    2,
  )
})

test('children write the records of their domain spans with their own bindings', (t) => {
  const destination = memoryDestination()
  const log = createSecurityLogger({}, destination).child({ tenant: 't-1' })
  log.withCacheSpan({ name: 'c' }, (span) => span.outcome('hit'))
  t.like(destination.records.at(-1), { tenant: 't-1', msg: 'span cache get c ended' })
})

test('only what an outcome can be is taken as one', (t) => {
  withCacheSpan({ name: 'c' }, (span) => {
    expectTypeOf(span.outcome).parameter(0).toEqualTypeOf<CacheOutcome | 'hit' | 'miss' | 'stale'>()
    // @ts-expect-error no word for a cache
    span.outcome('deny')
  })
  withToolSpan({ name: 't' }, (span) => {
    expectTypeOf(span.outcome).parameter(0).toEqualTypeOf<ToolOutcome>()
    // @ts-expect-error a tool has no word
    span.outcome('hit')
  })
  // @ts-expect-error an agent has a name
  withAgentSpan({}, () => {})
  // @ts-expect-error caches have no content
  withCacheSpan({ name: 'c' }, { record: ['key'] }, () => {})
  t.pass()
})
