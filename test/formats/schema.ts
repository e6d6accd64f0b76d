import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'

/** A JSON Schema, of the keywords that the published ones use. */
export type Schema = Readonly<Record<string, unknown>>

/** The published schema of a line. */
export function readSchema(format: 'json' | 'ecs'): Schema {
  const file = join(process.cwd(), 'schema', `line.${format}.schema.json`)
  return JSON.parse(readFileSync(file, 'utf8')) as Schema
}

/** What of a value a schema does not allow, one sentence each; empty when it holds. */
export function schemaErrors(schema: Schema, value: unknown, root: Schema = schema): string[] {
  return check(schema, value, '', root)
}

type Check = (rule: never, value: unknown, at: string, root: Schema, schema: Schema) => string[]

function check(schema: Schema | boolean, value: unknown, at: string, root: Schema): string[] {
  if (typeof schema === 'boolean') return schema ? [] : [`${at || '/'} is not allowed`]
  return Object.entries(schema).flatMap(([keyword, rule]) => {
    if (notes.has(keyword)) return []
    const holds = checks[keyword]
    if (holds === undefined) throw new Error(`The keyword ${keyword} is not known here.`)
    return holds(rule as never, value, at, root, schema)
  })
}

const notes = new Set(['$schema', '$id', '$defs', 'title', 'description', 'then'])

const checks: Readonly<Record<string, Check>> = {
  type: (rule: string | string[], value, at) => {
    const types = [rule].flat()
    return types.some((type) => hasType(type, value)) ? [] : [`${at || '/'} is no ${types}`]
  },
  const: (rule: unknown, value, at) => (rule === value ? [] : [`${at} is not ${rule}`]),
  enum: (rule: unknown[], value, at) =>
    rule.includes(value) ? [] : [`${at} is none of ${rule.join()}: ${JSON.stringify(value)}`],
  pattern: (rule: string, value, at) =>
    typeof value !== 'string' || new RegExp(rule, 'u').test(value)
      ? []
      : [`${at} does not match ${rule}: ${value}`],
  minimum: (rule: number, value, at) =>
    typeof value !== 'number' || value >= rule ? [] : [`${at} is less than ${rule}`],
  maxLength: (rule: number, value, at) =>
    typeof value !== 'string' || [...value].length <= rule ? [] : [`${at} is longer than ${rule}`],
  required: (rule: string[], value, at) =>
    isRecord(value)
      ? rule.filter((name) => !Object.hasOwn(value, name)).map((name) => `${at}/${name} is missing`)
      : [],
  dependentRequired: (rule: Record<string, string[]>, value, at, root) =>
    Object.entries(rule).flatMap(([name, required]) =>
      isRecord(value) && Object.hasOwn(value, name) ? check({ required }, value, at, root) : [],
    ),
  properties: (rule: Record<string, Schema>, value, at, root) =>
    entries(value).flatMap(([name, item]) =>
      Object.hasOwn(rule, name) ? check(rule[name] as Schema, item, `${at}/${name}`, root) : [],
    ),
  patternProperties: (rule: Record<string, Schema>, value, at, root) =>
    entries(value).flatMap(([name, item]) =>
      Object.entries(rule)
        .filter(([pattern]) => new RegExp(pattern, 'u').test(name))
        .flatMap(([, one]) => check(one, item, `${at}/${name}`, root)),
    ),
  additionalProperties: (rule: Schema | boolean, value, at, root, schema) => {
    const named = Object.keys(schema['properties'] ?? {})
    const patterns = Object.keys(schema['patternProperties'] ?? {})
    return entries(value)
      .filter(([name]) => !named.includes(name))
      .filter(([name]) => !patterns.some((pattern) => new RegExp(pattern, 'u').test(name)))
      .flatMap(([name, item]) => check(rule, item, `${at}/${name}`, root))
  },
  propertyNames: (rule: Schema, value, at, root) =>
    entries(value).flatMap(([name]) => check(rule, name, `${at}/${name}`, root)),
  items: (rule: Schema, value, at, root) =>
    Array.isArray(value)
      ? value.flatMap((item, index) => check(rule, item, `${at}/${index}`, root))
      : [],
  anyOf: (rule: Schema[], value, at, root) => {
    const errors = rule.map((one) => check(one, value, at, root))
    return errors.some((found) => found.length === 0) ? [] : errors.flat()
  },
  allOf: (rule: Schema[], value, at, root) => rule.flatMap((one) => check(one, value, at, root)),
  not: (rule: Schema, value, at, root) =>
    check(rule, value, at, root).length === 0 ? [`${at} is what it may not be`] : [],
  if: (rule: Schema, value, at, root, schema) =>
    check(rule, value, at, root).length === 0
      ? check((schema['then'] ?? true) as Schema, value, at, root)
      : [],
  $ref: (rule: string, value, at, root) => {
    const defs = root['$defs'] as Record<string, Schema>
    const target = defs[rule.replace('#/$defs/', '')]
    if (target === undefined) throw new Error(`There is no ${rule}.`)
    return check(target, value, at, root)
  },
}

function entries(value: unknown): [string, unknown][] {
  return isRecord(value) ? Object.entries(value) : []
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function hasType(type: string, value: unknown): boolean {
  switch (type) {
    case 'integer':
      return Number.isInteger(value)
    case 'object':
      return isRecord(value)
    case 'array':
      return Array.isArray(value)
    case 'null':
      return value === null
    default:
      return typeof value === type
  }
}
