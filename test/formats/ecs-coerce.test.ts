import test from 'ava'
import { cutToBytes, geoPointText, scalarText } from '../../src/formats/ecs-coerce.js'
import type { EcsType } from '../../src/formats/ecs-paths.js'
import { fieldText, flatText, labelKey } from '../../src/formats/ecs-values.js'
import type { JsonScalar, JsonValue } from '../../src/formats/json-value.js'

const quote = JSON.stringify

function coerces(type: EcsType, pairs: readonly (readonly [JsonScalar, string | undefined])[]) {
  return pairs.filter(([value, text]) => scalarText(type, value, quote) !== text)
}

test('a number or a boolean under a keyword is its text', (t) => {
  t.deepEqual(
    coerces('K', [
      [5, '"5"'],
      [true, '"true"'],
      ['a', '"a"'],
      [null, 'null'],
    ]),
    [],
  )
  t.deepEqual(
    coerces('W', [
      [5, '"5"'],
      ['a', '"a"'],
    ]),
    [],
  )
  t.deepEqual(coerces('T', [[false, '"false"']]), [])
})

test('a keyword is cut where Elasticsearch would refuse the term, between characters', (t) => {
  const text = JSON.parse(scalarText('K', '😀'.repeat(20_000), quote) ?? '""') as string
  t.true(Buffer.byteLength(text) <= 32_766)
  t.true(Buffer.byteLength(text) > 32_760)
  t.notRegex(text, /\p{Cs}/u)
  t.true(text.endsWith('…'))
  t.is(cutToBytes('äöü', 6), 'äöü')
  t.is(cutToBytes('äöüß', 6), 'ä…')
})

test('whole numbers in range are longs, beyond what JSON readers hold exactly as digits', (t) => {
  t.deepEqual(
    coerces('N', [
      [5, '5'],
      [-0, '0'],
      ['0200', '200'],
      ['+7', '7'],
      ['-7', '-7'],
      [2 ** 60, '"1152921504606846976"'],
      ['9223372036854775807', '"9223372036854775807"'],
      ['9223372036854775808', undefined],
      [1e19, undefined],
      [1.5, undefined],
      ['1.5', undefined],
      ['abc', undefined],
      ['', undefined],
      ['9'.repeat(50_000), undefined],
      [true, undefined],
    ]),
    [],
  )
  t.deepEqual(
    coerces('I', [
      [2 ** 31 - 1, '2147483647'],
      [2 ** 31, undefined],
      ['-2147483648', '-2147483648'],
    ]),
    [],
  )
})

test('numbers in range are floats, doubles and scaled floats', (t) => {
  t.deepEqual(
    coerces('F', [
      [1.5, '1.5'],
      ['1.5e3', '1500'],
      [1e39, undefined],
      ['x', undefined],
      [true, undefined],
    ]),
    [],
  )
  t.deepEqual(
    coerces('U', [
      [1e39, '1e+39'],
      ['1e400', undefined],
      ['.5', '0.5'],
      ['', undefined],
    ]),
    [],
  )
  t.deepEqual(
    coerces('S', [
      [0.5, '0.5'],
      [1e16, undefined],
    ]),
    [],
  )
})

test('booleans are true and false, as text too', (t) => {
  t.deepEqual(
    coerces('B', [
      [true, 'true'],
      ['true', 'true'],
      [false, 'false'],
      ['false', 'false'],
      [1, undefined],
      ['yes', undefined],
    ]),
    [],
  )
})

test('dates are strict_date_optional_time or epoch_millis', (t) => {
  for (const date of [
    '2026-11-20',
    '2024-02-29',
    '2026-11-20T21:00',
    '2026-11-20T21:00:00Z',
    '2026-11-20T21:00:00.123456789Z',
    '2026-11-20T21:00:00,5+01:00',
    '2026-11-20T21:00:00-0830',
    '0000-01-01',
  ]) {
    t.is(scalarText('D', date, quote), `"${date}"`)
  }
  t.deepEqual(
    coerces('D', [
      [1.7e12, '1700000000000'],
      ['1700000000000', '1700000000000'],
      [9e15, undefined],
      [1.5, undefined],
      [true, undefined],
      ['2026-02-29', undefined],
      ['2026-13-01', undefined],
      ['2026-11-20T24:00Z', undefined],
      ['2026-11-20 21:00:00', undefined],
      ['20 Nov 2026', undefined],
      ['2026', undefined],
      ['', undefined],
    ]),
    [],
  )
})

test('addresses are IPv4 or IPv6, without a zone', (t) => {
  t.deepEqual(
    coerces('P', [
      ['10.0.0.1', '"10.0.0.1"'],
      ['::ffff:10.0.0.1', '"::ffff:10.0.0.1"'],
      ['fe80::1%eth0', undefined],
      ['10.0.0.1:80', undefined],
      ['localhost', undefined],
      [1, undefined],
    ]),
    [],
  )
})

test('points are written as lat and lon', (t) => {
  const point = '{"lat":48.1,"lon":11.5}'
  for (const value of [
    { lat: 48.1, lon: 11.5 },
    { lat: '48.1', lon: '11.5' },
    '48.1, 11.5',
    [11.5, 48.1],
    { type: 'Point', coordinates: [11.5, 48.1] },
  ]) {
    t.is(geoPointText(value), point)
  }
  for (const value of [
    { lat: 91, lon: 0 },
    { lat: 1 },
    { lat: 1, lon: 1, z: 1 },
    'a,b',
    '1,2,3',
    [1],
    5,
    [1, null],
  ]) {
    t.is(geoPointText(value as JsonValue), undefined)
  }
  t.is(scalarText('G', '1,2', quote), '{"lat":1,"lon":2}')
})

test('a field that ECS has as an array holds one, another only one value', (t) => {
  const cases: [EcsType, string, JsonValue, string | undefined][] = [
    ['L', 'tags', 'a', '["a"]'],
    ['L', 'tags', ['a', 1], '["a","1"]'],
    ['L', 'tags', [{}], undefined],
    ['K', 'user.id', ['a'], '"a"'],
    ['K', 'user.id', ['a', 'b'], undefined],
    ['K', 'user.id', [], undefined],
    ['G', 'client.geo.location', null, 'null'],
    ['K', 'event.kind', 'event', '"event"'],
    ['K', 'event.kind', 'span', undefined],
    ['L', 'event.type', ['start', 'begin'], undefined],
  ]
  for (const [type, path, value, text] of cases) {
    t.is(fieldText(type, path, value, quote), text, `${path} ${quote(value)}`)
  }
})

test('objects only where the mapping has them', (t) => {
  const cases: [EcsType, string, JsonValue, string | undefined][] = [
    ['O', 'container.labels', { 'a.b': 1 }, '{"a_b":"1"}'],
    ['O', 'container.labels', 'x', undefined],
    ['O', 'log.syslog', { a: 1 }, undefined],
    ['H', 'process.elf.exports', { 'a.b': { c: 1 } }, '{"a.b.c":"1"}'],
    ['H', 'process.elf.exports', ['x'], undefined],
    ['J', 'file.elf.imports', { a: 1 }, '[{"a":"1"}]'],
    ['J', 'file.elf.imports', [{ a: 1 }, 'x'], undefined],
    ['E', 'gen_ai.response.finish_reasons', { a: 1 }, '[{"a":"1"}]'],
    [
      'M',
      'email.attachments',
      { file: { name: 'x', size: '5' } },
      '[{"file.name":"x","file.size":5}]',
    ],
    ['M', 'email.attachments', [{ file: { size: 'big' } }], undefined],
    ['M', 'email.attachments', [{ other: 1 }], undefined],
    ['M', 'email.attachments', [{ file: { name: 'x' }, 'file.name': 'y' }], undefined],
    ['M', 'email.attachments', ['x'], undefined],
  ]
  for (const [type, path, value, text] of cases) {
    t.is(fieldText(type, path, value, quote), text, `${path} ${quote(value)}`)
  }
})

test('keys that fall together in a flat object are told apart', (t) => {
  t.is(flatText({ 'a.b': 1, a: { b: 2 }, c: {} }, '_', quote), '{"a_b":"1","a_b_2":"2","c":"{}"}')
  t.is(flatText({ 'a\0': 1, a_: 2 }, '.', quote), '{"a_":"1","a__2":"2"}')
})

test('a key of a label has none of the characters that ecs-logging replaces', (t) => {
  t.is(labelKey('a.b*c\\d'), 'a_b_c_d')
  t.is(labelKey('  '), '_')
  t.is(labelKey('x'.repeat(300)).length, 200)
})
