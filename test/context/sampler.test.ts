import test from 'ava'
import { activeTrace } from '../../src/context/active.js'
import { createTraceId } from '../../src/context/ids.js'
import { ratioSampler, setRootSampler } from '../../src/context/sampler.js'
import { withSpan } from '../../src/spans/with-span.js'

test.afterEach.always(() => setRootSampler(undefined))

test.serial('a root asks the sampler, and its children inherit the answer', (t) => {
  const asked: string[] = []
  setRootSampler((_, name) => {
    asked.push(name)
    return false
  })
  withSpan('root', () => {
    t.is(activeTrace()?.traceFlags, 0)
    withSpan('child', () => t.is(activeTrace()?.traceFlags, 0))
  })
  t.deepEqual(asked, ['root'])
})

test.serial('a sampler that throws samples', (t) => {
  setRootSampler(() => {
    throw new Error('broken')
  })
  withSpan('root', () => t.is(activeTrace()?.traceFlags, 1))
})

test('a ratio samples about so many, and at its ends all and none', (t) => {
  const ids = Array.from({ length: 4_000 }, createTraceId)
  const share = (ratio: number): number =>
    ids.filter((id) => ratioSampler(ratio)(id, '')).length / ids.length
  t.is(share(1), 1)
  t.is(share(7), 1)
  t.is(share(0), 0)
  t.is(share(-1), 0)
  t.is(share(Number.NaN), 0)
  t.true(Math.abs(share(0.25) - 0.25) < 0.05)
})
