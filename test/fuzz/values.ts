import fc from 'fast-check'

const boom = (): never => {
  throw new Error('boom')
}

const ownNames = [
  'level time pid hostname service logger thread_id trace_id span_id trace_flags event.kind seq msg',
  'shadowed err name type stack message cause errors @timestamp log.level log ecs.version ecs',
  'service.name trace.id trace host process labels error http url user client event password',
  'authorization [Truncated] [Throws] __proto__ constructor toString hasOwnProperty value key kty k',
].flatMap((names) => names.split(' '))

/** Text that breaks lines, terminals, decoders and patterns. */
const text: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }) },
  { weight: 3, arbitrary: fc.string({ maxLength: 40 }) },
  {
    weight: 3,
    arbitrary: fc
      .array(
        fc.constantFrom(
          ...'\u0000 \u0007 \n \r \t \u001b[2J \u007f \u009b31m \u2028 \u2029 \u202e \u2066 \ufeff " \\ \ud800 \udc00 %s %o \uffff 😀 = : / @ & , { } [ ]'.split(
            ' ',
          ),
          'password=hunter2 ',
          'Bearer abc.def ',
          'https://u:p@h/?token=x ',
          '4242424242424242 ',
          '-----BEGIN PRIVATE KEY-----',
          `eyJ${'a'.repeat(20)}.eyJ${'b'.repeat(20)}.${'c'.repeat(20)}`,
        ),
        { maxLength: 12 },
      )
      .map((parts) => parts.join('')),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(
        fc.constantFrom('x', '\u0001', '\ud800', '漢', 'a.', '1 ', '{"a":', '%s'),
        fc.nat(60_000),
      )
      .map(([part, count]) => part.repeat(count)),
  },
)

const key: fc.Arbitrary<string> = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...ownNames) },
  { weight: 3, arbitrary: fc.string({ minLength: 1, maxLength: 8 }) },
  { weight: 1, arbitrary: text },
)

/** Makes a value. The runner looks into what it has generated, and some values answer that by throwing. */
export type Made = () => unknown

function proxyOf(target: object, trap: string): unknown {
  return new Proxy(target, { [trap]: boom } as ProxyHandler<object>)
}

function revoked(target: object): unknown {
  const { proxy, revoke } = Proxy.revocable(target, {})
  revoke()
  return proxy
}

function endless(): object {
  return Object.defineProperty({}, 'next', { enumerable: true, get: endless })
}

const traps = 'get has ownKeys getPrototypeOf getOwnPropertyDescriptor'.split(' ')

/** Values that no composition of plain ones gives. */
const odd: fc.Arbitrary<Made> = fc.constantFrom<Made>(
  () => Symbol('odd'),
  () => 10n ** 30n,
  () => 10n ** 300n,
  () => -0,
  () => Number.NaN,
  () => Number.POSITIVE_INFINITY,
  () => 2 ** 70,
  () => new Date(Number.NaN),
  () => new Date(0),
  () => /x+y/giu,
  () => new URL('https://user:pw@host.example/path?token=abc'),
  () => new URLSearchParams('a=1&a=2&password=x'),
  () => new Headers({ authorization: 'Bearer abcdef', accept: '*/*' }),
  () => Buffer.from('secret'),
  () => new Float64Array(3),
  () => new DataView(new ArrayBuffer(4)),
  () => new SharedArrayBuffer(4),
  () => Promise.resolve(1),
  () => new WeakMap(),
  () => (function* () {})(),
  () => function named() {},
  () => class Named {},
  () => Object.create(null) as object,
  () => new Boolean(false),
  () => new String('boxed\n'),
  () => new DOMException('aborted', 'AbortError'),
  () => new AbortController().signal,
  () => revoked({}),
  () => revoked([]),
  () => revoked(() => {}),
  () => revoked(new Error('gone')),
  () => endless(),
  () => process,
  () => process.env,
  () => globalThis,
  () => Object.assign([], { length: 4_000_000_000 }),
  () => ({ toJSON: boom }),
  () => ({ toJSON: () => undefined }),
  () => ({ toJSON: () => Symbol('x') }),
  () => ({
    toJSON() {
      return this
    },
  }),
  () => ({ toJSON: () => ({ level: 'fatal', toJSON: boom }) }),
  () => ({ toString: boom, [Symbol.toPrimitive]: boom, valueOf: boom }),
  () => ({ [Symbol.toStringTag]: 'Headers', [Symbol.iterator]: boom }),
  () => Object.freeze(new Error('frozen')),
  () => Object.setPrototypeOf(new Error('bare'), null) as unknown,
  () => Object.defineProperty(new Error('m'), 'message', { get: boom }),
  () => Object.defineProperty(new Error('m'), 'stack', { get: boom }),
  () => Object.defineProperty(new Error('m'), 'cause', { get: boom }),
  () => Object.defineProperty({}, 'constructor', { get: boom, enumerable: true }),
  () => ({
    get getter() {
      return boom()
    },
    after: 1,
  }),
  ...traps.map((trap) => () => proxyOf({ a: 1 }, trap)),
  ...traps.map((trap) => () => proxyOf([1, 2], trap)),
  ...traps.map((trap) => () => proxyOf(new Error('m'), trap)),
)

const always =
  (item: unknown): Made =>
  () =>
    item
const plainKey = key.map(always)

const leaf: fc.Arbitrary<Made> = fc.oneof(
  { weight: 4, arbitrary: text.map(always) },
  { weight: 2, arbitrary: fc.oneof(fc.integer(), fc.double(), fc.bigInt()).map(always) },
  { weight: 1, arbitrary: fc.constantFrom(true, false, null, undefined).map(always) },
  { weight: 4, arbitrary: odd },
)

const make = (one: Made): unknown => one()

function object(members: readonly (readonly [string, Made])[], prototype: object | null): Made {
  return () => {
    const made = Object.create(prototype) as object
    for (const [name, one] of members) {
      Object.defineProperty(made, name, {
        value: one(),
        enumerable: true,
        configurable: true,
        writable: true,
      })
    }
    return made
  }
}

const { node } = fc.letrec<{ readonly node: Made }>((tie) => {
  const inner = tie('node')
  const members = fc.array(fc.tuple(key, inner), { maxLength: 6 })
  const list = fc.array(inner, { maxLength: 5 })
  return {
    node: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      leaf,
      list.map((all) => () => all.map(make)),
      members.map((all) => object(all, Object.prototype)),
      members.map((all) => object(all, null)),
      fc
        .array(fc.tuple(fc.oneof(plainKey, leaf), inner), { maxLength: 4 })
        .map((all) => () => new Map(all.map(([name, one]) => [name(), one()]))),
      list.map((all) => () => new Set(all.map(make))),
      fc.tuple(text, inner, members).map(
        ([words, cause, own]) =>
          () =>
            withOwn(new TypeError(words, { cause: cause() }), own),
      ),
      list.map((all) => () => new AggregateError(all.map(make), 'many')),
      inner.map((one) => () => {
        const made = one()
        return { toJSON: () => made }
      }),
      inner.map((one) => () => {
        const made = one()
        return { one: made, same: made, list: [made, made] }
      }),
      fc.tuple(key, inner).map(
        ([name, one]) =>
          () =>
            circular(name, one()),
      ),
    ),
  }
})

/** Any value whatever. */
export const value: fc.Arbitrary<Made> = node

const recordOf = (name: fc.Arbitrary<string>): fc.Arbitrary<Made> =>
  fc.array(fc.tuple(name, value), { maxLength: 10 }).map((all) => object(all, Object.prototype))

/** Fields of a record: mostly objects, but any value may stand where they belong. */
export const fields: fc.Arbitrary<Made> = fc.oneof(
  { weight: 8, arbitrary: recordOf(key) },
  { weight: 1, arbitrary: recordOf(text) },
  { weight: 2, arbitrary: value },
)

const placeholders = ['%s', '%d', '%i', '%f', '%j', '%o', '%O', '%%', 'x ']

/** A message or a format string. */
export const message: fc.Arbitrary<Made> = fc.oneof(
  { weight: 5, arbitrary: text.map(always) },
  {
    weight: 2,
    arbitrary: fc.array(fc.constantFrom(...placeholders)).map((all) => always(all.join(''))),
  },
  { weight: 1, arbitrary: value },
)

function withOwn(error: Error, own: readonly (readonly [string, Made])[]): Error {
  for (const [name, one] of own) {
    try {
      Object.defineProperty(error, name, { value: one(), enumerable: true, configurable: true })
    } catch {
      // The engine makes the stack at the first such call, and asks a hostile message for its text.
    }
  }
  return error
}

function circular(name: string, value: unknown): object {
  const holder: Record<string, unknown> = { value }
  Object.defineProperty(holder, name, { value: holder, enumerable: true, configurable: true })
  return { holder, list: [holder, [holder]] }
}
