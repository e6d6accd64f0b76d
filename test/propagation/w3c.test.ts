import test from 'ava'
import { callThrough, cases, checkCalls, checkCase, multiCallCases } from './w3c.js'

for (const one of cases) {
  test(`W3C: ${one.name}`, (t) => {
    const [out = {}] = callThrough(one.headers)
    checkCase(t, one, out)
  })
}

for (const one of multiCallCases) {
  test(`W3C: ${one.name}`, (t) => checkCalls(t, one, callThrough(one.headers, one.calls)))
}

test('no case is missing', (t) => {
  t.is(cases.length, 79)
  t.is(multiCallCases.length, 3)
})
