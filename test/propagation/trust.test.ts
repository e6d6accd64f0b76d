import test from 'ava'
import fc from 'fast-check'
import { extractTrace } from '../../src/propagation/index.js'

const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'
const unlimited = { sampledPerSecond: Number.POSITIVE_INFINITY }

const trusts = (peer: string | undefined, headers: object = {}) =>
  extractTrace({ traceparent, ...headers }, { peer, ...unlimited }).trusted

test('by default a peer on a loopback, private or link-local address is trusted', (t) => {
  for (const peer of [
    '127.0.0.1',
    '127.8.8.8',
    '10.1.2.3',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '169.254.1.1',
  ]) {
    t.true(trusts(peer), peer)
    t.true(trusts(`::ffff:${peer}`), peer)
  }
  for (const peer of ['::1', 'fc00::1', 'fd12:3456::1', 'fe80::1', 'fe80::1%eth0', '::ffff:a00:1'])
    t.true(trusts(peer), peer)
})

test('by default any other peer is not', (t) => {
  for (const peer of [
    '8.8.8.8',
    '172.32.0.1',
    '172.15.255.255',
    '192.169.0.1',
    '11.0.0.1',
    '100.64.0.1',
    '0.0.0.0',
    '::',
    '2001:db8::1',
    '::ffff:8.8.8.8',
    '64:ff9b::a00:1',
    '2002:a00:1::',
    '',
    'localhost',
    '10.0.0.1, 8.8.8.8',
    '10.0.0.1:80',
    '010.0.0.1',
    '0x7f.1',
    '127.1',
    '2130706433',
    ' 10.0.0.1',
  ])
    t.false(trusts(peer), peer)
})

test('without a peer no one is trusted, unless the caller says so', (t) => {
  t.false(trusts(undefined))
  t.true(extractTrace({ traceparent }, { trust: true, ...unlimited }).trusted)
  t.false(extractTrace({ traceparent }, { trust: ['0.0.0.0/0'] }).trusted)
})

const forwarders = [
  'x-forwarded-for',
  'X-Forwarded-For',
  'x-real-ip',
  'cf-connecting-ip',
  'true-client-ip',
  'fastly-client-ip',
  'x-client-ip',
  'x-cluster-client-ip',
  'x-envoy-external-address',
  'fly-client-ip',
  'x-original-forwarded-for',
  'do-connecting-ip',
]

for (const name of forwarders) {
  test(`a gateway that says by ${name} that the client is public is not trusted`, (t) => {
    for (const value of [
      '8.8.8.8',
      '8.8.8.8, 10.0.0.1',
      '10.0.0.1, 8.8.8.8',
      '8.8.8.8:4711',
      '2001:db8::1',
      '[2001:db8::1]:80',
      '"8.8.8.8"',
      'unknown',
      '_hidden',
      '',
      ',',
      '10.0.0.1,',
      'localhost',
      '10.0.0.1 8.8.8.8',
      '1'.repeat(5_000),
      '::ffff:8.8.8.8',
    ]) {
      t.false(trusts('10.0.0.1', { [name]: value }), value)
      t.false(trusts('10.0.0.1', { [name]: ['10.0.0.2', value] }), value)
    }
  })

  test(`a proxy that says by ${name} that the client is private is trusted`, (t) => {
    for (const value of [
      '10.0.0.9',
      '10.0.0.9, 192.168.0.1',
      '10.0.0.9:4711',
      '::1',
      '[fd00::1]:80',
      'fe80::1%eth0',
      '"10.0.0.9"',
    ]) {
      t.true(trusts('10.0.0.1', { [name]: value }), value)
      t.false(trusts('8.8.8.8', { [name]: value }), value)
    }
  })
}

test('the Forwarded header is read by its own syntax', (t) => {
  for (const value of [
    'for=10.0.0.9',
    'For="10.0.0.9:80";proto=https',
    'proto=http; for="[fd00::1]:4711"',
    'for=10.0.0.9, for=10.0.0.8',
  ]) {
    t.true(trusts('10.0.0.1', { forwarded: value }), value)
  }
  for (const value of [
    'for=8.8.8.8',
    'for="[2001:db8::1]:4711"',
    'for=10.0.0.9, for=8.8.8.8',
    'for=unknown',
    'for=_secret',
    'proto=https',
    '10.0.0.9',
    'by=10.0.0.9',
    'for=10.0.0.9;for=8.8.8.8',
    'for=10.0.0.9;for=10.0.0.9',
    'for=',
    'for',
    '',
  ])
    t.false(trusts('10.0.0.1', { forwarded: value }), value)
})

test('a list of networks trusts the peers in it, IPv4 and IPv6, and nobody else', (t) => {
  const trust = ['203.0.113.0/24', '198.51.100.7', '2001:db8::/32', '2001:db9::1']
  const trusted = (peer: string) =>
    extractTrace({ traceparent, 'x-forwarded-for': '8.8.8.8' }, { trust, peer, ...unlimited })
      .trusted
  for (const peer of [
    '203.0.113.255',
    '198.51.100.7',
    '::ffff:203.0.113.1',
    '2001:db8:ffff::1',
    '2001:db9::1',
  ])
    t.true(trusted(peer), peer)
  for (const peer of [
    '203.0.114.0',
    '198.51.100.8',
    '127.0.0.1',
    '10.0.0.1',
    '2001:db9::2',
    '::1',
    'x',
  ])
    t.false(trusted(peer), peer)
})

test('an entry that is no network trusts no one, and is said once', async (t) => {
  const said: string[] = []
  const listen = (warning: Error) => said.push(warning.message)
  process.on('warning', listen)
  t.teardown(() => process.off('warning', listen))
  for (const entry of [
    '10.0.0.0/33',
    '10.0.0.0/8/8',
    '::/129',
    '10.0.0.0/',
    '10.0.0.0/-1',
    '10.0.0',
    'localhost',
    '',
    7 as unknown as string,
  ]) {
    const options = { trust: [entry], peer: '10.0.0.1' }
    t.false(extractTrace({ traceparent }, options).trusted, String(entry))
    t.false(extractTrace({ traceparent }, options).trusted, String(entry))
  }
  await new Promise(setImmediate)
  t.is(said.filter((text) => text.includes('"10.0.0.0/33"')).length, 1)
})

test('a function trusts by true alone', (t) => {
  const trusted = (trust: unknown) =>
    extractTrace({ traceparent }, { trust: trust as () => boolean, peer: '10.0.0.1', ...unlimited })
      .trusted
  t.true(trusted((peer: string) => peer === '10.0.0.1'))
  t.false(trusted(() => false))
  t.false(trusted(() => 1))
  t.false(trusted(async () => true))
  t.false(
    trusted(() => {
      throw new Error('no')
    }),
  )
  for (const odd of [1, 'true', '10.0.0.0/8', {}, null]) t.false(trusted(odd), String(odd))
  t.true(trusted(true))
  t.false(trusted(false))
})

test('no public address is ever trusted by default, however it is wrapped', (t) => {
  const isPrivate = (address: string) =>
    /^(?:127|10)\.|^192\.168\.|^169\.254\.|^172\.(?:1[6-9]|2\d|3[01])\./.test(address)
  fc.assert(
    fc.property(fc.ipV4(), (address) => {
      t.is(trusts(address), isPrivate(address))
      t.is(trusts(`::ffff:${address}`), isPrivate(address))
      t.is(trusts('::1', { 'x-forwarded-for': `10.0.0.1, ${address}:80` }), isPrivate(address))
      t.is(trusts('::1', { forwarded: `for="${address}";by=10.0.0.1` }), isPrivate(address))
    }),
  )
})
