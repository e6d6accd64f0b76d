import test from 'ava'
import fc from 'fast-check'
import { readRequestId, requestId } from '../../src/propagation/index.js'

const form = /^[A-Za-z0-9._~-]{8,128}$/

test('an id that is harmless is taken over', (t) => {
  t.is(requestId({ 'X-Request-ID': 'abc-123_~.' }), 'abc-123_~.')
  t.is(requestId(new Headers({ 'x-correlation-id': 'abc-12345' })), 'abc-12345')
  t.is(requestId({ 'x-correlation-id': 'correlation', 'x-request-id': 'request-1' }), 'request-1')
  t.deepEqual(readRequestId({ 'x-request-id': 'a'.repeat(128) }), {
    id: 'a'.repeat(128),
    origin: 'accepted',
  })
})

test('any other is replaced, and nothing of it is kept', (t) => {
  const long = 'a'.repeat(129)
  for (const id of [
    'short',
    '',
    long,
    'with space',
    'a\r\nSet-Cookie: x=1',
    '12345678\n',
    'abcdefg/',
    '../../etc/passwd',
    'é'.repeat(9),
    '%{jndi:ldap}',
    '{"a":12345}',
  ]) {
    const { id: given, origin } = readRequestId({ 'x-request-id': id })
    t.is(origin, 'replaced', id)
    t.regex(given, form)
    t.not(given, id)
  }
})

test('of two none is taken', (t) => {
  for (const carrier of [
    { 'x-request-id': ['request-1', 'request-2'] },
    { 'x-request-id': 'request-1', 'X-Request-Id': 'request-2' },
    [
      ['x-request-id', 'request-1'],
      ['x-request-id', 'request-1'],
    ],
  ]) {
    t.is(readRequestId(carrier).origin, 'replaced')
  }
  t.is(
    readRequestId({ 'x-request-id': 'bad', 'x-correlation-id': 'correlation' }).origin,
    'replaced',
  )
})

test('without one, one is made, and each is another', (t) => {
  t.is(readRequestId({}).origin, 'created')
  t.is(readRequestId(undefined).origin, 'created')
  t.not(requestId({}), requestId({}))
  t.is(
    readRequestId(
      new Proxy(
        {},
        {
          ownKeys: () => {
            throw new Error('no')
          },
        },
      ),
    ).origin,
    'replaced',
  )
})

test('whatever comes, the id is harmless', (t) => {
  fc.assert(
    fc.property(fc.anything(), (value) => t.regex(requestId({ 'x-request-id': value }), form)),
  )
})
