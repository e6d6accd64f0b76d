import { readField } from './domain.js'
import type { AgentFields, ToolFields } from './domain-field-types.js'
import { type DomainSpans, withAgentSpan, withToolSpan } from './domain-spans.js'
import { type Traced, wrapping } from './traced.js'
import type { SpanKind } from './types.js'

interface TracedDomainOptions<Fields, Log> {
  /** @defaultValue 'internal' */
  readonly kind?: SpanKind
  /** What is known beforehand; it goes before what arguments say. */
  readonly fields?: Partial<Fields>
  /** Names of the parameters, by position: `['issue_id', 'agent_type']`. Without it, a first argument that is an object is read. */
  readonly parameters?: readonly (string | undefined)[]
  /** A logger that writes the record of each call's end. */
  readonly log?: Log
}

export interface TracedAgentOptions
  extends TracedDomainOptions<AgentFields, Pick<DomainSpans, 'withAgentSpan'>> {}

export interface TracedToolOptions
  extends TracedDomainOptions<ToolFields, Pick<DomainSpans, 'withToolSpan'>> {
  /** Contents to record, redacted. @defaultValue none */
  readonly record?: readonly ('arguments' | 'result')[]
}

interface ArgumentName {
  readonly snake: string
  readonly camel: string
  readonly field: string
}

/** Which argument is which field. */
const agentArguments = argumentNames<AgentFields>([
  ['agent_id', 'id'],
  ['agent_name', 'name'],
  ['agent_type', 'type'],
  ['conversation_id', 'conversationId'],
  ['task_id', 'taskId'],
  ['issue_id', 'issueId'],
  ['issue_number', 'issueNumber'],
])

const toolArguments = argumentNames<ToolFields>([
  ['tool_name', 'name'],
  ['tool_type', 'type'],
  ['call_id', 'callId'],
  ['tool_call_id', 'callId'],
  ['agent_id', 'agentId'],
  ['agent_name', 'agentName'],
  ['agent_type', 'agentType'],
  ['conversation_id', 'conversationId'],
  ['task_id', 'taskId'],
  ['issue_id', 'issueId'],
  ['issue_number', 'issueNumber'],
])

/**
 * Wraps or decorates what runs an agent: each call is an agent span, with `issue_id`, `issue_number`, `agent_type`,
 * `agent_id` and their kin from its arguments. Nothing else of the arguments is recorded.
 *
 * @param name - The agent's name; `agent_name` of the arguments or the function's name, if it is left out.
 * @throws TypeError when it decorates what is no method.
 * @example
 * class Triage {
 *   @tracedAgent('triage', { parameters: ['issue_id'] })
 *   async run(issueId: string) {}
 * }
 */
export function tracedAgent(name?: string, options: TracedAgentOptions = {}): Traced {
  const { kind, parameters, log, fields } = options
  return wrapping((args, call, fn) => {
    const known = { ...fromArguments<AgentFields>(agentArguments, args, parameters), ...fields }
    const agent = { ...known, name: name ?? known.name ?? fn.name }
    const spanOptions = kind === undefined ? {} : { kind }
    return log === undefined
      ? withAgentSpan(agent, spanOptions, call)
      : log.withAgentSpan(agent, spanOptions, call)
  })
}

/**
 * Wraps or decorates a tool: each call is a tool span, with the ids of the call, the agent and the issue from its
 * arguments. The arguments themselves and the result are recorded only with `record`.
 *
 * @param name - The tool's name; `tool_name` of the arguments or the function's name, if it is left out.
 * @throws TypeError when it decorates what is no method.
 * @example
 * const scan = tracedTool('scan')(async ({ call_id, path }: ScanCall) => scanPath(path))
 */
export function tracedTool(name?: string, options: TracedToolOptions = {}): Traced {
  const { kind, parameters, log, fields, record } = options
  return wrapping((args, call, fn) => {
    const known = { ...fromArguments<ToolFields>(toolArguments, args, parameters), ...fields }
    const tool = {
      ...known,
      name: name ?? known.name ?? fn.name,
      ...(record?.includes('arguments') && { arguments: args.length === 1 ? args[0] : args }),
    }
    const spanOptions = { ...(kind && { kind }), ...(record && { record }) }
    return log === undefined
      ? withToolSpan(tool, spanOptions, call)
      : log.withToolSpan(tool, spanOptions, call)
  })
}

function argumentNames<Fields>(
  table: readonly (readonly [argument: string, field: keyof Fields & string])[],
): readonly ArgumentName[] {
  return table.map(([snake, field]) => ({
    snake,
    camel: snake.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase()),
    field,
  }))
}

function fromArguments<Fields>(
  names: readonly ArgumentName[],
  args: readonly unknown[],
  parameters: readonly (string | undefined)[] | undefined,
): Partial<Fields> {
  const found: Record<string, string | number> = {}
  for (const { snake, camel, field } of names) {
    if (found[field] !== undefined) continue
    const value =
      parameters === undefined
        ? (scalar(args[0], snake) ?? scalar(args[0], camel))
        : plain(args[parameters.findIndex((name) => name === snake || name === camel)])
    if (value !== undefined) found[field] = value
  }
  return found as Partial<Fields>
}

function scalar(from: unknown, key: string): string | number | undefined {
  return typeof from === 'object' && from !== null ? plain(readField(from, key)) : undefined
}

/** Ids are text or numbers; an object under the name of one is not recorded. */
function plain(value: unknown): string | number | undefined {
  if (typeof value === 'bigint') return String(value)
  return typeof value === 'string' || typeof value === 'number' ? value : undefined
}
