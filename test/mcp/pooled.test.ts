import test from 'ava'
import { overHttp, overStdio, spansNamed } from './both-ends.js'
import { calls, check, crowd } from './crowd.js'

test(`${calls} calls at once over one session to a process mix no ids`, async (t) => {
  const ends = await overStdio(t)
  await crowd(t, ends)
  await ends.client.close()
  check(t, ends)
})

test(`${calls} calls at once over one session of Streamable HTTP mix no ids`, async (t) => {
  const ends = await overHttp(t, { span: false })
  await crowd(t, ends)
  await ends.client.ping()
  check(t, ends)
})

test('a session that is opened within a request does not stay in the trace of the request', async (t) => {
  const ends = await overStdio(t)
  await ends.log.withSpan('first', () => ends.client.ping())
  await ends.client.ping()
  const pings = spansNamed(ends.trees(), 'ping').filter(({ kind }) => kind === 'client')
  t.is(pings.length, 2)
  t.is(pings[1]?.parentSpanId, undefined)
})
