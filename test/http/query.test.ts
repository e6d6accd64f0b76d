import test from 'ava'
import fc from 'fast-check'
import { createQueryRedactor } from '../../src/http/query.js'
import { parseTarget, splitAuthority } from '../../src/http/target.js'
import { createRedaction } from '../../src/redaction/engine.js'

const redact = createQueryRedactor([createRedaction()])
const token = `ghp_${'a1B2c3D4e5'.repeat(3)}F6g7h8`

const rows: readonly (readonly [string, string])[] = [
  ['page=2&sort=name', 'page=2&sort=name'],
  ['', ''],
  ['flag', 'flag'],
  ['a=', 'a='],
  ['token=', 'token='],
  ['token=abc', 'token=[Redacted]'],
  ['Token=abc&b=1', 'Token=[Redacted]&b=1'],
  ['access_token=abc', 'access_token=[Redacted]'],
  ['code=abc&state=open', 'code=[Redacted]&state=open'],
  ['state=f3Xq91LmZp0Yk7RtWv2sBn4c', 'state=[Redacted]'],
  ['%74oken=abc', '%74oken=[Redacted]'],
  ['%2574oken=abc', '%2574oken=[Redacted]'],
  ['user%5Bpassword%5D=abc', 'user%5Bpassword%5D=[Redacted]'],
  ['filter.api_key=abc', 'filter.api_key=[Redacted]'],
  ['X-Amz-Signature=abc&X-Amz-Date=1', 'X-Amz-Signature=[Redacted]&X-Amz-Date=1'],
  [`q=${token}`, 'q=[Redacted]'],
  [`q=${encodeURIComponent(encodeURIComponent(`x ${token}`))}`, 'q=[Redacted]'],
  [token, '[Redacted]'],
  ['a=%', 'a=%'],
  ['a=%ff%41', 'a=%ff%41'],
  ['token=%ff', 'token=[Redacted]'],
  ['next=http%3A%2F%2Fuser%3Ahunter2hunter2%40host%2F', 'next=[Redacted]'],
]

for (const [query, safe] of rows) {
  test(`?${query.slice(0, 60)} is written as ?${safe}`, (t) => t.is(redact(query), safe))
}

test('a long query is cut, and its end says so', (t) => {
  const safe = redact(`a=${'x'.repeat(10_000)}`)
  t.true(safe.length < 8_300)
  t.true(safe.endsWith('…'))
})

test('rules of a logger’s own are followed', (t) => {
  const own = createQueryRedactor([createRedaction(), createRedaction({ keys: ['tenant'] })])
  t.is(own('tenant=acme&page=1'), 'tenant=[Redacted]&page=1')
})

test('no target makes reading throw, and no password of one is kept', (t) => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('GET', 'CONNECT'),
      (text, method) => {
        parseTarget(method, text, [createRedaction()])
        splitAuthority(text)
        const { authority } = parseTarget(method, `http://user:hunter2@${text}`, [])
        return !(authority ?? '').startsWith('user:hunter2@')
      },
    ),
    { numRuns: 300 },
  )
  t.pass()
})

for (const [authority, host, port] of [
  ['a.example', 'a.example', undefined],
  ['a.example:81', 'a.example', 81],
  ['[::1]:8080', '::1', 8080],
  ['::1', '::1', undefined],
  ['', '', undefined],
] as const) {
  test(`the host of ${authority || 'nothing'} is ${host || 'empty'}`, (t) => {
    t.deepEqual(splitAuthority(authority), { host, port })
  })
}
