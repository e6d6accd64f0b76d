import test from 'ava'
import { errorMessage, errorStack, errorType } from '../../src/spans/errors.js'

class ScanError extends Error {}

const named = (name: unknown): unknown => Object.assign(new Error('x'), { name })
const coded = (code: unknown): unknown => Object.assign(new Error('x'), { code })

const types: readonly (readonly [string, unknown, string])[] = [
  ['a class', new TypeError('x'), 'TypeError'],
  ['a class of the application', new ScanError('x'), 'ScanError'],
  ['a name of its own', named('ValidationError'), 'ValidationError'],
  ['an abort', new DOMException('x', 'AbortError'), 'AbortError'],
  ['a system error', coded('ECONNREFUSED'), 'ECONNREFUSED'],
  ['an error of Node', coded('ERR_INVALID_ARG_TYPE'), 'ERR_INVALID_ARG_TYPE'],
  ['an SQL state', coded('23505'), '23505'],
  ['a number as code', coded(11000), 'Error'],
  ['a code that is not one', coded('user 42 not found'), 'Error'],
  ['an endless code', coded('A'.repeat(200)), 'Error'],
  ['a name with data in it', named('error for user 42'), 'Error'],
  ['an object', { message: 'x' }, '_OTHER'],
  ['text', 'x', '_OTHER'],
  ['nothing', undefined, '_OTHER'],
]

for (const [what, error, type] of types) {
  test(`the type of ${what} is ${type}`, (t) => t.is(errorType(error), type))
}

test('an error whose getters throw has a type, and no message and no stack', (t) => {
  const hostile = new Proxy(new Error('x'), {
    get() {
      throw new Error('trap')
    },
  })
  t.is(errorType(hostile), '_OTHER')
  t.is(errorMessage(hostile), undefined)
  t.is(errorStack(hostile), undefined)
})

test('the message of what is no error is what was thrown', (t) => {
  t.is(errorMessage('text'), 'text')
  t.is(errorMessage(undefined), 'undefined')
  t.is(errorMessage({ message: 42 }), undefined)
})
