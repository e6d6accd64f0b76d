import { readFileSync } from 'node:fs'
import test from 'ava'
import { createSecurityLogger } from '../../src/index.js'
import { type OwaspEvent, owaspEvents } from '../../src/security/index.js'
import { aliases, expectedTypes } from '../../src/security/vocabulary.js'
import { memoryDestination } from '../../src/testing/index.js'
import { accepts } from '../formats/ecs-accepts.js'
import { ecsReference } from '../formats/ecs-reference.js'

const sheet = JSON.parse(readFileSync('test/data/owasp-logging-vocabulary.json', 'utf8')) as {
  readonly aliases: Readonly<Record<string, string>>
  readonly events: readonly { readonly name: string; readonly level: string }[]
}

test('the events are those of the sheet, with its levels', (t) => {
  t.deepEqual(Object.keys(owaspEvents).sort(), sheet.events.map(({ name }) => name).sort())
  for (const { name, level } of sheet.events) {
    t.true(level.split(' or ').includes(owaspEvents[name as OwaspEvent].level), name)
  }
  t.deepEqual(aliases, sheet.aliases)
})

test('categories are those of ECS, and each type is expected with one of them', (t) => {
  const reference = ecsReference(t)
  for (const category of Object.keys(expectedTypes)) {
    t.true(reference['event.category']?.allowed_values?.includes(category), category)
  }
  for (const [name, { category, type, kind = 'event' }] of Object.entries(owaspEvents)) {
    t.true(reference['event.kind']?.allowed_values?.includes(kind))
    for (const one of type) {
      t.true(reference['event.type']?.allowed_values?.includes(one), `${name}: ${one}`)
      t.true(
        category.some((each) => (expectedTypes[each] as readonly string[]).includes(one)),
        `${name}: ${one}`,
      )
    }
    for (const each of category) {
      t.true(
        type.some((one) => (expectedTypes[each] as readonly string[]).includes(one)),
        `${name}: ${each} without a type of its own`,
      )
    }
  }
})

/** Every argument that any event has, and every common field. */
const everything = {
  userid: 7,
  retries: 2,
  maxlimit: 3,
  reason: 'maxretries',
  region1: 'DE',
  region2: 'NZ',
  entitlements: ['a'],
  tokenid: 't-1',
  appid: 'app',
  resource: 'orders',
  from: 'reader',
  to: 'writer',
  activity: 'opened',
  max: 9,
  filename: 'a.png',
  type: 'image/png',
  validator: 'virusscan',
  fileid: 'f-1',
  fields: ['one', 'two'],
  field: 'one',
  inputname: 'x',
  toolname: 'nikto',
  useragent: 'curl/8',
  parameter: 'q',
  ruleid: 'r-1',
  referer: 'https://a.example/x?token=1',
  effective_directive: 'script-src',
  blocked_uri: 'https://a.example/x?y#z',
  server: 's',
  tool: 'search',
  tokens_in: 5,
  file: '/a/b',
  object: 'o-1',
  fromlevel: '1',
  tolevel: '2',
  monitor: 'm',
  onuserid: 8,
  attributes: ['a', 'b'],
  user: { name: 'bob', roles: ['r'], target: { name: 'eve' } },
  source: { ip: '203.0.113.7', port: 5, geo: { country_iso_code: 'DE' } },
  client: { address: 'a' },
  destination: { domain: 'd' },
  http: { request: { method: 'POST', bytes: 4 }, response: { status_code: 403 } },
  url: { path: '/x', scheme: 'https' },
  rule: { name: 'n', author: ['me'] },
  threat: { tactic: { id: 'TA0006' }, technique: { id: ['T1110.003', 'T1003'] } },
  vulnerability: {
    id: ['CVE-2026-1234'],
    category: ['dependency'],
    score: { base: 9.8, version: '3.1' },
    scanner: { vendor: 'v' },
  },
  event: { risk_score: 73.5, reference: 'https://a.example', id: 'e-1', dataset: 'app.auth' },
  labels: { tenant: 'acme', count: 3 },
  err: new Error('no'),
}

test('every event is a document of ECS: names, types, allowed values, arrays', (t) => {
  const reference = ecsReference(t)
  for (const name of Object.keys(owaspEvents)) {
    for (const fields of [{}, everything]) {
      const destination = memoryDestination()
      const log = createSecurityLogger({ format: 'ecs', service: 'app' }, destination)
      log.security(name as OwaspEvent, fields as object)
      const [record = {}] = destination.records
      t.is(record['event.action'], name)
      t.is(record['event.code'], name)
      for (const [field, value] of Object.entries(record)) {
        if (field === 'labels' || field === 'ecs.version') continue
        const known = reference[field]
        t.truthy(known, `${name}: ${field} is no field of ECS`)
        const type = `${known?.type}${known?.normalize?.includes('array') ? '[]' : ''}`
        t.true(accepts(type, value), `${name}: ${field} (${type}) = ${JSON.stringify(value)}`)
        if (known?.allowed_values !== undefined) {
          for (const one of [value].flat()) t.true(known.allowed_values.includes(String(one)))
        }
      }
    }
  }
})
