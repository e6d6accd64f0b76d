import test from 'ava'
import { expectTypeOf } from 'expect-type'
import { createSecurityLogger } from '../../src/index.js'
import { traced, tracedAgent, tracedTool } from '../../src/spans/index.js'
import { memoryDestination } from '../../src/testing/index.js'

const destination = memoryDestination()
const log = createSecurityLogger({}, destination)

interface EndRecord {
  readonly name: string
  readonly kind: string
  readonly status: string
  readonly attributes: Readonly<Record<string, unknown>>
}

const lastSpan = () => destination.records.at(-1)?.['span'] as EndRecord

test.serial('an agent is described by its parameters, named by position', async (t) => {
  class Triage {
    readonly #prefix = 'done '

    @tracedAgent('triage', {
      log,
      parameters: ['issue_id', undefined, 'agentType', 'issue_number'],
    })
    async run(issue: string, note: string, type: string, number: number): Promise<string> {
      return this.#prefix + issue + note + type + number
    }
  }
  t.is(
    await new Triage().run('i-1', 'private note', 'reviewer', 4),
    'done i-1private notereviewer4',
  )
  t.like(lastSpan(), { name: 'invoke_agent triage', kind: 'internal' })
  t.deepEqual(lastSpan().attributes, {
    'gen_ai.operation.name': 'invoke_agent',
    'gen_ai.agent.name': 'triage',
    'seclog.agent.type': 'reviewer',
    'seclog.issue.id': 'i-1',
    'seclog.issue.number': 4,
  })
})

test.serial('an agent is described by an object that is its first argument', (t) => {
  const run = tracedAgent(undefined, { log, kind: 'client', fields: { version: '2' } })(
    function review(work: object): object {
      return work
    },
  )
  t.is(run.name, 'review')
  const work = {
    agent_id: 7n,
    agentType: 'reviewer',
    conversation_id: 'c',
    task_id: 't',
    text: 'x',
  }
  t.is(run(work), work)
  t.like(lastSpan(), { name: 'invoke_agent review', kind: 'client' })
  t.deepEqual(lastSpan().attributes, {
    'gen_ai.operation.name': 'invoke_agent',
    'gen_ai.agent.name': 'review',
    'gen_ai.agent.id': '7',
    'gen_ai.agent.version': '2',
    'gen_ai.conversation.id': 'c',
    'seclog.agent.type': 'reviewer',
    'seclog.task.id': 't',
  })
})

test.serial(
  'a tool is described by ids of its call, and by nothing else of its arguments',
  async (t) => {
    const scan = tracedTool('scan', { log })(
      async (call: { tool_call_id: string; tool_name: string; path: string; issue_id: object }) =>
        call.path,
    )
    expectTypeOf(scan).returns.resolves.toBeString()
    await scan({
      tool_call_id: 'c-1',
      tool_name: 'forged',
      path: '/etc/passwd',
      issue_id: { a: 1 },
    })
    t.is(lastSpan().name, 'execute_tool scan')
    t.deepEqual(lastSpan().attributes, {
      'gen_ai.operation.name': 'execute_tool',
      'gen_ai.tool.name': 'scan',
      'gen_ai.tool.call.id': 'c-1',
    })
  },
)

test.serial('a dispatcher of tools takes their names from its arguments', (t) => {
  const call = tracedTool(undefined, { log, kind: 'client', parameters: ['tool_name', 'call_id'] })(
    (_tool: string, id: string) => id,
  )
  t.is(call('scan', 'c-2'), 'c-2')
  t.like(lastSpan(), { name: 'execute_tool scan', kind: 'client' })
  t.is(lastSpan().attributes['gen_ai.tool.call.id'], 'c-2')
})

test.serial('arguments and results are recorded when asked for, redacted', (t) => {
  const login = tracedTool('login', { log, record: ['arguments', 'result'] })
  login((given: object) => ({ ...given, ok: true }))({ user: 'ada', password: 'correct horse' })
  t.deepEqual(lastSpan().attributes['gen_ai.tool.call.arguments'], {
    user: 'ada',
    password: '[Redacted]',
  })
  t.like(lastSpan().attributes['gen_ai.tool.call.result'], { password: '[Redacted]', ok: true })
  login((a: number, b: number) => a + b)(1, 2)
  t.deepEqual(lastSpan().attributes['gen_ai.tool.call.arguments'], [1, 2])
  t.is(lastSpan().attributes['gen_ai.tool.call.result'], 3)
})

test.serial(
  'generators are wrapped as they are, and end their span when they are done',
  async (t) => {
    class Agent {
      @tracedAgent('counter', { log })
      *count(): Generator<number> {
        yield 1
        yield 2
      }

      @tracedTool('pager', { log })
      async *pages(): AsyncGenerator<number, void> {
        yield 1
        throw new TypeError('no page')
      }
    }
    destination.clear()
    t.deepEqual([...new Agent().count()], [1, 2])
    t.is(lastSpan().name, 'invoke_agent counter')
    await t.throwsAsync(async () => {
      for await (const page of new Agent().pages()) t.is(page, 1)
    })
    t.like(lastSpan(), { name: 'execute_tool pager', status: 'error' })
    t.is(lastSpan().attributes['error.type'], 'TypeError')
  },
)

test('without a logger no record is written, and hostile arguments reach nobody', (t) => {
  const hostile = {
    get issue_id(): string {
      throw new Error('hostile')
    },
  }
  t.is(tracedAgent()((given: object) => given)(hostile), hostile)
  t.is(tracedTool()((given: null) => given)(null), null)
  t.throws(() => tracedTool('field')(undefined as never), { instanceOf: TypeError })
})

test('what hangs on a function stays on it, and a mistaken async extractor harms nobody', async (t) => {
  const schema = { type: 'object' }
  const fn = Object.assign((a: number) => a, { schema })
  const wrapped = traced('named', {
    attributes: (async () => {
      throw new Error('extractor')
    }) as never,
  })(fn)
  t.is(wrapped(1), 1)
  t.is(wrapped.schema, schema)
  await new Promise((resolve) => setImmediate(resolve))
})
