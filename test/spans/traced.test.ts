import { setImmediate as nextTurn } from 'node:timers/promises'
import test from 'ava'
import { expectTypeOf } from 'expect-type'
import { activeTrace } from '../../src/context/active.js'
import { traced } from '../../src/spans/traced.js'
import { withSpan } from '../../src/spans/with-span.js'

test('a wrapped function keeps its type, this, name, length, result and error', (t) => {
  function add(this: { base: number }, a: number, b: number): number {
    t.truthy(activeTrace())
    return this.base + a + b
  }
  const wrapped = traced('add')(add)
  expectTypeOf(wrapped).toEqualTypeOf<typeof add>()
  t.is(wrapped.name, 'add')
  t.is(wrapped.length, 2)
  t.is(wrapped.call({ base: 1 }, 2, 3), 6)
  t.is(activeTrace(), undefined)
  const error = new Error('no')
  const failing = traced('fails')(() => {
    throw error
  })
  t.throws(failing, { is: error })
})

test('it is a decorator of methods, by the standard and by experimentalDecorators', async (t) => {
  class Scanner {
    readonly #name = 'scanner'

    @traced('scan')
    async scan(outer: string | undefined): Promise<string> {
      await nextTurn()
      t.not(activeTrace()?.spanId, outer)
      t.is(activeTrace()?.parentSpanId, outer)
      return this.#name
    }

    @traced('list')
    *list(): Generator<string | undefined> {
      yield activeTrace()?.spanId
      yield activeTrace()?.spanId
    }
  }
  const scanner = new Scanner()
  t.is(await withSpan('outer', (span) => scanner.scan(span.spanContext().spanId)), 'scanner')
  const [first, second] = [...scanner.list()]
  t.truthy(first)
  t.is(first, second)

  const descriptor = Object.getOwnPropertyDescriptor(
    { legacy: () => activeTrace()?.spanId },
    'legacy',
  ) as PropertyDescriptor
  const target = Object.defineProperty(
    {},
    'legacy',
    traced('legacy')({}, 'legacy', descriptor),
  ) as {
    legacy(): string | undefined
  }
  t.truthy(target.legacy())
  t.throws(() => traced('field')(1 as never), { instanceOf: TypeError })
})
