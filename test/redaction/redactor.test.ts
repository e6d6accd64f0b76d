import test from 'ava'
import fc from 'fast-check'
import { createRedactor } from '../../src/redaction/index.js'

test('a redactor masks texts, names and values', (t) => {
  const redactor = createRedactor()
  t.is(redactor.text('GET /?token=abc123'), 'GET /?token=[Redacted]')
  t.is(redactor.key('password')?.rule, 'key:password')
  t.deepEqual(
    redactor.value({
      user: { password: 'x', session: { id: 7 } },
      env: [{ name: 'DB_PASSWORD', value: 'y' }],
      rawHeaders: ['Host', 'h', 'Authorization', 'Bearer z1'],
      argv: ['node', '--token', 'w'],
      jwk: { kty: 'EC', x: 'a', d: 'v' },
      map: new Map([['password', 'u']]),
      note: 'password=q',
      card: 4242424242424242,
      otp: ['123456'],
    }),
    {
      user: { password: '[Redacted]', session: { id: 7 } },
      env: [{ name: 'DB_PASSWORD', value: '[Redacted]' }],
      rawHeaders: ['Host', 'h', 'Authorization', '[Redacted]'],
      argv: ['node', '--token', '[Redacted]'],
      jwk: { kty: 'EC', x: 'a', d: '[Redacted]' },
      map: { password: '[Redacted]' },
      note: 'password=[Redacted]',
      card: '[Redacted]',
      otp: '[Redacted]',
    },
  )
})

test('counts are a copy', (t) => {
  const redactor = createRedactor()
  const before = redactor.counts()
  redactor.text('password=x')
  t.deepEqual({ ...before }, {})
  t.deepEqual({ ...redactor.counts() }, { 'key:password': 1 })
})

test('no value makes it throw', (t) => {
  const redactor = createRedactor({ rules: { pii: true } })
  fc.assert(
    fc.property(
      fc.anything({ withBigInt: true, withMap: true, withDate: true, withNullPrototype: true }),
      (value) => {
        redactor.value(value)
      },
    ),
    { numRuns: 300 },
  )
  t.is(redactor.value(undefined), null)
})

test('a secret under any sensitive name at any depth is gone', (t) => {
  const redactor = createRedactor()
  const name = fc.constantFrom('password', 'apiKey', 'X-Auth-Token', 'client_secret', 'sessionId')
  const wrap = fc.array(fc.constantFrom('a', 'items', 'data', 'x.y'), { maxLength: 6 })
  fc.assert(
    fc.property(name, wrap, (key, wraps) => {
      let value: unknown = { [key]: 'Zx9-hidden-value' }
      for (const outer of wraps) value = outer === 'items' ? [value] : { [outer]: value }
      t.false(JSON.stringify(redactor.value(value)).includes('hidden'))
    }),
  )
})
