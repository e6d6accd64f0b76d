import { createHash } from 'node:crypto'
import test from 'ava'
import { ecsPath } from '../../src/formats/ecs-paths.js'
import { ecsAllowedValues, ecsFields, ecsVersion } from '../../src/formats/ecs-table.js'
import { type EcsReference, ecsReference, tableAsReference } from './ecs-reference.js'

/** SHA-256 of the fields of ECS 9.4.0, one `name type` a line, and of the values that four of them allow. */
const digestOfSchema = 'ec98d437a5df40863090ccf88aa6d6ebfaf4d4ab1316e22331eae3b3598c6dd6'

function listOf(reference: EcsReference): string {
  const lines = Object.entries(reference).map(([name, { type, normalize, allowed_values }]) => {
    const allowed = name in ecsAllowedValues ? ` ${allowed_values?.join(' ')}` : ''
    return `${name} ${type}${normalize ? '[]' : ''}${allowed}`
  })
  return `${lines.sort().join('\n')}\n`
}

test('the table is that of the schema, field by field and type by type', (t) => {
  t.is(ecsVersion, '9.4.0')
  const list = listOf(tableAsReference())
  t.is(list.match(/\n/g)?.length, 2605)
  t.is(createHash('sha256').update(list).digest('hex'), digestOfSchema)
  t.is(listOf(ecsReference(t)), list)
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
