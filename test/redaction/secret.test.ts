import { inspect } from 'node:util'
import test from 'ava'
import { createRedaction } from '../../src/redaction/engine.js'
import { isSecret, Secret } from '../../src/redaction/secret.js'
import { serializeValue } from '../../src/redaction/serialize.js'

const secret = new Secret('hunter2-hunter2')
const shown = '[Redacted]'

test('only expose gives the value', (t) => {
  t.is(secret.expose(), 'hunter2-hunter2')
  t.deepEqual(new Secret({ a: 1 }).expose(), { a: 1 })
})

test('every way to print it prints that it is redacted', (t) => {
  t.is(String(secret), shown)
  t.is(`${secret}`, shown)
  t.is(`x${secret as unknown as string}`, `x${shown}`)
  t.is(secret.toString(), shown)
  t.is(secret.toLocaleString(), shown)
  t.is(secret.valueOf(), shown)
  t.is(secret.toJSON(), shown)
  t.is(JSON.stringify({ secret }), `{"secret":"${shown}"}`)
  t.is(inspect(secret), shown)
  t.is(inspect({ a: [secret] }), `{ a: [ ${shown} ] }`)
  t.true(Number.isNaN(Number(secret)))
  t.is(Object.prototype.toString.call(secret), '[object Secret]')
})

test('nothing can be copied out of it', (t) => {
  t.deepEqual({ ...secret }, {})
  t.deepEqual(Object.entries(secret), [])
  t.deepEqual(Reflect.ownKeys(secret), [])
  t.false(JSON.stringify(structuredClone(secret) ?? {}).includes('hunter2'))
  t.false(inspect(secret, { showHidden: true, depth: 9, customInspect: false }).includes('hunter2'))
})

test('a log line shows it as redacted', (t) => {
  const line = serializeValue({ a: secret, b: [secret] }, createRedaction(false))
  t.is(line, `{"a":"${shown}","b":["${shown}"]}`)
})

test('copies of the package recognise it by its brand', (t) => {
  const other = Object.create({ [Symbol.for('seclog.secret')]: true })
  t.true(isSecret(secret) && isSecret(other))
  t.true(other instanceof Secret)
  t.false(isSecret('x') || isSecret(null) || isSecret({}))
  const hostile = new Proxy(
    {},
    {
      has() {
        throw new Error('no')
      },
    },
  )
  t.false(isSecret(hostile))
})
