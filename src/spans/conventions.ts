import type { ConventionSource, Conventions, Keys } from './convention-types.js'
import { countOf, text, withoutQuery } from './convention-values.js'
import type {
  McpFields,
  McpOutcome,
  MessagingFields,
  ServerFields,
  WorkFields,
} from './domain-field-types.js'
import { textOf } from './values.js'

const sources = {
  http: { status: 'stable', version: '1.44.0', date: '2026-08-20' },
  database: { status: 'stable', version: '1.44.0', date: '2026-08-20' },
  messaging: { status: 'development', version: '1.44.0', date: '2026-08-20' },
  genai: { status: 'development', version: 'semantic-conventions-genai', date: '2026-11-20' },
  mcp: { status: 'development', version: 'semantic-conventions-genai', date: '2026-11-20' },
  /** There is no convention: names of our own, under `seclog.`. */
  seclog: { status: 'own', version: '0.1.0', date: '2026-11-21' },
} as const satisfies Readonly<Record<string, ConventionSource>>

const server = {
  serverAddress: 'server.address',
  serverPort: 'server.port',
} as const satisfies Keys<ServerFields>

const messaging = {
  ...server,
  system: 'messaging.system',
  destination: 'messaging.destination.name',
  destinationTemplate: 'messaging.destination.template',
  partitionId: text('messaging.destination.partition.id'),
  messageId: 'messaging.message.id',
  conversationId: 'messaging.message.conversation_id',
  batchCount: 'messaging.batch.message_count',
  bodySize: 'messaging.message.body.size',
  clientId: 'messaging.client.id',
} as const satisfies Keys<MessagingFields>

const messagingNames = [
  '{messaging.operation.name} {messaging.destination.template}',
  '{messaging.operation.name} {messaging.destination.name}',
  '{messaging.operation.name}',
] as const

const work = {
  conversationId: 'gen_ai.conversation.id',
  taskId: text('seclog.task.id'),
  issueId: text('seclog.issue.id'),
  issueNumber: 'seclog.issue.number',
} as const satisfies Keys<WorkFields>

const mcp = {
  method: 'mcp.method.name',
  toolName: 'gen_ai.tool.name',
  promptName: 'gen_ai.prompt.name',
  resourceUri: { key: 'mcp.resource.uri', write: withoutQuery },
  requestId: text('jsonrpc.request.id'),
  sessionId: 'mcp.session.id',
  protocolVersion: 'mcp.protocol.version',
  jsonrpcVersion: 'jsonrpc.protocol.version',
  networkTransport: 'network.transport',
  networkProtocolName: 'network.protocol.name',
  networkProtocolVersion: 'network.protocol.version',
  arguments: 'gen_ai.tool.call.arguments',
  isError: undefined,
  errorCode: text('rpc.response.status_code'),
  errorMessage: undefined,
  result: 'gen_ai.tool.call.result',
} as const satisfies Keys<McpFields & McpOutcome>

const mcpParts = {
  source: sources.mcp,
  names: [
    '{mcp.method.name} {gen_ai.tool.name}',
    '{mcp.method.name} {gen_ai.prompt.name}',
    '{mcp.method.name}',
    'mcp',
  ],
  when: {
    key: 'mcp.method.name',
    is: 'tools/call',
    attributes: { 'gen_ai.operation.name': 'execute_tool' },
  },
  content: ['arguments', 'result'],
  failure: ({ isError, errorCode, errorMessage }: McpOutcome) => {
    if (errorCode !== undefined) return { type: textOf(errorCode), message: errorMessage }
    return isError === true ? { type: 'tool_error' } : undefined
  },
} as const

/**
 * Names, kinds and attribute keys of the domain spans: the only place where their wire names stand.
 *
 * @see https://opentelemetry.io/docs/specs/semconv/
 * @see https://github.com/open-telemetry/semantic-conventions-genai
 */
export const conventions: Conventions = {
  withDatabaseSpan: {
    source: sources.database,
    names: [
      '{db.query.summary}',
      '{db.operation.name} {db.collection.name}',
      '{db.operation.name} {db.stored_procedure.name}',
      '{db.operation.name} {db.namespace}',
      '{db.operation.name} {server.address}:{server.port}',
      '{db.operation.name}',
      '{db.collection.name}',
      '{db.stored_procedure.name}',
      '{db.namespace}',
      '{db.system.name}',
      'database',
    ],
    kind: 'client',
    keys: {
      ...server,
      system: 'db.system.name',
      namespace: 'db.namespace',
      collection: 'db.collection.name',
      operation: 'db.operation.name',
      storedProcedure: 'db.stored_procedure.name',
      batchSize: 'db.operation.batch.size',
      querySummary: 'db.query.summary',
      queryText: 'db.query.text',
      statusCode: text('db.response.status_code'),
      returnedRows: 'db.response.returned_rows',
    },
    content: ['queryText'],
  },
  withExternalCallSpan: {
    source: sources.http,
    names: [
      '{http.request.method} {url.template}',
      '{http.request.method}',
      '{rpc.method}',
      '{service.peer.name}',
      'external call',
    ],
    kind: 'client',
    keys: {
      ...server,
      service: 'service.peer.name',
      method: 'http.request.method',
      url: { key: 'url.full', write: withoutQuery },
      urlTemplate: 'url.template',
      rpcSystem: 'rpc.system.name',
      rpcMethod: 'rpc.method',
      statusCode: 'http.response.status_code',
      rpcStatusCode: text('rpc.response.status_code'),
      resendCount: 'http.request.resend_count',
    },
    failure: ({ statusCode }) =>
      statusCode !== undefined && statusCode >= 400 ? { type: textOf(statusCode) } : undefined,
  },
  withPublishSpan: {
    source: sources.messaging,
    names: messagingNames,
    kind: 'producer',
    fixed: { 'messaging.operation.name': 'send', 'messaging.operation.type': 'send' },
    keys: { ...messaging, operation: 'messaging.operation.name' },
  },
  withConsumeSpan: {
    source: sources.messaging,
    names: messagingNames,
    kind: 'consumer',
    fixed: { 'messaging.operation.name': 'process', 'messaging.operation.type': 'process' },
    keys: {
      ...messaging,
      operation: 'messaging.operation.name',
      consumerGroup: 'messaging.consumer.group.name',
      subscription: 'messaging.destination.subscription.name',
    },
  },
  withAgentSpan: {
    source: sources.genai,
    names: ['invoke_agent {gen_ai.agent.name}', 'invoke_agent'],
    kind: 'internal',
    fixed: { 'gen_ai.operation.name': 'invoke_agent' },
    keys: {
      ...work,
      name: 'gen_ai.agent.name',
      id: 'gen_ai.agent.id',
      type: 'seclog.agent.type',
      description: 'gen_ai.agent.description',
      version: 'gen_ai.agent.version',
      provider: 'gen_ai.provider.name',
      model: 'gen_ai.request.model',
    },
  },
  withToolSpan: {
    source: sources.genai,
    names: ['execute_tool {gen_ai.tool.name}', 'execute_tool'],
    kind: 'internal',
    fixed: { 'gen_ai.operation.name': 'execute_tool' },
    keys: {
      ...work,
      name: 'gen_ai.tool.name',
      callId: 'gen_ai.tool.call.id',
      type: 'gen_ai.tool.type',
      description: 'gen_ai.tool.description',
      agentId: 'gen_ai.agent.id',
      agentName: 'gen_ai.agent.name',
      agentType: 'seclog.agent.type',
      arguments: 'gen_ai.tool.call.arguments',
      isError: undefined,
      result: 'gen_ai.tool.call.result',
    },
    content: ['arguments', 'result'],
    failure: ({ isError }) => (isError === true ? { type: 'tool_error' } : undefined),
  },
  withMcpClientSpan: { ...mcpParts, kind: 'client', keys: { ...mcp, ...server } },
  withMcpServerSpan: {
    ...mcpParts,
    kind: 'server',
    keys: { ...mcp, clientAddress: 'client.address', clientPort: 'client.port' },
  },
  withPluginHookSpan: {
    source: sources.seclog,
    names: ['plugin_hook {seclog.plugin.hook.name}', 'plugin_hook'],
    kind: 'internal',
    keys: {
      hook: 'seclog.plugin.hook.name',
      plugins: 'seclog.plugin.hook.plugins',
      outcome: 'seclog.plugin.hook.outcome',
      stoppedBy: 'seclog.plugin.hook.stopped_by',
      modifiedBy: 'seclog.plugin.hook.modified_by',
    },
    word: 'outcome',
    assumed: { outcome: 'continued' },
  },
  withPluginSpan: {
    source: sources.seclog,
    names: ['plugin {seclog.plugin.name}', 'plugin'],
    kind: 'internal',
    keys: {
      name: 'seclog.plugin.name',
      version: 'seclog.plugin.version',
      hook: 'seclog.plugin.hook.name',
      priority: 'seclog.plugin.priority',
      outcome: 'seclog.plugin.outcome',
      reason: 'seclog.plugin.reason',
    },
    word: 'outcome',
    assumed: { outcome: 'continued' },
  },
  withCacheSpan: {
    source: sources.seclog,
    names: ['cache {seclog.cache.operation} {seclog.cache.name}', 'cache {seclog.cache.operation}'],
    kind: 'internal',
    fixed: { 'seclog.cache.operation': 'get' },
    keys: {
      name: 'seclog.cache.name',
      operation: 'seclog.cache.operation',
      system: 'seclog.cache.system',
      outcome: 'seclog.cache.outcome',
      ageMs: 'seclog.cache.age_ms',
      ttlMs: 'seclog.cache.ttl_ms',
    },
    word: 'outcome',
  },
  withRateLimitSpan: {
    source: sources.seclog,
    names: ['rate_limit {seclog.rate_limit.name}', 'rate_limit'],
    kind: 'internal',
    keys: {
      name: 'seclog.rate_limit.name',
      limit: 'seclog.rate_limit.limit',
      windowMs: 'seclog.rate_limit.window_ms',
      decision: 'seclog.rate_limit.decision',
      remaining: 'seclog.rate_limit.remaining',
      retryAfterMs: 'seclog.rate_limit.retry_after_ms',
    },
    word: 'decision',
  },
  withAnalysisSpan: {
    source: sources.seclog,
    names: ['analyze {seclog.analysis.name}', 'analyze'],
    kind: 'internal',
    keys: {
      name: 'seclog.analysis.name',
      requestId: 'seclog.analysis.request_id',
      version: 'seclog.analysis.version',
      verdict: 'seclog.analysis.verdict',
      riskScore: 'seclog.analysis.risk_score',
      findings: { key: 'seclog.analysis.findings', write: countOf },
      rules: 'seclog.analysis.rules',
    },
    word: 'verdict',
  },
}
