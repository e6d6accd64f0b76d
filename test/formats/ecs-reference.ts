import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import type { ExecutionContext } from 'ava'
import { ecsPath } from '../../src/formats/ecs-paths.js'
import { ecsAllowedValues, ecsFields, ecsTypes } from '../../src/formats/ecs-table.js'

/** What the Elastic Common Schema says about one field. */
export interface EcsReferenceField {
  readonly type: string
  readonly normalize?: readonly string[]
  readonly allowed_values?: readonly string[]
}

export type EcsReference = Readonly<Record<string, EcsReferenceField>>

/**
 * The schema's fields by name, from a dump of the schema beside the repository, or where there is none from our own table,
 * which another test holds against the dump's digest.
 */
export function ecsReference(t: ExecutionContext): EcsReference {
  return (readShared(t, 'ecs-fields.json') as EcsReference | undefined) ?? tableAsReference()
}

export interface EcsLoggingField {
  readonly type: string
  readonly required: boolean
  readonly index?: number
}

/** The fields of the ecs-logging specification, version 1.0, or where it is not at hand those that every line has. */
export function ecsLoggingFields(t: ExecutionContext): Readonly<Record<string, EcsLoggingField>> {
  const spec = readShared(t, 'ecs-logging-spec.json') as
    | { readonly fields: Readonly<Record<string, EcsLoggingField>> }
    | undefined
  return (
    spec?.fields ?? {
      '@timestamp': { type: 'datetime', required: true, index: 0 },
      'log.level': { type: 'string', required: true, index: 1 },
      message: { type: 'string', required: false, index: 2 },
      'ecs.version': { type: 'string', required: true },
    }
  )
}

/** Our own table in the shape of the dump. */
export function tableAsReference(): EcsReference {
  const reference: Record<string, EcsReferenceField> = {}
  for (const text of Object.values(ecsFields)) {
    let previous: readonly string[] = []
    for (const [, shared, rest = ''] of text.matchAll(/(\d)([^A-Z]+)[A-Z]/g)) {
      previous = [...previous.slice(0, Number(shared)), ...rest.split('.')]
      const name = previous.join('.')
      const { type: letter } = ecsPath(name)
      const type = letter === undefined ? '' : ecsTypes[letter]
      const allowed = ecsAllowedValues[name]
      reference[name] = {
        type: type.replace('[]', ''),
        ...(type.endsWith('[]') && { normalize: ['array'] }),
        ...(allowed !== undefined && { allowed_values: allowed.split(' ') }),
      }
    }
  }
  return reference
}

function readShared(t: ExecutionContext, name: string): unknown {
  const file = join(process.cwd(), '../shared/data', name)
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8'))
  if (process.env['CI'] === 'true') throw new Error(`CI needs ${file}, which is missing`)
  t.log(`${name} is not beside the repository; the table of our own stands in`)
  return undefined
}
