import test from 'ava'
import { registerProvider, unregister } from '../spans/otel.js'
import { callThrough, cases, checkCalls, checkCase, multiCallCases } from './w3c.js'

test.before(() => registerProvider())
test.after.always(unregister)

for (const one of cases) {
  test.serial(`W3C, with OpenTelemetry's spans: ${one.name}`, (t) => {
    const [out = {}] = callThrough(one.headers)
    checkCase(t, one, out)
  })
}

for (const one of multiCallCases) {
  test.serial(`W3C, with OpenTelemetry's spans: ${one.name}`, (t) =>
    checkCalls(t, one, callThrough(one.headers, one.calls)),
  )
}
