import vm from 'node:vm'
import test from 'ava'
import { createRedaction } from '../../src/redaction/engine.js'
import { defaultLimits } from '../../src/redaction/limits.js'
import { serializeValue } from '../../src/redaction/serialize.js'
import { isError } from '../../src/redaction/serialize-error.js'
import { parseStrict } from '../formats/strict-json.js'

type Written = Readonly<Record<string, unknown>>

const redaction = createRedaction(undefined)

function written(error: unknown): Written {
  return parseStrict(serializeValue(error, redaction, { ...defaultLimits, depth: 20 })) as Written
}

const boom = (): never => {
  throw new Error('boom')
}

test('an error is its type, message, stack and own properties', (t) => {
  class ScanError extends Error {}
  const error = Object.assign(new ScanError('failed'), {
    code: 'E_SCAN',
    details: { a: 1 },
    retry: () => {},
  })
  const got = written(error)
  t.deepEqual(Object.keys(got), ['type', 'message', 'stack', 'code', 'details'])
  t.like(got, { type: 'ScanError', message: 'failed', code: 'E_SCAN', details: { a: 1 } })
  t.is(got['stack'], error.stack)
})

test('an error is told by what it is, not by what it says', (t) => {
  const revoked = Proxy.revocable(new Error('m'), {})
  revoked.revoke()
  t.true(isError(new Error('m')))
  t.true(isError(vm.runInNewContext('new TypeError("m")')))
  t.true(isError(Object.setPrototypeOf(new Error('m'), null)))
  t.true(isError(new DOMException('m')))
  t.true(isError(Object.create(Error.prototype)))
  for (const other of [null, 'x', {}, { message: 'm', stack: 's' }, revoked.proxy])
    t.false(isError(other))
})

test('the type is the class, else the name, always text', (t) => {
  const named = new Error('m')
  named.name = 'Named'
  t.is(written(named)['type'], 'Named')
  t.is(written(new RangeError('m'))['type'], 'RangeError')
  t.is(written(Object.assign(new Error('m'), { constructor: 'x' }))['type'], 'Error')
  t.is(written(Object.assign(new Error('m'), { name: { toString: boom } }))['type'], 'Error')
  t.is(written(Object.setPrototypeOf(new Error('m'), null))['type'], 'Error')
  t.is(written(new DOMException('m', 'AbortError'))['type'], 'DOMException')
})

test('what cannot be read of an error is marked, and the rest is there', (t) => {
  for (const name of ['message', 'stack', 'cause', 'errors', 'code'] as const) {
    const error = Object.defineProperty(Object.assign(new Error('m'), { keep: 'me' }), name, {
      enumerable: true,
      get: boom,
    })
    t.is(written(error)['keep'], 'me', name)
  }
  const message = Object.defineProperty(new Error('m'), 'message', { get: boom })
  t.is(written(message)['message'], '[Throws: boom]')
  for (const [value, expected] of [
    [Symbol('s'), '[Symbol]'],
    [boom, '[Function]'],
    [7, '7'],
    [{ a: 1 }, { a: 1 }],
  ] as const) {
    t.deepEqual(written(Object.assign(new Error('m'), { message: value }))['message'], expected)
  }
})

test('causes and members are written to a depth, and cycles are marked', (t) => {
  let error = new Error('root')
  for (let depth = 0; depth < 12; depth++) error = new Error(`level ${depth}`, { cause: error })
  let got: Written | string = written(error)
  let depth = 0
  for (; typeof got !== 'string'; depth++) got = got['cause'] as Written | string
  t.is(depth, 9)
  t.is(got, '[Truncated: causes]')

  const many = new AggregateError(
    Array.from({ length: 15 }, (_, index) => new Error(String(index))),
  )
  const members = written(many)['aggregateErrors'] as unknown[]
  t.is(members.length, 11)
  t.is(members[10], '[Truncated: 5 more errors]')

  const self = new AggregateError([], 'self')
  self.errors.push(self)
  t.deepEqual(written(self)['aggregateErrors'], ['[Circular]'])
  const loop = new Error('loop')
  loop.cause = { error: loop }
  t.deepEqual(written(loop)['cause'], { error: '[Circular]' })
  t.is(written(new Error('m', { cause: 'why' }))['cause'], 'why')
})

test('an error is not written to, and may be frozen', (t) => {
  const error = Object.freeze(new Error('frozen'))
  const before = Reflect.ownKeys(error)
  t.is(written(error)['message'], 'frozen')
  t.deepEqual(Reflect.ownKeys(error), before)
})

test('requests, responses and statements that clients hang on errors are named and left out', (t) => {
  const response = { status: 401, headers: { 'set-cookie': 'sid=abc' }, data: 'body' }
  const error = Object.assign(new Error('m'), {
    config: { headers: { authorization: 'x' } },
    request: {},
    response,
    body: 'secret',
    sql: 'select secret',
    status: 401,
  })
  const got = written(error)
  t.deepEqual(got['omitted'], ['config', 'request', 'response', 'body', 'sql'])
  t.is(got['response_status'], 401)
  t.is(got['status'], 401)
  t.false(JSON.stringify(got).includes('secret'))
})

test('own properties under names that the format writes are kept apart', (t) => {
  const error = Object.assign(new Error('m'), {
    type: 'Forged',
    aggregateErrors: 1,
    omitted: 2,
    shadowed: 3,
  })
  const got = written(error)
  t.is(got['type'], 'Error')
  t.deepEqual(got['shadowed'], { type: 'Forged', aggregateErrors: 1, omitted: 2, shadowed: 3 })
})

test('a secret in the message is masked in message, stack and cause alike', (t) => {
  const error = new Error('login password=hunter22', { cause: new Error('token=abcdefgh12345678') })
  const text = JSON.stringify(written(error))
  t.false(text.includes('hunter22'))
  t.false(text.includes('abcdefgh12345678'))
})
