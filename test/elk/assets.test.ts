import { existsSync, readFileSync } from 'node:fs'
import process from 'node:process'
import test from 'ava'
import { elkAssets } from '../../src/elk/assets.js'
import { differences } from '../../src/elk/differences.js'
import { logMappings } from '../../src/elk/mappings.js'
import { SeclogError } from '../../src/index.js'

interface Node {
  readonly type?: string
  readonly properties?: Readonly<Record<string, Node>>
}

/** The type at a dotted path. */
function typeAt(mapping: unknown, path: string): string | undefined {
  let node = mapping as Node | undefined
  for (const name of path.split('.')) node = node?.properties?.[name]
  return node?.type
}

test('what a program calls its own is one field, so that no line makes another', (t) => {
  for (const path of ['labels', 'shadowed', 'seclog.span.attributes']) {
    t.is(typeAt(logMappings('elasticsearch'), path), 'flattened')
    t.is(typeAt(logMappings('opensearch'), path), 'flat_object')
  }
})

test('fields of ECS have the types that ECS gives them', (t) => {
  const path = '../shared/data/ecs-fields.json'
  if (!existsSync(path)) {
    if (process.env['CI'] === 'true') t.fail(`${path} is missing`)
    else t.pass(`not compared: this clone has no ${path}`)
    return
  }
  const fields = JSON.parse(readFileSync(path, 'utf8')) as Record<string, { type: string }>
  const mapping = logMappings('elasticsearch')
  const wrong = Object.entries(fields).filter(([name, { type }]) => {
    if (name.split('.').length > 4 || type === 'object' || name === 'labels') return false
    return typeAt(mapping, name) !== type
  })
  t.deepEqual(wrong, [])
})

test('each asset is named by its data stream, and templates name their parts', (t) => {
  const assets = elkAssets({ dataset: 'scan_api', namespace: 'production', retention: '90d' })
  t.deepEqual(
    assets.map(({ path }) => path),
    [
      '/_component_template/logs-scan_api-production@seclog-mappings',
      '/_component_template/logs-scan_api-production@seclog-settings',
      '/_ingest/pipeline/logs-scan_api-production@seclog',
      '/_index_template/logs-scan_api-production@seclog',
    ],
  )
  const template = assets[3]?.body as { index_patterns: string[]; template: object }
  t.deepEqual(template.index_patterns, ['logs-scan_api-production'])
  t.deepEqual(template.template, { lifecycle: { data_retention: '90d' } })
  t.deepEqual(elkAssets({ dataset: 'a' })[3]?.body['index_patterns'], ['logs-a-*'])
  t.is(elkAssets({ flavour: 'opensearch' })[3]?.body['template'], undefined)
})

test('names that no data stream may have, and spans of time that are none, are refused', (t) => {
  for (const options of [
    { dataset: 'Scan' },
    { dataset: 'a-b' },
    { namespace: 'a b' },
    { retention: 'long' },
  ]) {
    t.is(
      t.throws(() => elkAssets(options), { instanceOf: SeclogError })?.code,
      'SECLOG_OPTION_INVALID',
    )
  }
})

test('what a server adds is no difference, and what it lacks or has otherwise is one each', (t) => {
  const expected = { a: { b: '4000', c: [1, { d: 2 }] }, e: {}, f: 'x' }
  t.deepEqual(
    differences(expected, { a: { b: 4000, c: [1, { d: 2, more: 1 }] }, f: 'x', more: true }),
    [],
  )
  t.deepEqual(
    differences(expected, { a: { b: '1', c: [1] }, e: {} }).map(({ path }) => path),
    ['a.b', 'a.c', 'f'],
  )
})
