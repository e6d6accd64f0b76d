import test from 'ava'
import { ecsAllowedValues, ecsFields, ecsTypes, ecsVersion } from '../../src/formats/ecs-table.js'
import { ecsPath } from '../../src/formats/ecs-types.js'
import { readEcsFields } from './ecs-reference.js'

test('the version is that of the schema', (t) => {
  t.is(ecsVersion, '9.4.0')
})

test('every field of the schema is in the table, with its type, and no other', (t) => {
  const fields = readEcsFields(t)
  if (fields === undefined) return
  for (const [name, { type, normalize }] of Object.entries(fields)) {
    const letter = ecsPath(name).type
    t.is(String(letter && ecsTypes[letter]), `${type}${normalize ? '[]' : ''}`, name)
  }
  const count = Object.values(ecsFields).join('').match(/[A-Z]/g)?.length
  t.is(count, Object.keys(fields).length)
})

test('the allowed values are those of the schema', (t) => {
  const fields = readEcsFields(t)
  if (fields === undefined) return
  for (const [name, values] of Object.entries(ecsAllowedValues)) {
    t.deepEqual(values.split(' '), fields[name]?.allowed_values)
  }
})

test('the names of things that every object has are no fields', (t) => {
  for (const name of ['__proto__', 'constructor', 'toString', 'hasOwnProperty.call', '', '.']) {
    t.is(ecsPath(name).type, undefined)
    t.false(ecsPath(name).namespace)
  }
})

test('the table stays small', (t) => {
  t.true(JSON.stringify(ecsFields).length < 70_000)
})
