import { createRequire } from 'node:module'
import { trace } from '@opentelemetry/api'
import test from 'ava'
import { activeTrace } from '../../src/context/active.js'
import { activeSpan } from '../../src/spans/active-span.js'
import { withSpan } from '../../src/spans/with-span.js'
import { registerProvider, unregister } from './otel.js'

const require = createRequire(import.meta.url)

test.afterEach.always(unregister)

test.serial('another copy of the API in the process sees our spans, and we see its', (t) => {
  for (const file of Object.keys(require.cache)) {
    if (file.includes('@opentelemetry/api/')) delete require.cache[file]
  }
  const other = require('@opentelemetry/api') as { trace: typeof trace }
  t.not(other.trace, trace)
  const otel = registerProvider()
  withSpan('ours', (ours) => {
    t.is(other.trace.getActiveSpan()?.spanContext().spanId, ours.spanContext().spanId)
    other.trace.getTracer('app').startActiveSpan('theirs', (theirs) => {
      t.is(activeTrace()?.spanId, theirs.spanContext().spanId)
      theirs.end()
    })
  })
  t.is(otel.finished().length, 2)
})

test.serial('another copy of this library in the process shares its context', async (t) => {
  const copy = async <T>(path: string): Promise<T> =>
    (await import(new URL(`../../src/${path}.js?copy`, import.meta.url).href)) as T
  // The query is not passed on to what the copy imports, so each file that holds state is loaded on its own.
  const scope = await copy<typeof import('../../src/context/scope.js')>('context/scope')
  const span = await copy<typeof import('../../src/spans/active-span.js')>('spans/active-span')
  withSpan('ours', (ours) => {
    t.is(scope.currentScope()?.span as unknown, ours)
    t.is(span.activeSpan(), ours)
    t.is(activeSpan(), ours)
  })
  scope.runInScope({ span: undefined, otelContext: undefined, ambient: undefined }, () =>
    t.is(activeTrace(), undefined),
  )
})
