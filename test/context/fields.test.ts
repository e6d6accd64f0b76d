import test from 'ava'
import { activeTrace } from '../../src/context/active.js'
import { withFields } from '../../src/context/fields.js'
import { currentScope } from '../../src/context/scope.js'
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
