import { readFileSync } from 'node:fs'
import test from 'ava'
import fc from 'fast-check'
import { extractTrace, injectTrace, withRemoteTrace } from '../../src/propagation/index.js'
import { createRedaction } from '../../src/redaction/engine.js'
import { setProcessRedaction } from '../../src/redaction/process-wide.js'

const trust = { trust: true }
const read = (baggage: unknown) => Object.fromEntries(extractTrace({ baggage }, trust).baggage)
const sentOn = (baggage: unknown) =>
  withRemoteTrace({ baggage }, trust, () => (injectTrace({}) as { baggage?: string }).baggage)

test.afterEach.always(() => setProcessRedaction(undefined))

test('members are decoded, with or without spaces around them', (t) => {
  t.deepEqual(read('a=1, b = two%20words ;p=1;q , c=x=y, empty='), {
    a: '1',
    b: 'two words',
    c: 'x=y',
    empty: '',
  })
  t.deepEqual(read(['a=1', 'b=2,a=3']), { a: '3', b: '2' })
})

test('a member that is not valid is left out, the others stay', (t) => {
  t.deepEqual(read('a=1,=2,nothing,b c=3,d=%zz,e="f",g=\u00e4,h=%ff,,;,i=9'), { a: '1', i: '9' })
})

test('decoded values have no line ends, escapes, controls or bidi marks', (t) => {
  const hostile = 'a=1%0d%0aX-Evil:%201%1b%5b31m%00%07%7f%c2%85%e2%80%a8%e2%80%ae%ef%bb%bf'
  t.deepEqual(read(hostile), { a: '1 X-Evil: 1 [31m' })
  t.is(sentOn(hostile), 'a=1%20X-Evil%3A%201%20%5B31m')
})

test('names of JavaScript are names like any other', (t) => {
  const { baggage, fields } = extractTrace(
    { baggage: '__proto__=p,constructor=c,toString=t' },
    { trust: true, baggageFields: ['__proto__', 'constructor', 'hasOwnProperty'] },
  )
  t.is(baggage.get('__proto__'), 'p')
  t.deepEqual(Object.entries(fields), [
    ['__proto__', 'p'],
    ['constructor', 'c'],
  ])
  t.is(Object.getPrototypeOf(fields), Object.prototype)
})

test('64 members are kept, and of more the first 64', (t) => {
  const members = (count: number) => Array.from({ length: count }, (_, n) => `k${n}=${n}`)
  t.is(sentOn(members(64).join(',')), members(64).join(','))
  t.is(sentOn(members(200).join(',')), members(64).join(','))
  t.is(sentOn(members(90)), members(64).join(','))
})

test('8192 bytes are kept, and of more whole members', (t) => {
  const full = `a=${'x'.repeat(4_093)},b=${'y'.repeat(4_094)}`
  t.is(full.length, 8_192)
  t.is(sentOn(full), full)
  t.is(sentOn(`${full}y`), `a=${'x'.repeat(4_093)}`)
  t.is(sentOn(`a=${'x'.repeat(8_191)}`), undefined)
  t.is(sentOn([full.slice(0, 4_095), full.slice(4_096)]), full)
})

test('what is sent stays within the limits, however much is added', (t) => {
  const added = Object.fromEntries(Array.from({ length: 300 }, (_, n) => [`k${n}`, 'ü'.repeat(n)]))
  const { baggage = '' } = injectTrace({}, { baggage: added }) as { baggage?: string }
  t.true(baggage.length <= 8_192)
  t.true(baggage.split(',').length <= 64)
  for (const member of baggage.split(',')) t.regex(member, /^k\d+=(?:%C3%BC)*$/)
})

test('properties of members are sent on, unless they hold a secret', (t) => {
  t.is(sentOn('a=1;ttl=5;keep,b=2'), 'a=1;ttl=5;keep,b=2')
  t.is(sentOn('a=1;auth=AKIAIOSFODNN7EXAMPLZ'), 'a=1')
})

test('baggage becomes log fields by name only, redacted, and of 256 characters', (t) => {
  const fields = (baggage: string, ...baggageFields: string[]) =>
    extractTrace({ baggage }, { trust: true, baggageFields }).fields
  t.deepEqual(fields('tenant=acme,other=1'), {})
  t.deepEqual(fields('tenant=acme,other=1', 'tenant', 'missing'), { tenant: 'acme' })
  t.deepEqual(fields('password=hunter2,app.api_key=abc', 'password', 'app.api_key'), {
    password: '[Redacted]',
    'app.api_key': '[Redacted]',
  })
  t.is(String(fields(`tenant=${'x'.repeat(5_000)}`, 'tenant')['tenant']).length, 256)
  t.is(fields(`tenant=${'x'.repeat(255)}%F0%9F%98%80`, 'tenant')['tenant'], 'x'.repeat(255))
})

test('rules of the process apply: a path masks, a censor may remove', (t) => {
  setProcessRedaction(createRedaction({ paths: ['tenant'] }))
  t.is(sentOn('tenant=acme,b=2'), 'tenant=%5BRedacted%5D,b=2')
  setProcessRedaction(createRedaction({ paths: ['tenant'], remove: true }))
  t.is(sentOn('tenant=acme,b=2'), 'b=2')
  t.deepEqual(
    extractTrace({ baggage: 'tenant=acme' }, { trust: true, baggageFields: ['tenant'] }).fields,
    {},
  )
})

interface Entry {
  readonly label: string
  readonly as: string
  readonly input: unknown
  readonly secret?: readonly string[]
}

test('no secret that the rules know gets through baggage, in a header or a field', (t) => {
  const { entries }: { readonly entries: readonly Entry[] } = JSON.parse(
    readFileSync('test/data/secrets-dev.json', 'utf8'),
  )
  const rules = createRedaction()
  let planted = 0
  for (const { label, as, input, secret } of entries) {
    if (label !== 'positive' || as !== 'message' || typeof input !== 'string') continue
    const core = secret?.[1] ?? ''
    const text = input.replaceAll('{{S0}}', secret?.join('') ?? '')
    if (core === '' || rules.text(text).includes(core)) continue
    planted += 1
    const baggage = `note=${encodeURIComponent(text)}`
    t.false(decodeURIComponent(sentOn(baggage) ?? '').includes(core), core)
    const { fields } = extractTrace({ baggage }, { trust: true, baggageFields: ['note'] })
    t.false(JSON.stringify(fields).includes(core), core)
  }
  t.true(planted > 30)
})

test('a key that holds a secret is not sent on', (t) => {
  t.is(sentOn('AKIAIOSFODNN7EXAMPLZ=1,b=2'), 'b=2')
})

test('sending none, or something of our own', (t) => {
  withRemoteTrace({ baggage: 'a=1,b=2' }, trust, () => {
    t.deepEqual(injectTrace({ baggage: 'stale=1' }, { baggage: false }), {})
    t.deepEqual(injectTrace({}, { baggage: { a: '9', 'bad key': 'x', c: 'd e' } }), {
      baggage: 'a=9,c=d%20e,b=2',
    })
  })
  t.deepEqual(injectTrace({ baggage: 'stale=1' }), {})
})

test('reading is linear', (t) => {
  // Each would take hours by backtracking or by looking at every pair; the time limit of a test is what fails then.
  for (const piece of [' ', '\t', ',', ';', '=', 'a=', '%', '%20', 'a=1,', ' ,', '=;', '\u0000']) {
    const text = piece.repeat(Math.floor(60_000 / piece.length))
    for (const name of ['baggage', 'tracestate', 'traceparent']) {
      extractTrace(
        { traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-00`, [name]: text },
        trust,
      )
    }
  }
  t.pass()
})

test('whatever comes in, what goes out is valid and within the limits', (t) => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.stringMatching(/^[a-z%=;, 0-9]*$/),
    fc.stringMatching(/^(?:\w+=(?:%[0-9a-f]{2})*,)*$/),
  )
  fc.assert(
    fc.property(fc.array(text), (headers) => {
      const out = sentOn(headers)
      if (out === undefined) return
      t.regex(out, /^[\x20-\x7e]+$/)
      t.true(out.length <= 8_192)
      const again = read(out)
      for (const value of Object.values(again))
        t.notRegex(value, /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/)
    }),
  )
})
