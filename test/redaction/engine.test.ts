import test from 'ava'
import { SeclogError } from '../../src/errors.js'
import { createRedaction } from '../../src/redaction/engine.js'
import type { RedactOptions } from '../../src/redaction/options.js'
import { removed } from '../../src/redaction/types.js'

test('false switches everything off', (t) => {
  const off = createRedaction(false)
  t.is(off.text('password=hunter2'), 'password=hunter2')
  t.is(off.key('password'), undefined)
  t.is(off.number(4242424242424242), undefined)
  t.is(off.censor('x', 'path'), 'x')
  t.is(off.paths, undefined)
  t.false(off.eager)
  t.deepEqual({ ...off.counts }, {})
})

test('an array is pino paths on top of the rules', (t) => {
  const redaction = createRedaction(['a.b'])
  t.true(redaction.paths?.next('a')?.next('b')?.ends)
  t.is(redaction.text('password=hunter2'), 'password=[Redacted]')
})

test('rules are counted by name and keep no text', (t) => {
  const redaction = createRedaction()
  redaction.text(
    'password=hunter2 and 4242424242424242 and ghp_A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q7r8',
  )
  redaction.text('password=hunter3')
  redaction.censor('x', 'key:token')
  t.deepEqual(
    { ...redaction.counts },
    { 'key:password': 2, card: 1, 'token:github': 1, 'key:token': 1 },
  )
  t.false(JSON.stringify(redaction.counts).includes('hunter'))
})

test('sets and single rules can be off', (t) => {
  const credentials = createRedaction({ rules: { credentials: false } })
  t.is(credentials.text('password=hunter2 4242424242424242'), 'password=hunter2 [Redacted]')
  t.is(credentials.key('password'), undefined)
  const tokens = createRedaction({ rules: { 'token:github': false, 'key:session': false } })
  const token = 'ghp_A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q7r8'
  t.is(tokens.text(token), token)
  t.is(tokens.key('sessionId'), undefined)
  const group = createRedaction({ rules: { token: false } })
  t.is(group.text(token), token)
})

test('the censor text replaces the default', (t) => {
  const redaction = createRedaction({ censor: '***' })
  t.is(redaction.text('password=hunter2'), 'password=***')
  t.is(redaction.censor({ a: 1 }, 'key:password'), '***')
  t.is(redaction.censor('x', 'path', ['a']), '***')
})

test('a censor function is asked for paths only, with the value and a path of its own', (t) => {
  const asked: unknown[] = []
  const path = ['a', 'b']
  const redaction = createRedaction({
    paths: ['a.b'],
    censor: (value, at) => {
      asked.push([value, at])
      at.push('changed')
      return `<${at.join('.')}>`
    },
  })
  t.is(redaction.censor('x', 'path', path), '<a.b.changed>')
  t.deepEqual(path, ['a', 'b'])
  t.is(redaction.censor('x', 'key:password', ['password']), '[Redacted]')
  t.is(redaction.text('password=hunter2'), 'password=[Redacted]')
  t.is(asked.length, 1)
})

test('a censor function that throws is contained and counted', (t) => {
  const redaction = createRedaction({
    censor: () => {
      throw new Error('no')
    },
  })
  t.is(redaction.censor('x', 'path', ['a']), '[Redacted]')
  t.is(redaction.counts['fault:censor'], 1)
})

test('pino remove leaves out what a path names, mask remove what rules name', (t) => {
  const pino = createRedaction({ paths: ['a'], remove: true })
  t.is(pino.censor('x', 'path', ['a']), removed)
  t.is(pino.censor('x', 'key:password'), '[Redacted]')
  const all = createRedaction({ mask: 'remove' })
  t.is(all.censor('x', 'key:password'), removed)
  t.is(all.text('a password=hunter2 b'), 'a password= b')
})

test('partial shows the last four characters of what is long enough', (t) => {
  const redaction = createRedaction({ mask: 'partial' })
  t.is(redaction.text('paid with 4242424242424242'), 'paid with ****4242')
  t.is(redaction.censor(4242424242424242, 'card'), '****4242')
  t.is(redaction.censor('short', 'key:password'), '[Redacted]')
  t.is(redaction.censor({ a: 'x' }, 'key:password'), '[Redacted]')
  t.is(redaction.censor('abcdefghij🚀x🚀', 'key:password'), '****x🚀')
})

test('a pseudonym is stable for a value and a key, and names the key', (t) => {
  const of = (key: string, keyId: string) => createRedaction({ mask: { hmac: { key, keyId } } })
  const first = of('0123456789abcdef', 'k1')
  const name = first.censor('alice@example.com', 'pii:email')
  t.regex(String(name), /^k1:[0-9a-f]{32}$/)
  t.is(first.text('password=alice@example.com'), `password=${name}`)
  t.is(of('0123456789abcdef', 'k1').censor('alice@example.com', 'x'), name)
  t.not(of('another-key-of-16', 'k1').censor('alice@example.com', 'x'), name)
  t.not(first.censor('bob@example.com', 'x'), name)
  t.is(first.censor(42, 'key:pin'), first.censor('42', 'key:pin'))
  t.is(first.censor({ a: 1 }, 'key:secret'), '[Redacted]')
})

test('own patterns mask their matches, as expressions and as functions', (t) => {
  const redaction = createRedaction({
    patterns: [
      { name: 'employee', pattern: /EMP-\d{4}/ },
      { name: 'first', pattern: (text) => (text.startsWith('X') ? [[0, 1]] : []) },
    ],
  })
  t.true(redaction.eager)
  t.is(redaction.text('EMP-1234 and EMP-5678'), '[Redacted] and [Redacted]')
  t.is(redaction.text('Xylophone'), '[Redacted]ylophone')
  t.deepEqual({ ...redaction.counts }, { 'pattern:employee': 2, 'pattern:first': 1 })
})

test('a pattern that throws masks the whole text, and the next one goes on', (t) => {
  const redaction = createRedaction({
    patterns: [
      {
        name: 'bad',
        pattern: (text) => {
          if (text.includes('boom')) throw new Error('no')
          return []
        },
      },
    ],
  })
  t.is(redaction.text('boom'), '[Redacted]')
  t.is(redaction.text('fine'), 'fine')
  t.is(redaction.counts['pattern:bad:fault'], 1)
})

test('a text beyond a pattern is budget is masked whole', (t) => {
  const redaction = createRedaction({ patterns: [{ name: 'p', pattern: /x/ }] })
  t.is(redaction.text('a '.repeat(10_000)), '[Redacted]')
  t.is(redaction.counts['pattern:p:budget'], 1)
})

test('a pattern that runs out of time masks the text and is asked for shorter ones only', (t) => {
  const slow = (text: string): [number, number][] => {
    const end = performance.now() + 60
    if (text.includes('slow')) while (performance.now() < end);
    return []
  }
  const redaction = createRedaction({ patterns: [{ name: 'p', pattern: slow }] })
  t.is(redaction.text('slow '.repeat(40)), '[Redacted]')
  t.is(redaction.text('fine '.repeat(40)), '[Redacted]')
  t.is(redaction.text('fine'), 'fine')
})

test('a fault of the rules masks the text, and counts', (t) => {
  const redaction = createRedaction()
  const hostile = {
    length: 20,
    charCodeAt() {
      throw new Error('no')
    },
  }
  t.is(redaction.text(hostile as unknown as string), '[Redacted]')
  t.is(redaction.key(hostile as unknown as string)?.scope, 'branch')
  t.deepEqual({ ...redaction.counts }, { 'fault:text': 1, 'fault:key': 1 })
})

const wrong: readonly (readonly [string, unknown])[] = [
  ['a number', 42],
  ['null', null],
  ['a censor of a wrong type', { censor: 42 }],
  ['patterns that are no array', { patterns: {} }],
  ['a pattern without a name', { patterns: [{ pattern: /x/ }] }],
  ['a pattern that is a text', { patterns: [{ name: 'x', pattern: 'x' }] }],
  ['a pattern that is nothing', { patterns: [null] }],
  ['an unknown mask', { mask: 'blur' }],
  ['a mask without a key id', { mask: { hmac: { key: '0123456789abcdef', keyId: '' } } }],
  ['a short key', { mask: { hmac: { key: 'short', keyId: 'k' } } }],
  ['no key', { mask: { hmac: { keyId: 'k' } } }],
  ['a mask that is null', { mask: null }],
  ['an empty name', { keys: [''] }],
  ['names of a wrong type', { keys: { extra: [1] } }],
  ['a rule that is no boolean', { rules: { pii: 'yes' } }],
  ['malformed paths', ['a..b']],
]

for (const [name, options] of wrong) {
  test(`wrong options are refused: ${name}`, (t) => {
    t.throws(() => createRedaction(options as RedactOptions), {
      instanceOf: SeclogError,
      code: 'SECLOG_REDACT_INVALID',
    })
  })
}
