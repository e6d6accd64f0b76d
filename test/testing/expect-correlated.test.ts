import { AssertionError } from 'node:assert'
import test, { type ExecutionContext } from 'ava'
import { createSecurityLogger } from '../../src/index.js'
import {
  type CorrelatedOptions,
  expectCorrelated,
  memoryDestination,
} from '../../src/testing/index.js'
import { id, plainLine, spanLine, traceId } from './span-lines.js'

function failure(t: ExecutionContext, records: unknown[], options?: CorrelatedOptions): string {
  const error = t.throws(() => expectCorrelated(records, options), { instanceOf: AssertionError })
  return error?.message ?? ''
}

const whole = [plainLine('a', { msg: 'in it' }), spanLine({ span: 'a' })]

test('lines of one whole trace pass, in each format, and give its tree', (t) => {
  for (const format of ['json', 'ecs', 'pino'] as const) {
    const destination = memoryDestination()
    const log = createSecurityLogger({ service: 'shop', format }, destination)
    log.withSpan('scan', () => log.withSpan('look up', () => log.info('in it')))
    const tree = expectCorrelated(destination.records, { spans: ['scan', 'look up'] })
    t.is(tree.spanCount, 2)
  }
  t.is(expectCorrelated(whole, { traceId, services: ['api'] }).traceId, traceId)
})

test('a line without ids is named', (t) => {
  const message = failure(t, [...whole, { msg: 'beside' }, { ...plainLine('a'), span_id: 'x' }])
  t.regex(message, /record 3 has no valid trace id: beside/)
  t.regex(message, /record 4 has no valid span id/)
  t.true(message.includes(`trace ${traceId}: `), 'the tree is shown')
})

test('what is missing in the tree fails, unless it is allowed', (t) => {
  const orphan = [spanLine({ span: 'b', parent: 'f' })]
  t.regex(failure(t, orphan), /its parent 0+f was never seen/)
  t.notThrows(() => expectCorrelated(orphan, { allow: ['orphan'] }))
  t.regex(failure(t, [plainLine('c')]), new RegExp(`span ${id('c')}: only lines`))
})

test('another trace, no trace, a missing span or service fail', (t) => {
  t.regex(failure(t, []), /there are no records/)
  t.regex(
    failure(t, [...whole, spanLine({ span: 'b', trace: 'a'.repeat(32) })]),
    /there are 2 traces/,
  )
  t.regex(failure(t, whole, { traceId: 'b'.repeat(32) }), /the trace is 4bf9.*, not bbb/)
  t.regex(failure(t, whole, { spans: ['scan'] }), /there is no span "scan"/)
  t.regex(failure(t, whole, { services: ['gateway'] }), /"gateway" wrote nothing/)
})
