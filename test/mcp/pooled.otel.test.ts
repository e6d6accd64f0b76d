import test from 'ava'
import { registerProvider, unregister } from '../spans/otel.js'
import { overHttp, overStdio } from './both-ends.js'
import { calls, check, crowd } from './crowd.js'

test.afterEach.always(unregister)

test.serial(
  `with OpenTelemetry, ${calls} calls at once over one session to a process mix no ids`,
  async (t) => {
    const { finished } = registerProvider()
    const ends = await overStdio(t)
    await crowd(t, ends)
    await ends.client.close()
    check(t, ends)
    const submitted = finished().filter(({ name }) => name === 'submit')
    t.is(new Set(submitted.map((span) => span.spanContext().traceId)).size, calls)
  },
)

test.serial(
  `with OpenTelemetry, ${calls} calls at once over one session of Streamable HTTP mix no ids`,
  async (t) => {
    registerProvider()
    const ends = await overHttp(t)
    await crowd(t, ends)
    await ends.client.ping()
    check(t, ends)
  },
)
