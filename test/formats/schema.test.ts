import { join } from 'node:path'
import process from 'node:process'
import test from 'ava'
import { ecsFields } from '../../src/formats/ecs-table.js'
import { createSecurityLogger, type SecurityLogger } from '../../src/index.js'
import { memoryDestination } from '../../src/testing/memory-destination.js'
import { readSchema, type Schema, schemaErrors } from './schema.js'
import { parseStrict } from './strict-json.js'

interface HostileInput {
  readonly name: string
  readonly how?: string
  readonly heavy?: boolean
  make(): unknown
}

const { hostileInputs } = (await import(join(process.cwd(), 'test/data/hostile-inputs.mjs'))) as {
  hostileInputs: readonly HostileInput[]
}

/** Hands a value to a logger in the way that its entry asks for. */
function log(logger: SecurityLogger, how: string, value: unknown): void {
  switch (how) {
    case 'field':
      logger.info({ v: value }, 'probe')
      break
    case 'err':
      logger.error(value, 'probe')
      break
    case 'msg':
      logger.info(value as string)
      break
    case 'args':
      Reflect.apply(logger.info, logger, value as unknown[])
      break
    case 'child':
      logger.child(value as object).info('probe')
      break
    default:
      logger.info(value, 'probe')
  }
}

for (const format of ['json', 'ecs'] as const) {
  const schema = readSchema(format)

  test(`every line of the format ${format} holds against its schema, whatever is logged`, (t) => {
    const destination = memoryDestination()
    const service = { name: 'scan-api', version: '1.0.0', environment: 'test' }
    const logger = createSecurityLogger({ format, service }, destination)
    for (const { name, how = 'obj', heavy, make } of hostileInputs) {
      if (heavy) continue
      destination.clear()
      log(logger, how, make())
      logger.withSpan('scan', () => log(logger, how, make()))
      Reflect.apply(logger.security, logger, ['sys_startup', make()])
      t.is(destination.lines.length, 4, name)
      for (const line of destination.lines) {
        t.deepEqual(schemaErrors(schema, parseStrict(line)), [], `${name}: ${line.slice(0, 300)}`)
      }
    }
  })

  test(`the records of spans hold against the schema of ${format}`, (t) => {
    const destination = memoryDestination()
    const logger = createSecurityLogger({ format, spans: { startLevel: 'info' } }, destination)
    t.throws(() =>
      logger.withSpan('outer', { attributes: { 'db.name': 'x', db: [1, 2] } }, (span) => {
        span.addEvent('found', { count: 1 })
        logger.withFields({ scan_id: 's-42' }, () => logger.info('inside'))
        span.setStatus({ code: 2, message: 'gave up' })
        throw new TypeError('boom', { cause: new Error('why') })
      }),
    )
    t.is(destination.records.length, 3)
    for (const record of destination.records) t.deepEqual(schemaErrors(schema, record), [])
  })
}

test('the schemas have a version', (t) => {
  for (const format of ['json', 'ecs'] as const) {
    t.is(readSchema(format)['$id'], `urn:seclog:schema:line-${format}:1.0.0`)
  }
})

test('the schema of ecs knows the first segment of every field', (t) => {
  const [pattern] = Object.keys(readSchema('ecs')['patternProperties'] as object)
  const roots = Object.entries(ecsFields)
    .filter(([, fields]) => fields.includes('.'))
    .map(([root]) => root)
  t.is(pattern, `^(${roots.sort().join('|')})\\.[a-z0-9_.]+$`)
})

test('the schemas refuse what they do not describe', (t) => {
  const json = { level: 'info', time: '2026-11-20T21:00:00.000Z' }
  const ecs = { '@timestamp': json.time, 'log.level': 'info', 'ecs.version': '9.4.0' }
  const refused: readonly (readonly ['json' | 'ecs', Schema])[] = [
    ['json', { level: 'info' }],
    ['json', { ...json, level: 30 }],
    ['json', { ...json, time: 'now' }],
    ['json', { ...json, trace_id: '4bf92f3577b34da6a3ce929d0e0e4736' }],
    ['json', { ...json, pid: -1 }],
    ['json', { ...json, 'event.kind': 'span' }],
    ['json', { ...json, 'event.kind': 'alert' }],
    ['ecs', { ...ecs, scan_id: 's-42' }],
    ['ecs', { ...ecs, labels: { 'a.b': 'x' } }],
    ['ecs', { ...ecs, labels: { a: 1 } }],
    ['ecs', { ...ecs, labels: { ['x'.repeat(300)]: 'a' } }],
    ['ecs', { ...ecs, 'event.kind': 'span' }],
    ['ecs', { ...ecs, 'ecs.version': '8.0.0' }],
    ['ecs', { ...ecs, tags: ['a', 1] }],
  ]
  for (const [format, record] of refused) {
    t.true(schemaErrors(readSchema(format), record).length > 0, JSON.stringify(record))
  }
  t.deepEqual(schemaErrors(readSchema('json'), json), [])
  t.deepEqual(schemaErrors(readSchema('ecs'), ecs), [])
})
