import test, { type ExecutionContext } from 'ava'
import fc from 'fast-check'
import { createEcsFormat, type EcsHead, type EcsPart } from '../../src/formats/ecs.js'
import { startOf } from '../../src/formats/ecs-record.js'
import {
  isJsonArray,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  jsonText,
} from '../../src/formats/json-value.js'
import { quoteJson } from '../../src/redaction/quote.js'
import { accepts } from './ecs-accepts.js'
import {
  type EcsReference,
  type EcsReferenceField,
  ecsLoggingFields,
  ecsReference,
} from './ecs-reference.js'
import { readSchema, schemaErrors } from './schema.js'
import { parseStrict } from './strict-json.js'

const trace = {
  traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
  spanId: '00f067aa0ba902b7',
  traceFlags: 1,
}
const head: EcsHead = { time: '2026-11-20T21:00:00.000Z', level: 'info', message: 'probe', trace }
const identity = {
  service: { name: 'scan-api', version: '1.2.3' },
  pid: 41,
  hostname: 'n1',
  logger: 'db',
}
const own = {
  '@timestamp': head.time,
  'log.level': 'info',
  message: 'probe',
  'ecs.version': '9.4.0',
  'service.name': 'scan-api',
  'service.version': '1.2.3',
  'process.pid': 41,
  'host.hostname': 'n1',
  'host.name': 'n1',
  'log.logger': 'db',
  'trace.id': trace.traceId,
  'span.id': trace.spanId,
}

interface Sources {
  readonly call: JsonObject
  readonly ambient: JsonObject
  readonly newer: JsonObject
  readonly older: JsonObject
}

function lineOf({ call, ambient, newer, older }: Sources, format = createEcsFormat()): string {
  const line = format.line(head, format.identity(identity))
  for (const [key, value] of Object.entries(call)) line.put(key, value)
  line.ambient(format.part(ambient))
  line.bindings(format.part(newer, format.part(older)))
  return line.text()
}

function records(names: readonly string[]): fc.Arbitrary<JsonObject> {
  const leaf = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom(
      '200',
      '-1',
      '9223372036854775808',
      '1e3',
      '1.5',
      'true',
      '10.0.0.1',
      '::1',
      'fe80::1%eth0',
      '2026-11-20T21:00:00Z',
      '2026-02-30',
      '1763672400000',
      'authentication',
      'event',
      'start',
      'success',
      '48.1,11.5',
      '',
      'x'.repeat(40_000),
    ),
    fc.constantFrom(0, -0, 1, 1.5, 200, 2 ** 31, 2 ** 53, 1e19, 1e39, 1.7e12, 8.65e15, 5e-324),
    fc.boolean(),
    fc.constant(null),
  )
  const key = fc.oneof(
    fc.constantFrom(...names),
    fc.constantFrom(...names).map((name) => name.split('.')[0] ?? ''),
    fc.constantFrom(...new Set(names.flatMap((name) => name.split('.')))),
    fc.constantFrom(
      'err',
      'error',
      'req',
      'res',
      'reqId',
      'responseTime',
      'duration_ms',
      'labels',
      'shadowed',
      'seclog',
      'level',
      'time',
      'msg',
      'pid',
      'hostname',
      'service',
      'trace_id',
      'span_id',
      'trace_flags',
      'logger',
      'stack',
      'cause',
      'errors',
      'headers',
      'url',
      'remoteAddress',
      'statusCode',
      'lat',
      'lon',
      'a',
      'a_b',
      'a.b',
      'a_b_2',
      '.',
      '',
      '__proto__',
      'constructor',
      'toString',
      'seclog.span.name',
      'data_stream.type',
    ),
    fc.string({ unit: 'binary', maxLength: 8 }),
  )
  const { value } = fc.letrec<{ value: JsonValue }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      leaf,
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(key, tie('value'), { maxKeys: 4 }),
    ),
  }))
  const nested = fc
    .tuple(fc.constantFrom(...names), value, fc.nat(3))
    .map(([name, leafValue, cut]) => nest(name.split('.'), leafValue, cut))
  const flat = fc.dictionary(key, value, { maxKeys: 6 })
  return fc.tuple(nested, flat).map(([one, other]) => ({ ...one, ...other }))
}

/** `a.b.c` as `{ a: { 'b.c': value } }` and the like. */
function nest(segments: readonly string[], value: JsonValue, cut: number): JsonObject {
  const at = Math.min(Math.max(cut, 1), segments.length)
  const key = segments.slice(0, at).join('.')
  return { [key]: at === segments.length ? value : nest(segments.slice(at), value, 1) }
}

const schema = readSchema('ecs')

const plainNames = [
  'http.request.method',
  'http.response.status_code',
  'user.id',
  'user.roles',
  'host.ip',
  'client.ip',
  'event.start',
  'event.category',
  'event.kind',
  'event.duration',
  'tags',
  'dns.answers',
  'dns.answers.name',
  'dns.answers.ttl',
  'client.geo.location',
  'process.interactive',
  'event.risk_score',
  'container.labels',
  'entity.raw',
  'process.elf.imports',
  'file.elf.sections',
  'file.elf.sections.name',
  'threat.enrichments',
  'threat.enrichments.indicator.ip',
  'log.level',
  'trace.id',
  'service.version',
  'host.cpu.usage',
  'gen_ai.response.finish_reasons',
  'gen_ai.request.seed',
  'email.attachments',
  'email.attachments.file.name',
]

function sources(fields: EcsReference): fc.Arbitrary<Sources> {
  const record = fc.oneof(records(plainNames), records(Object.keys(fields)))
  return fc.record({ call: record, ambient: record, newer: record, older: record })
}

/** Holds one field of a line against the schema. */
function checkField(t: ExecutionContext, fields: EcsReference, key: string, value: unknown): void {
  if (key === 'labels' || key === 'shadowed') {
    const keys = Object.keys(value as object)
    t.true(
      keys.every((name) => !/[.*\\]/.test(name) && name.trim() !== ''),
      keys.join(),
    )
    t.true(Object.values(value as object).every(isLabel), JSON.stringify(value).slice(0, 300))
    return
  }
  const field: EcsReferenceField | undefined =
    key === 'seclog.omitted' ? { type: 'long' } : fields[key]
  if (field === undefined) {
    t.fail(`${key} is no field of ECS`)
    return
  }
  const type = field.type + (field.normalize ? '[]' : '')
  t.true(accepts(type, value), `${key}: ${JSON.stringify(value).slice(0, 300)} is no ${type}`)
  if (/^event\.(kind|category|type|outcome)$/.test(key)) {
    for (const item of Array.isArray(value) ? value : [value]) {
      t.true(item === null || field.allowed_values?.includes(item), `${key}: ${item}`)
    }
  }
}

function isLabel(value: unknown): boolean {
  if (Array.isArray(value)) return value.every((item) => item === null || accepts('keyword', item))
  return accepts('keyword', value)
}

test('whatever is logged, every field is one of ECS with a value of its type, a label, or kept as shadowed', (t) => {
  const fields = ecsReference(t)
  fc.assert(
    fc.property(sources(fields), (given) => {
      const text = lineOf(given)
      t.true(Buffer.byteLength(text) < 65_536)
      const record = parseStrict(text) as Record<string, unknown>
      t.like(record, own)
      t.deepEqual(schemaErrors(schema, record), [])
      for (const [key, value] of Object.entries(record)) checkField(t, fields, key, value)
      const keys = new Set(Object.keys(record))
      for (const key of keys) {
        const above = key.split('.')
        for (let length = 1; length < above.length; length++) {
          t.false(keys.has(above.slice(0, length).join('.')), `${key} lies below another field`)
        }
      }
    }),
    { numRuns: 1_000 },
  )
})

test('fields required by ecs-logging stand where it says, at the top level and dotted', (t) => {
  const fields = ecsReference(t)
  const required = Object.entries(ecsLoggingFields(t))
  fc.assert(
    fc.property(sources(fields), (given) => {
      const record = JSON.parse(lineOf(given)) as Record<string, unknown>
      const keys = Object.keys(record)
      for (const [name, { required: isRequired, index, type }] of required) {
        if (isRequired) t.true(name in record, name)
        if (index !== undefined) t.is(keys[index], name)
        if (name in record && type === 'string')
          t.true(record[name] === null || typeof record[name] === 'string')
      }
    }),
    { numRuns: 200 },
  )
})

test('the same record gives the same line, whatever was written before', (t) => {
  const fields = ecsReference(t)
  const used = createEcsFormat()
  fc.assert(
    fc.property(sources(fields), (given) => {
      const text = lineOf(given)
      t.is(lineOf(given, used), text)
      t.is(lineOf(given, used), text)
    }),
    { numRuns: 200 },
  )
})

test('no value of a call is lost', (t) => {
  fc.assert(
    fc.property(records(plainNames), (fields) => {
      let count = 0
      const mark = (value: JsonValue): JsonValue => {
        if (isJsonArray(value)) return value.map(mark)
        if (isJsonObject(value)) {
          return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mark(item)]))
        }
        return `mark${count++}.`
      }
      const call = mark(fields) as JsonObject
      const text = lineOf({ call, ambient: {}, newer: {}, older: {} })
      for (let index = 0; index < count; index++) t.true(text.includes(`mark${index}.`))
    }),
    { numRuns: 500 },
  )
})

test('fields handed over as JSON text make the same line as fields handed over as values', (t) => {
  const format = createEcsFormat()
  const own = format.identity(identity)
  const record = format.record()
  fc.assert(
    fc.property(records(plainNames), (fields) => {
      const line = format.line(head, own)
      record.begin(head, own, startOf(head.time, head.level, quoteJson))
      for (const [key, value] of Object.entries(fields)) {
        line.put(key, value)
        record.putJson(format.homes.at(key), jsonText(value, quoteJson))
      }
      t.is(record.text(), line.text())
      t.is(record.shadowed, line.shadowed)
    }),
    { numRuns: 1_000 },
  )
})

test('bindings folded at once make the same line as bindings added one by one', (t) => {
  const format = createEcsFormat()
  const own = format.identity(identity)
  fc.assert(
    fc.property(records(plainNames), records(plainNames), records(plainNames), (...given) => {
      const [call, newer, older] = given.map(Object.entries) as [Field[], Field[], Field[]]
      const lineWith = (part: EcsPart): string => {
        const line = format.line(head, own)
        for (const [key, value] of call) line.put(key, value)
        line.bindings(part)
        return line.text()
      }
      const shared = newer.map(([name, value]) => ({
        name,
        value,
        clean: !jsonText(value, quoteJson).includes('\\'),
      }))
      let outer = format.part({})
      for (const [key, value] of older)
        outer = format.part(Object.fromEntries([[key, value]]), outer)
      let chained = outer
      for (const [key, value] of newer) {
        chained = format.part(Object.fromEntries([[key, value]]), chained)
      }
      t.is(lineWith(format.fold(shared, outer)), lineWith(chained))
    }),
    { numRuns: 500 },
  )
})

type Field = [name: string, value: JsonValue]
