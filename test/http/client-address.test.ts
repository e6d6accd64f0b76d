import test from 'ava'
import { clientAddress, createProxyTest } from '../../src/http/client-address.js'

const isProxy = createProxyTest(['10.0.0.0/8', '::1', '2001:db8::/32'], () => {})

const rows: readonly (readonly [string | undefined, string | undefined, string | undefined])[] = [
  ['203.0.113.9', '1.2.3.4', '203.0.113.9'],
  ['10.0.0.1', undefined, '10.0.0.1'],
  ['10.0.0.1', '1.2.3.4', '1.2.3.4'],
  ['10.0.0.1', '6.6.6.6, 1.2.3.4', '1.2.3.4'],
  ['10.0.0.1', '1.2.3.4, 10.0.0.2', '1.2.3.4'],
  ['10.0.0.1', '10.0.0.3, 10.0.0.2', '10.0.0.3'],
  ['::ffff:10.0.0.1', '1.2.3.4', '1.2.3.4'],
  ['10.0.0.1', '::ffff:1.2.3.4', '1.2.3.4'],
  ['::1', '"[2001:db8::7]:4711"', '2001:db8::7'],
  ['10.0.0.1', '1.2.3.4:5678', '1.2.3.4'],
  ['10.0.0.1', 'unknown', '10.0.0.1'],
  ['10.0.0.1', '1.2.3.4, unknown', '10.0.0.1'],
  ['10.0.0.1', '', '10.0.0.1'],
  ['10.0.0.1', '<script>', '10.0.0.1'],
  ['10.0.0.1', '1.2.3.4,'.repeat(1000), '10.0.0.1'],
  [undefined, '1.2.3.4', undefined],
]

for (const [peer, forwarded, client] of rows) {
  test(`the client behind ${peer} that forwards for ${forwarded?.slice(0, 40)} is ${client}`, (t) => {
    t.is(clientAddress(peer, forwarded, isProxy), client)
  })
}

test('no proxy is trusted by default, and none by a function that throws', (t) => {
  t.is(
    createProxyTest(undefined, () => {}),
    undefined,
  )
  t.is(clientAddress('10.0.0.1', '1.2.3.4', undefined), '10.0.0.1')
  const throwing = createProxyTest(
    () => {
      throw new Error('no')
    },
    () => {},
  )
  t.is(clientAddress('10.0.0.1', '1.2.3.4', throwing), '10.0.0.1')
  const own = createProxyTest(
    (address) => address === '10.0.0.1',
    () => {},
  )
  t.is(clientAddress('10.0.0.1', '1.2.3.4', own), '1.2.3.4')
})
