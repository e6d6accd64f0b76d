import { AssertionError } from 'node:assert'
import { gunzipSync, gzipSync } from 'node:zlib'
import test, { type ExecutionContext } from 'ava'
import fc from 'fast-check'
import { createSecurityLogger } from '../../src/index.js'
import { expectNoLeak, memoryDestination } from '../../src/testing/index.js'

const secret = 'tr0ub4dor&3-"corréct"/horse'

function failure(
  t: ExecutionContext,
  records: Iterable<unknown> | string,
  secrets: object = { pin: secret },
): string {
  const error = t.throws(() => expectNoLeak(records, secrets as Record<string, string>), {
    instanceOf: AssertionError,
  })
  return error?.message ?? ''
}

const bytes = Buffer.from(secret)
const encodings: Readonly<Record<string, string>> = {
  plain: secret,
  upper: secret.toUpperCase(),
  json: JSON.stringify(secret),
  'json in json': JSON.stringify(JSON.stringify({ a: JSON.stringify(secret) })),
  ascii: [...secret].map((c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`).join(''),
  'url component': encodeURIComponent(secret),
  'url component twice': encodeURIComponent(encodeURIComponent(secret)),
  'every byte in percents': [...bytes]
    .map((byte) => `%${byte.toString(16).padStart(2, '0')}`)
    .join(''),
  'html entities': [...secret].map((c) => `&#${c.codePointAt(0)};`).join(''),
  hexadecimal: bytes.toString('hex'),
  'HEX with colons': (bytes.toString('hex').match(/../g) ?? []).join(':').toUpperCase(),
  'a dump of bytes': `<Buffer ${(bytes.toString('hex').match(/../g) ?? []).join(' ')}>`,
  'UTF-16 base64': Buffer.from(secret, 'utf16le').toString('base64'),
  'base64 in a url': encodeURIComponent(bytes.toString('base64')),
  part: `…${secret.slice(5, 18)}…`,
}

for (const [name, text] of Object.entries(encodings)) {
  test(`a secret is found: ${name}`, (t) => {
    failure(t, [{ msg: `before ${text} behind` }])
    failure(t, [`not json ${text}`])
    failure(t, [{ [text]: 1 }])
  })
}

for (const before of ['', 'a', 'ab', 'abc', 'user:']) {
  for (const behind of ['', 'x', 'xy']) {
    for (const encoding of ['base64', 'base64url'] as const) {
      test(`a secret is found in ${encoding} between "${before}" and "${behind}"`, (t) => {
        const text = Buffer.from(before + secret + behind).toString(encoding)
        t.regex(failure(t, [{ a: { b: [text] } }]), /secret pin, base64: record 1, a\.b\[0\]/)
      })
    }
  }
}

test('a card number is found in groups', (t) => {
  for (const text of ['4242 4242 4242 4242', '4242-4242-4242-4242', '4242424242424242'])
    failure(t, [{ text }], ['4242424242424242'])
})

test('a secret is found in bytes, in class instances, and deep in values', (t) => {
  class Session {
    readonly token = secret
  }
  failure(t, [{ a: [new Session()] }])
  failure(t, [{ a: new Map([['k', secret]]) }])
  failure(t, [bytes])
  failure(t, [{ error: new Error(secret) }])
  failure(t, [gunzipSync(gzipSync(secret))])
})

test('the failure says where and how, and not what', (t) => {
  const message = failure(t, [
    '{"msg":"fine"}',
    JSON.stringify({ user: { password: secret }, msg: Buffer.from(secret).toString('hex') }),
  ])
  t.regex(message, /^2 leaks:\n/)
  t.true(message.includes('secret pin, as it is: record 2, user.password'))
  t.true(message.includes('secret pin, hexadecimal: record 2, msg'))
  t.false(message.includes(secret) || message.includes(secret.slice(0, 8)))
})

test('many leaks are counted', (t) => {
  const message = failure(
    t,
    Array.from({ length: 50 }, () => ({ secret })),
  )
  t.regex(message, /^50 leaks:\n[\s\S]*and 30 more$/)
})

test('what holds no secret passes', (t) => {
  t.notThrows(() => expectNoLeak([], { pin: secret }))
  t.notThrows(() => expectNoLeak('nothing', [secret]))
  const circular: Record<string, unknown> = { a: 1 }
  circular['self'] = circular
  t.notThrows(() => expectNoLeak([circular, null, undefined, 1n, Symbol('x')], [secret]))
  t.notThrows(() => expectNoLeak([`${secret.slice(0, 9)}…`], [secret]))
})

test('a secret that would be found by chance is refused, and so are none', (t) => {
  t.throws(() => expectNoLeak([], ['abc']), { message: /less than 4 characters/ })
  t.throws(() => expectNoLeak([], {}), { message: /no secret/ })
})

test('what the default rules mask does not leak', (t) => {
  const destination = memoryDestination()
  const log = createSecurityLogger({}, destination)
  log.info({ password: secret, url: `https://u:${encodeURIComponent(secret)}@h/` }, 'x')
  t.notThrows(() => expectNoLeak(destination.lines, [secret]))
  log.info({ remark: secret })
  failure(t, destination.lines)
  failure(t, destination.records)
})

test('any secret is found in any text, in base64, percents and JSON', (t) => {
  const text = fc.string({ unit: 'binary', maxLength: 20 })
  const secrets = fc.string({ unit: 'grapheme', minLength: 8, maxLength: 24 })
  t.notThrows(() =>
    fc.assert(
      fc.property(text, secrets, text, (before, value, behind) => {
        const whole = before + value + behind
        const wellFormed = Buffer.from(whole).toString() === whole
        const forms = [whole, JSON.stringify(whole)]
        if (wellFormed) forms.push(encodeURIComponent(whole), Buffer.from(whole).toString('base64'))
        return forms.every((form) => {
          try {
            expectNoLeak([form], [value])
            return false
          } catch (error) {
            return error instanceof AssertionError
          }
        })
      }),
      { numRuns: 200 },
    ),
  )
})
