import { createRequire } from 'node:module'
import test from 'ava'
import { createRedaction } from '../../src/redaction/engine.js'
import type { SpanConvention, WireName } from '../../src/spans/convention-types.js'
import { conventions } from '../../src/spans/conventions.js'

type Row = SpanConvention<Readonly<Record<string, unknown>>, object, string>

const rows: readonly (readonly [string, Row])[] = Object.entries(
  conventions as unknown as Readonly<Record<string, Row>>,
)

const wireNames: ReadonlySet<string> = new Set(
  rows.flatMap(([, { fixed = {}, keys, names }]) => [
    ...Object.keys(fixed),
    ...Object.values<WireName | undefined>(keys).flatMap((name) =>
      name === undefined ? [] : typeof name === 'string' ? name : name.key,
    ),
    ...names.flatMap((name) => [...name.matchAll(/\{(.*?)\}/g)].map(([, key = '']) => key)),
  ]),
)

/** What 1.45, a version after that of the table, calls differently. */
const renamed = ['messaging.system', 'service.peer.name', 'rpc.response.status_code']

test('every attribute of the table is one of the conventions, or under seclog', (t) => {
  const registry = Object.entries(
    createRequire(import.meta.url)('@opentelemetry/semantic-conventions/incubating') as object,
  )
  const known = new Set(registry.filter(([name]) => name.startsWith('ATTR_')).map(([, key]) => key))
  t.true(known.size > 500)
  const unknown = [...wireNames].filter((key) => !known.has(key) && !key.startsWith('seclog.'))
  t.deepEqual(unknown, [])
  for (const key of renamed) t.true(wireNames.has(key))
})

test('no attribute of the table is one that the conventions left behind by 1.44', (t) => {
  const deprecated = [
    ...['http.method', 'http.status_code', 'http.url', 'http.target', 'http.client_ip'],
    ...['db.system', 'db.name', 'db.statement', 'db.operation', 'db.sql.table', 'db.user'],
    ...['messaging.operation', 'messaging.destination', 'peer.service', 'rpc.system'],
    ...['gen_ai.system', 'event.name'],
  ]
  t.deepEqual(
    deprecated.filter((key) => wireNames.has(key)),
    [],
  )
})

test('of all attributes of the table only the id of a session is masked for its name', (t) => {
  const rules = createRedaction()
  const last = (key: string) => key.slice(key.lastIndexOf('.') + 1)
  t.deepEqual(
    [...wireNames].filter((key) => (rules.key(key) ?? rules.key(last(key))) !== undefined),
    ['mcp.session.id'],
  )
})

test('every convention says where it is from, names itself without any attribute, and knows its words', (t) => {
  for (const [name, row] of rows) {
    t.regex(row.source.date, /^20\d\d-\d\d-\d\d$/)
    const last = row.names.at(-1) ?? ''
    const needed = [...last.matchAll(/\{(.*?)\}/g)].map(([, key = '']) => key)
    t.true(
      needed.every((key) => key in (row.fixed ?? {})),
      name,
    )
    const { keys } = row
    for (const field of [...(row.content ?? []), ...(row.word === undefined ? [] : [row.word])]) {
      t.true(field in keys, `${name}: ${field}`)
    }
  }
})
