import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import type { ExecutionContext } from 'ava'

/** What the Elastic Common Schema says about one field. */
export interface EcsReferenceField {
  readonly type: string
  readonly normalize?: readonly string[]
  readonly allowed_values?: readonly string[]
}

/**
 * The schema's fields by name. They are no part of this repository: where they are missing the test is passed over and
 * says so, but not on CI.
 */
export function readEcsFields(
  t: ExecutionContext,
): Readonly<Record<string, EcsReferenceField>> | undefined {
  return read(t, 'ecs-fields.json') as Readonly<Record<string, EcsReferenceField>> | undefined
}

export interface EcsLoggingSpec {
  readonly fields: Readonly<
    Record<
      string,
      {
        readonly type: string
        readonly required: boolean
        readonly index?: number
        readonly top_level_field?: boolean
      }
    >
  >
}

/** The specification of ecs-logging, with the same rule for its absence. */
export function readEcsLoggingSpec(t: ExecutionContext): EcsLoggingSpec | undefined {
  return read(t, 'ecs-logging-spec.json') as EcsLoggingSpec | undefined
}

function read(t: ExecutionContext, name: string): unknown {
  const file = join(process.cwd(), '../shared/data', name)
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8'))
  t.log(`${name} is not beside the repository: not held against it`)
  if (process.env['CI'] === 'true') t.fail(`${name} is missing`)
  else t.pass()
  return undefined
}
