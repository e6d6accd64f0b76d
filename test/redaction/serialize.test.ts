import vm from 'node:vm'
import test from 'ava'
import fc from 'fast-check'
import { createRedaction } from '../../src/redaction/engine.js'
import { defaultLimits, type SerializeLimits } from '../../src/redaction/limits.js'
import { serializeValue } from '../../src/redaction/serialize.js'
import { parseStrict } from '../formats/strict-json.js'

const redaction = createRedaction(undefined)
const none = createRedaction(false)

function written(value: unknown, limits?: Partial<SerializeLimits>, rules = redaction): unknown {
  return parseStrict(serializeValue(value, rules, { ...defaultLimits, ...limits }))
}

const boom = (): never => {
  throw new Error('boom')
}

class Point {
  readonly #hidden = 'hidden'
  x = 1
  get norm(): string {
    return this.#hidden
  }
}

const values: readonly [name: string, value: unknown, expected: unknown][] = [
  ['undefined', undefined, null],
  ['a whole BigInt', 5n, 5],
  ['a BigInt beyond exact numbers', 2n ** 60n, '1152921504606846976'],
  ['a BigInt of a million digits', 10n ** 1_000_000n, '[Truncated: bigint]'],
  ['no number', Number.NaN, null],
  ['negative zero', -0, 0],
  ['a symbol', Symbol('secret'), '[Symbol]'],
  ['a function', boom, '[Function]'],
  ['a date', new Date(0), '1970-01-01T00:00:00.000Z'],
  ['an invalid date', new Date(Number.NaN), null],
  [
    'a date whose own methods throw',
    Object.assign(new Date(0), { toISOString: boom, toJSON: boom }),
    '1970-01-01T00:00:00.000Z',
  ],
  ['an expression', /a"b/g, '/a"b/g'],
  [
    'a Map',
    new Map<unknown, unknown>([
      ['a', 1],
      [2, 'b'],
      [{}, 3],
      [Symbol('s'), 4],
      [boom, 5],
      [null, 6],
    ]),
    { a: 1, 2: 'b', '[Object]': 3, '[Symbol]': 4, '[Function]': 5, null: 6 },
  ],
  [
    'a Map whose keys read the same',
    new Map<unknown, unknown>([
      [1, 'a'],
      ['1', 'b'],
      ['1_2', 'c'],
    ]),
    { 1: 'a', '1_2': 'b', '1_2_2': 'c' },
  ],
  ['a Map with a huge key', new Map([[10n ** 100_000n, 1]]), { '[BigInt]': 1 }],
  ['a Set', new Set([1, 'a', null]), [1, 'a', null]],
  ['a Buffer', Buffer.from('secret'), { type: 'Buffer', bytes: 6 }],
  ['a typed array', new Float64Array(2), { type: 'Float64Array', bytes: 16 }],
  ['a view', new DataView(new ArrayBuffer(3)), { type: 'DataView', bytes: 3 }],
  ['a buffer of bytes', new ArrayBuffer(4), { type: 'ArrayBuffer', bytes: 4 }],
  ['a shared one', new SharedArrayBuffer(4), { type: 'SharedArrayBuffer', bytes: 4 }],
  ['a boxed text', new String('a'), 'a'],
  ['a boxed number', new Number(1), 1],
  ['a boxed boolean', new Boolean(false), false],
  ['a boxed BigInt', Object(7n), 7],
  ['a boxed symbol', Object(Symbol('s')), '[Symbol]'],
  ['a promise', Promise.resolve(1), '[Promise]'],
  ['a WeakMap', new WeakMap(), '[WeakMap]'],
  ['a WeakSet', new WeakSet(), '[WeakSet]'],
  ['a generator', (function* () {})(), '[Generator]'],
  [
    'a URL',
    new URL('https://u:p@h.example/a?token=secret12345&b=1'),
    'https://u:[Redacted]@h.example/a?token=[Redacted]&b=1',
  ],
  [
    'parameters of a URL',
    new URLSearchParams('a=1&a=2&password=x12345678'),
    { a: '1', a_2: '2', password: '[Redacted]' },
  ],
  [
    'headers',
    new Headers({ authorization: 'Bearer x12345678', accept: 'a' }),
    { accept: 'a', authorization: '[Redacted]' },
  ],
  [
    'a request',
    new Request('https://h.example/?api_key=s12345678'),
    { method: 'GET', url: 'https://h.example/?api_key=[Redacted]' },
  ],
  ['a response', new Response('x', { status: 404 }), { status: 404, url: '' }],
  ['a blob', new Blob(['abc']), { type: 'Blob', bytes: 3 }],
  [
    'a form',
    (() => {
      const form = new FormData()
      form.set('a', '1')
      return form
    })(),
    { a: '1' },
  ],
  ['a signal', AbortSignal.abort(), { aborted: true }],
  ['an instance of a class', new Point(), { x: 1 }],
  [
    'an object of another realm',
    vm.runInNewContext('({ a: [1], d: new Date(0), m: new Map([["k", 1]]) })'),
    { a: [1], d: '1970-01-01T00:00:00.000Z', m: { k: 1 } },
  ],
  ['holes', Object.assign([1], { 2: 3 }), [1, null, 3]],
  ['a toJSON', { toJSON: () => ({ a: 1 }) }, { a: 1 }],
  [
    'a toJSON that gives itself',
    (() => {
      const o = { a: 1, toJSON: () => o }
      return o
    })(),
    { a: 1, toJSON: '[Function]' },
  ],
  [
    'a toJSON in what a toJSON gives',
    { toJSON: () => ({ a: 1, toJSON: boom }) },
    { a: 1, toJSON: '[Function]' },
  ],
  ['a toJSON that throws', { a: { toJSON: boom }, b: 1 }, { a: '[Throws: boom]', b: 1 }],
  ['a toJSON that gives nothing', { a: { toJSON: () => undefined }, b: 1 }, { b: 1 }],
  [
    'a toJSON that gives an error',
    { toJSON: () => Object.assign(new Error('m'), { stack: 's' }) },
    { type: 'Error', message: 'm', stack: 's' },
  ],
  ['an impostor of a class of the platform', Object.create(Headers.prototype), '[Throws: '],
]

for (const [name, value, expected] of values) {
  test(`${name} is written as what it is`, (t) => {
    const got = written({ v: value }) as { v?: unknown }
    if (expected === '[Throws: ') t.regex(String(got.v), /^\[Throws: /)
    else t.deepEqual(got.v ?? null, expected)
  })
}

test('a getter that throws costs its own value only', (t) => {
  const object = {
    a: 1,
    get b() {
      return boom()
    },
    c: 3,
  }
  t.deepEqual(written({ v: object }), { v: { a: 1, b: '[Throws: boom]', c: 3 } })
  const odd = {
    get a() {
      throw Symbol('s')
    },
    get b() {
      throw { message: 'x' }
    },
    get c() {
      throw 'text'
    },
  }
  t.deepEqual(written(odd), { a: '[Throws: symbol]', b: '[Throws: object]', c: '[Throws: text]' })
})

test('what a getter throws is redacted and cut', (t) => {
  const object = {
    get a() {
      throw new Error('password=hunter22')
    },
    get b() {
      throw new Error('x '.repeat(500))
    },
  }
  const { a, b } = written(object) as { a: string; b: string }
  t.is(a, '[Throws: password=[Redacted]]')
  t.true(b.length < 200)
})

test('every trap of a proxy may throw', (t) => {
  const traps = ['get', 'has', 'ownKeys', 'getPrototypeOf', 'getOwnPropertyDescriptor'] as const
  for (const trap of traps) {
    for (const target of [{ a: 1 }, [1], new Error('m'), new Map(), () => {}]) {
      const hostile = new Proxy(target, { [trap]: boom })
      const got = written({ v: hostile, password: hostile, headers: hostile, keep: 'me' }) as {
        keep: string
      }
      t.is(got.keep, 'me')
    }
  }
})

test('each getter is read once, whatever stands beside it and above it', (t) => {
  const names = [
    'a',
    'password',
    'token',
    'name',
    'value',
    'headers',
    'kty',
    'd',
    'key',
    'session',
    'auth',
    'toJSON',
    'pin',
  ]
  const reads = new Map<string, number>()
  const counting = (): object => {
    const object = {}
    for (const name of names) {
      Object.defineProperty(object, name, {
        enumerable: true,
        get() {
          reads.set(name, (reads.get(name) ?? 0) + 1)
          return 'text'
        },
      })
    }
    return object
  }
  for (const rules of [redaction, none, createRedaction(['*.password', 'v.*.token', 'v'])]) {
    for (const holder of [
      counting(),
      { v: counting() },
      [counting()],
      { headers: counting() },
      new Map([['m', counting()]]),
    ]) {
      reads.clear()
      written(holder, {}, rules)
      for (const [name, count] of reads) t.is(count, 1, name)
    }
  }
})

test('a value that changes when it is read again is written as it was read', (t) => {
  let reads = 0
  const object = {
    get note() {
      return reads++ === 0 ? 'plain' : 'password=hunter22'
    },
  }
  t.deepEqual(written({ v: object }), { v: { note: 'plain' } })
  t.is(reads, 1)
})

test('cycles are marked and shared values written again', (t) => {
  const object: Record<string, unknown> = { a: 1 }
  object['self'] = object
  const shared = { s: 1 }
  t.deepEqual(written(object), { a: 1, self: '[Circular]' })
  t.deepEqual(written({ one: shared, two: shared, list: [shared] }), {
    one: shared,
    two: shared,
    list: [shared],
  })
  const map = new Map<string, unknown>()
  map.set('self', map)
  t.deepEqual(written(map), { self: '[Circular]' })
  const list: unknown[] = [1]
  list.push({ list })
  t.deepEqual(written(list), [1, { list: '[Circular]' }])
})

test('shared references that double at each depth cost no more than the nodes allowed', (t) => {
  let reads = 0
  let value: unknown = 'leaf'
  for (let depth = 0; depth < 30; depth++) {
    const inner = value
    value = {
      get left() {
        reads++
        return inner
      },
      get right() {
        reads++
        return inner
      },
    }
  }
  const text = serializeValue(value, redaction, { ...defaultLimits, depth: 1_000 })
  t.true(reads <= defaultLimits.nodes * 2, String(reads))
  t.true(text.length < 200_000)
})

test('a graph without end costs no more than its depth and its nodes', (t) => {
  let made = 0
  const endless = (): object => {
    made++
    return {
      get left() {
        return endless()
      },
      get right() {
        return endless()
      },
    }
  }
  serializeValue(endless(), redaction)
  t.true(made <= 2 ** 11)
  made = 0
  serializeValue(endless(), redaction, { ...defaultLimits, depth: 10_000, nodes: 100 })
  t.true(made <= 400, String(made))
})

test('the length of a record bounds what is read of it', (t) => {
  let reads = 0
  const list = Array.from({ length: 200 }, () => ({
    get text() {
      reads++
      return 'x'.repeat(8_000)
    },
  }))
  const text = serializeValue(list, redaction)
  t.true(reads < 20, String(reads))
  t.true(text.length < 100_000)
})

test('huge values are bounded: arrays by length, objects by keys, texts by length', (t) => {
  t.deepEqual(written(Object.assign([], { length: 4_000_000_000 }), { items: 2 }), [
    null,
    null,
    '[Truncated: 3999999998 more items]',
  ])
  const wide = Object.fromEntries(Array.from({ length: 1_000 }, (_, index) => [`k${index}`, index]))
  t.is(Object.keys(written({ wide }) as { wide: object }).length, 1)
  t.is(
    (written({ wide }) as { wide: Record<string, string> }).wide['[Truncated]'],
    '[Truncated: 800 more keys]',
  )
  t.is(written('x'.repeat(2_000_000)), '[String of 2000000 characters]')
  t.regex(String(written('word '.repeat(3_000))), /^word .*\[Truncated: 15000 characters\]$/)
  const set = new Set(Array.from({ length: 500 }, (_, index) => index))
  t.is((written(set) as unknown[]).at(-1), '[Truncated: 300 more items]')
})

test('no half of a secret is left at a cut', (t) => {
  const token = `ghp_${'A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q7r8'}`
  for (let before = 60; before < 110; before++) {
    const text = `${'x '.repeat(before)}${token} and more${' y'.repeat(500)}`
    const got = String(written(text, { stringLength: 200 }))
    t.false(/ghp_|A1b2|Q7r8/.test(got), got)
  }
})

test('what a key, a path, a pair or a list says of a value is heard at any depth', (t) => {
  const rules = createRedaction(['a.*.hidden'])
  const value = {
    a: { b: { hidden: 1, seen: 2 } },
    deep: { list: [{ password: 'hunter22' }] },
    pair: { name: 'DB_PASSWORD', value: 'hunter22' },
    rawHeaders: ['Host', 'h', 'Authorization', 'Bearer x12345678'],
    args: ['--password', 'hunter22', 'password:', 'hunter22', 'token=%s', 'hunter22'],
    key: { kty: 'RSA', n: 'public', d: 'private' },
  }
  t.deepEqual(written(value, {}, rules), {
    a: { b: { hidden: '[Redacted]', seen: 2 } },
    deep: { list: [{ password: '[Redacted]' }] },
    pair: { name: 'DB_PASSWORD', value: '[Redacted]' },
    rawHeaders: ['Host', 'h', 'Authorization', '[Redacted]'],
    args: ['--password', '[Redacted]', 'password:', '[Redacted]', 'token=%s', '[Redacted]'],
    key: { kty: 'RSA', n: 'public', d: '[Redacted]' },
  })
})

test('a censor may give any value, or remove the key', (t) => {
  const object = { a: { b: 1 } }
  const censors: readonly [unknown, unknown][] = [
    [() => ({ masked: true }), { a: { masked: true } }],
    [() => 7, { a: 7 }],
    [() => undefined, { a: null }],
    ['***', { a: '***' }],
  ]
  for (const [censor, expected] of censors) {
    const rules = createRedaction({ paths: ['a'], censor: censor as never })
    t.deepEqual(written(object, {}, rules), expected)
  }
  t.deepEqual(written(object, {}, createRedaction({ paths: ['a'], remove: true })), {})
})

test('whatever JSON.stringify writes of plain data is written the same', (t) => {
  const plain = fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      fc.string({ unit: 'grapheme', maxLength: 20 }),
      fc.integer(),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.boolean(),
      fc.constant(null),
      fc.array(tie('value'), { maxLength: 5 }),
      fc.dictionary(fc.string({ unit: 'grapheme', maxLength: 8 }), tie('value'), { maxKeys: 5 }),
    ),
  })).value
  fc.assert(
    fc.property(plain, (value) => {
      const limits = { ...defaultLimits, depth: 100 }
      t.deepEqual(
        JSON.parse(serializeValue(value, none, limits)),
        JSON.parse(JSON.stringify(value)),
      )
    }),
    { numRuns: 2_000 },
  )
})

test('any value at all is valid JSON', (t) => {
  const options = {
    withBigInt: true,
    withBoxedValues: true,
    withDate: true,
    withMap: true,
    withNullPrototype: true,
    withObjectString: true,
    withSet: true,
    withSparseArray: true,
    withTypedArray: true,
    withUnicodeString: true,
  } as const
  t.notThrows(() =>
    fc.assert(
      fc.property(fc.anything(options), (value) => {
        parseStrict(serializeValue(value, redaction))
      }),
      { numRuns: 3_000 },
    ),
  )
})
