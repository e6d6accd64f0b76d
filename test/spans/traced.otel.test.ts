import { SpanKind } from '@opentelemetry/api'
import test from 'ava'
import { traced } from '../../src/spans/traced.js'
import { registerProvider, unregister } from './otel.js'

test.afterEach.always(unregister)

test.serial(
  'attributes come from the arguments at the start, and from the result at the end',
  async (t) => {
    const otel = registerProvider()
    const asked: unknown[] = []
    const scan = traced<[path: string], number>('scan', {
      kind: 'client',
      attributes: ([path], result) => {
        asked.push(result)
        return { path, ...(result !== undefined && { findings: result }) }
      },
    })(async (path: string) => path.length)
    t.is(await scan('abc'), 3)
    t.deepEqual(asked, [undefined, 3])
    t.like(otel.finished()[0], {
      name: 'scan',
      kind: SpanKind.CLIENT,
      attributes: { path: 'abc', findings: 3 },
    })
  },
)

test.serial('an extractor that throws gives no attributes, and the call is made', (t) => {
  const otel = registerProvider()
  const work = traced('work', {
    attributes: () => {
      throw new Error('extractor')
    },
  })(() => 'done')
  t.is(work(), 'done')
  t.deepEqual(otel.finished()[0]?.attributes, {})
})
