// Writes src/formats/ecs-table.ts from a dump of the Elastic Common Schema:
//   node scripts/make-ecs-table.mjs [path to ecs-fields.json] [version]
import { readFileSync, writeFileSync } from 'node:fs'

const root = new URL('..', import.meta.url)
const source = process.argv[2] ?? new URL('../shared/data/ecs-fields.json', root)
const version = process.argv[3] ?? '9.4.0'
const fields = JSON.parse(readFileSync(source, 'utf8'))

/** One capital letter per type; it also ends the name, which has none. */
const letters = {
  keyword: 'K',
  'keyword[]': 'L',
  constant_keyword: 'C',
  wildcard: 'W',
  'wildcard[]': 'X',
  match_only_text: 'T',
  long: 'N',
  integer: 'I',
  float: 'F',
  double: 'U',
  scaled_float: 'S',
  boolean: 'B',
  date: 'D',
  ip: 'P',
  'ip[]': 'Q',
  geo_point: 'G',
  object: 'O',
  'object[]': 'A',
  nested: 'E',
  'nested[]': 'M',
  flattened: 'H',
  'flattened[]': 'J',
}

const roots = new Map()
for (const name of Object.keys(fields).sort()) {
  if (!/^[a-z0-9_.@]+$/.test(name)) throw new Error(`The name ${name} cannot be encoded.`)
  const { type, normalize } = fields[name]
  const letter = letters[`${type}${normalize?.includes('array') ? '[]' : ''}`]
  if (letter === undefined) throw new Error(`${name} has the unknown type ${type}.`)
  const segments = name.split('.')
  const entry = roots.get(segments[0]) ?? { text: '', previous: [] }
  let shared = 0
  while (shared < segments.length - 1 && segments[shared] === entry.previous[shared]) shared++
  entry.text += `${shared}${segments.slice(shared).join('.')}${letter}`
  entry.previous = segments
  roots.set(segments[0], entry)
}

const allowed = ['event.kind', 'event.category', 'event.type', 'event.outcome']
const quote = (text) => `'${text}'`
const key = (text) => (/^[a-zA-Z_]\w*$/.test(text) ? text : quote(text))
const property = (name, value) => {
  const line = `  ${key(name)}: ${quote(value)},`
  return line.length > 100 ? `  ${key(name)}:\n    ${quote(value)},` : line
}
const lines = [
  '// Written by scripts/make-ecs-table.mjs from the Elastic Common Schema (Apache-2.0); do not edit by hand.',
  '',
  '/** The version of the Elastic Common Schema that lines follow, as `ecs.version`. */',
  `export const ecsVersion = ${quote(version)}`,
  '',
  '/**',
  ' * All fields, by first segment. Each field is a digit (how many segments it shares with the field before it),',
  ' * the other segments, and one capital letter for its type (`ecsTypes`).',
  ' */',
  '// biome-ignore format: one line per first segment',
  'export const ecsFields: Readonly<Record<string, string>> = {',
  ...[...roots].map(([name, { text }]) => `  ${key(name)}: ${quote(text)},`),
  '}',
  '',
  '/** What the letters mean; `[]` where ECS asks for an array. */',
  'export const ecsTypes = {',
  ...Object.entries(letters).map(([type, letter]) => property(letter, type)),
  '} as const',
  '',
  '/** The values that ECS allows in its four categorisation fields. */',
  'export const ecsAllowedValues: Readonly<Record<string, string>> = {',
  ...allowed.map((name) => property(name, fields[name].allowed_values.join(' '))),
  '}',
  '',
]
writeFileSync(new URL('src/formats/ecs-table.ts', root), lines.join('\n'))
