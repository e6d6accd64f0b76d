import test from 'ava'
import { readAnswer } from '../../src/transports/bulk-answer.js'

const items = (...statuses: unknown[]) =>
  JSON.stringify({
    items: statuses.map((status) => ({
      create: { status, error: { type: 'made_up', reason: 'so' } },
    })),
  })

test('each line of an answer has an outcome of its own', (t) => {
  const outcome = readAnswer(
    200,
    undefined,
    items(201, 200, 409, 429, 503, 408, 401, 403, 400, 404),
    10,
  )
  t.is(outcome.kind, 'answered')
  t.deepEqual(outcome.kind === 'answered' && outcome.items.map(({ kind }) => kind), [
    'created',
    'created',
    'known',
    'retry',
    'retry',
    'retry',
    'retry',
    'retry',
    'dead',
    'dead',
  ])
})

test('an answer that does not tell of each line is none', (t) => {
  for (const body of ['', '{}', '<html>', items(201), '{"items":[null]}', 'null']) {
    t.is(readAnswer(200, undefined, body, 2).kind, 'retry')
  }
  const odd = readAnswer(200, undefined, '{"items":[null,{"index":{"status":201}}]}', 2)
  t.deepEqual(odd.kind === 'answered' && odd.items.map(({ kind }) => kind), ['retry', 'retry'])
})

test('a request is tried again, divided or refused by its status', (t) => {
  const kindOf = (status: number) =>
    readAnswer(status, undefined, '{"error":{"type":"made_up"}}', 1).kind
  for (const status of [408, 425, 429, 500, 502, 503, 504]) t.is(kindOf(status), 'retry')
  for (const status of [400, 413]) t.is(kindOf(status), 'divide')
  for (const status of [301, 302, 401, 403, 404, 405]) t.is(kindOf(status), 'refused')
})

test('Retry-After counts in seconds or as a date, within bounds', (t) => {
  const afterMs = (value: string) => {
    const outcome = readAnswer(429, value, '', 1)
    return outcome.kind === 'retry' ? outcome.afterMs : undefined
  }
  t.is(afterMs('7'), 7_000)
  t.is(afterMs('999999999'), 600_000)
  t.is(afterMs('soon'), undefined)
  t.is(afterMs(new Date(0).toUTCString()), undefined)
  const later = afterMs(new Date(Date.now() + 60_000).toUTCString())
  t.true(later !== undefined && later > 50_000 && later <= 60_000)
})
