import test from 'ava'
import { activeTrace } from '../../src/context/active.js'
import { withFields } from '../../src/context/fields.js'
import { currentScope } from '../../src/context/scope.js'
import { createSecurityLogger } from '../../src/index.js'
import { withSpan } from '../../src/spans/with-span.js'

test('ambient fields are there inside, innermost first, and gone outside', async (t) => {
  await withFields({ request: 1 }, async () => {
    await Promise.resolve()
    t.deepEqual(currentScope()?.ambient, { fields: { request: 1 }, outer: undefined })
    withFields({ user: 2 }, () =>
      t.deepEqual(currentScope()?.ambient, {
        fields: { user: 2 },
        outer: { fields: { request: 1 }, outer: undefined },
      }),
    )
  })
  t.is(currentScope()?.ambient, undefined)
})

test('spans and ambient fields leave each other as they are', (t) => {
  withSpan('outer', (outer) =>
    withFields({ a: 1 }, () => {
      t.is(activeTrace()?.spanId, outer.spanContext().spanId)
      withSpan('inner', () => {
        t.is(activeTrace()?.parentSpanId, outer.spanContext().spanId)
        t.deepEqual(currentScope()?.ambient?.fields, { a: 1 })
      })
    }),
  )
})

test('ambient fields that are no object are none, and do not stop the work', (t) => {
  const lines: string[] = []
  const logger = createSecurityLogger({}, { write: (line) => lines.push(line) })
  for (const fields of [5, 'text', null, undefined]) {
    t.is(
      logger.withFields(fields as never, () => {
        logger.info('here')
        return 'done'
      }),
      'done',
    )
  }
  for (const line of lines) t.false(line.includes('Throws'))
  t.is(lines.length, 4)
})
