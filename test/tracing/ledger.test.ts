import test from 'ava'
import { Ledger } from '../../src/tracing/ledger.js'

test('bursts beyond the queue are one overload, which is over when it has been calm', (t) => {
  let now = 0
  const said: string[] = []
  const ledger = new Ledger(
    (reaches, target, { dropped }) => said.push(`${target} ${reaches} ${dropped}`),
    (text) => text,
    () => now,
  )
  for (let burst = 0; burst < 5; burst++) {
    now += 5_000
    for (let i = 0; i < 3; i++) ledger.made()
    ledger.lost('a', 1, 'the queue was full')
    ledger.settled('a', { exported: 2, dropped: 0 })
  }
  t.deepEqual(said, ['a false 1'])
  now += 10_000
  ledger.made()
  ledger.settled('a', { exported: 1, dropped: 0 })
  t.deepEqual(said, ['a false 1', 'a true 5'])
  t.deepEqual(ledger.health, {
    state: 'working',
    made: 16,
    exported: 11,
    dropped: 5,
    queued: 0,
    lastError: 'the queue was full',
  })
})

test('while one target fails the state is degraded, and why it fails outlives a full queue', (t) => {
  const said: string[] = []
  const ledger = new Ledger(
    (reaches, target, { state }) => said.push(`${target} ${reaches} ${state}`),
    (text) => text.replace('secret', '***'),
    () => 0,
  )
  for (let i = 0; i < 5; i++) ledger.made()
  ledger.settled('a', { exported: 0, dropped: 1, error: 'refused secret' })
  ledger.settled('b', { exported: 0, dropped: 1 })
  t.is(ledger.health.lastError, 'unknown error')
  ledger.settled('b', { exported: 1, dropped: 0 })
  ledger.settled('a', { exported: 0, dropped: 1, error: 'refused secret' })
  ledger.lost('a', 1, 'the queue was full')
  t.deepEqual(said, ['a false degraded', 'b false degraded', 'b true degraded'])
  t.is(ledger.health.lastError, 'refused ***')
  t.is(ledger.health.failingSince, '1970-01-01T00:00:00.000Z')
  ledger.mute()
  ledger.lost('c', 0, 'nothing')
  ledger.lost('c', 1, 'something')
  t.is(said.length, 3)
})
