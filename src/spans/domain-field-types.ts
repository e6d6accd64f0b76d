/** What names a server that is called. */
export interface ServerFields {
  /** Host name, address or socket path, without a reverse lookup. */
  readonly serverAddress?: string
  readonly serverPort?: number
}

export interface DatabaseFields extends ServerFields {
  /** The product: `postgresql`, `mongodb`, `redis`. */
  readonly system: string
  readonly namespace?: string
  /** Table, collection or index. */
  readonly collection?: string
  /** `SELECT`, `findAndModify`. */
  readonly operation?: string
  readonly storedProcedure?: string
  /** Operations in one batch, if there are two or more. */
  readonly batchSize?: number
  /** Low cardinality and without values: `SELECT scans users`. */
  readonly querySummary?: string
  /** Recorded only with `record: ['queryText']`. */
  readonly queryText?: string
}

export interface DatabaseOutcome {
  /** What the database answered: `23505`, `ORA-17027`. */
  readonly statusCode?: string | number
  readonly returnedRows?: number
}

export interface ExternalCallFields extends ServerFields {
  /** Name of the service that is called. */
  readonly service?: string
  /** HTTP method, upper case. */
  readonly method?: string
  /** Recorded without user, query and fragment. */
  readonly url?: string | URL
  /** Low cardinality: `/packages/{name}`. */
  readonly urlTemplate?: string
  /** `grpc`, `jsonrpc`: for calls that are not plain HTTP. */
  readonly rpcSystem?: string
  /** Fully qualified: `scan.v1.Scanner/Start`. */
  readonly rpcMethod?: string
}

export interface ExternalCallOutcome {
  /** HTTP status; from 400 on the span has failed. */
  readonly statusCode?: number
  readonly rpcStatusCode?: string | number
  /** How often the request was sent again. */
  readonly resendCount?: number
}

export interface MessagingFields extends ServerFields {
  /** The product: `kafka`, `rabbitmq`, `aws_sqs`. */
  readonly system: string
  readonly destination: string
  /** Low cardinality form of a destination that has ids in its name. */
  readonly destinationTemplate?: string
  readonly partitionId?: string | number
  readonly messageId?: string
  readonly conversationId?: string
  /** Messages of one batch; not for a single message. */
  readonly batchCount?: number
  /** Bytes. */
  readonly bodySize?: number
  readonly clientId?: string
}

export interface PublishFields extends MessagingFields {
  /** What the product calls it. @defaultValue 'send' */
  readonly operation?: string
}

export interface PublishOutcome {
  readonly messageId?: string
  readonly partitionId?: string | number
}

export interface ConsumeFields extends MessagingFields {
  /** What the product calls it. @defaultValue 'process' */
  readonly operation?: string
  readonly consumerGroup?: string
  readonly subscription?: string
}

export interface ConsumeOutcome {
  readonly batchCount?: number
}

/** For whom and on what an agent works. */
export interface WorkFields {
  readonly conversationId?: string
  readonly taskId?: string | number
  readonly issueId?: string | number
  readonly issueNumber?: number
}

export interface AgentFields extends WorkFields {
  /** Low cardinality: the role, not the instance. */
  readonly name: string
  readonly id?: string
  /** What sort of agent it is: `triage`, `reviewer`. */
  readonly type?: string
  readonly description?: string
  readonly version?: string
  /** `anthropic`, `openai`: whose convention the agent follows. */
  readonly provider?: string
  readonly model?: string
}

export interface AgentOutcome {
  readonly conversationId?: string
}

export interface ToolFields extends WorkFields {
  readonly name: string
  readonly callId?: string
  /** `function`, `extension` or `datastore`. */
  readonly type?: string
  readonly description?: string
  readonly agentId?: string
  readonly agentName?: string
  readonly agentType?: string
  /** Recorded only with `record: ['arguments']`. */
  readonly arguments?: unknown
}

export interface ToolOutcome {
  /** The tool ran and answered that it failed. */
  readonly isError?: boolean
  /** Recorded only with `record: ['result']`; the callback's result, if it is not stated. */
  readonly result?: unknown
}

export interface McpFields {
  /** `tools/call`, `resources/read`, `initialize`. */
  readonly method: string
  readonly toolName?: string
  readonly promptName?: string
  /** Recorded without user, query and fragment, and never part of the span's name. */
  readonly resourceUri?: string
  readonly requestId?: string | number
  readonly sessionId?: string
  readonly protocolVersion?: string
  /** Only if it is not 2.0. */
  readonly jsonrpcVersion?: string
  /** `pipe` for stdio, `tcp` or `quic` for HTTP. */
  readonly networkTransport?: string
  readonly networkProtocolName?: string
  readonly networkProtocolVersion?: string
  /** Recorded only with `record: ['arguments']`. */
  readonly arguments?: unknown
}

export interface McpClientFields extends McpFields, ServerFields {}

export interface McpServerFields extends McpFields {
  readonly clientAddress?: string
  readonly clientPort?: number
}

export interface McpOutcome {
  /** The tool ran and answered that it failed. */
  readonly isError?: boolean
  /** Code of a JSON-RPC error: the span has failed. */
  readonly errorCode?: number
  /** Message of a JSON-RPC error: the span's status message. */
  readonly errorMessage?: string
  readonly sessionId?: string
  readonly protocolVersion?: string
  /** Recorded only with `record: ['result']`; the callback's result, if it is not stated. */
  readonly result?: unknown
}

/** What a plugin did to its chain. */
export type PluginVerdict = 'continued' | 'modified' | 'stopped'

export interface PluginHookFields {
  /** `tool_pre_invoke`. */
  readonly hook: string
  /** How many plugins are in the chain. */
  readonly plugins?: number
}

export interface PluginHookOutcome {
  /** Taken from the plugin spans inside, if it is not stated. */
  readonly outcome?: PluginVerdict
  readonly stoppedBy?: string
  readonly modifiedBy?: readonly string[]
}

export interface PluginFields {
  readonly name: string
  readonly version?: string
  readonly hook?: string
  readonly priority?: number
}

export interface PluginOutcome {
  /** @defaultValue 'continued' */
  readonly outcome?: PluginVerdict
  /** Low cardinality: a code, not a sentence. */
  readonly reason?: string
}

export interface CacheFields {
  /** Which cache; never the key that is looked up. */
  readonly name: string
  /** @defaultValue 'get' */
  readonly operation?: string
  readonly system?: string
}

export interface CacheOutcome {
  readonly outcome?: 'hit' | 'miss' | 'stale'
  /** Milliseconds. */
  readonly ageMs?: number
  /** Milliseconds. */
  readonly ttlMs?: number
}

export interface RateLimitFields {
  /** Which limit; never whom it is applied to. */
  readonly name: string
  readonly limit?: number
  /** Milliseconds. */
  readonly windowMs?: number
}

export interface RateLimitOutcome {
  /** `allow`, `deny`, `delay`. */
  readonly decision?: string
  readonly limit?: number
  readonly remaining?: number
  /** Milliseconds. */
  readonly retryAfterMs?: number
}

export interface AnalysisFields {
  /** Which analysis: `prompt injection`. */
  readonly name: string
  readonly requestId?: string
  readonly version?: string
}

export interface AnalysisOutcome {
  /** `allow`, `deny`, `modify`, `warn`, `escalate`. */
  readonly verdict?: string
  readonly riskScore?: number
  /** How many; of a list, its length is recorded and nothing else. */
  readonly findings?: number | readonly unknown[]
  /** Ids of the rules that were met. */
  readonly rules?: readonly string[]
}
