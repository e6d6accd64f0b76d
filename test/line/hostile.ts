import { join } from 'node:path'
import process from 'node:process'
import type { SecurityLogger } from '../../src/index.js'

/** One value that loggers break on; see the head of the file of data. */
export interface HostileInput {
  readonly name: string
  readonly group: string
  readonly how?: 'obj' | 'field' | 'err' | 'msg' | 'args' | 'child'
  /** A naive logger needs more than a second or 200 MB for it. */
  readonly heavy?: boolean
  readonly mustNotContain?: readonly string[]
  readonly mustContain?: readonly string[]
  make(): unknown
}

export const { hostileInputs } = (await import(
  join(process.cwd(), 'test/data/hostile-inputs.mjs')
)) as { readonly hostileInputs: readonly HostileInput[] }

/** A route by which a value comes to a line. */
export interface Route {
  readonly name: string
  /** The route keeps a message of its own, which must come through. */
  readonly probe: boolean
  send(log: SecurityLogger, value: unknown): void
}

/** The route that an entry asks for. */
export function ownRoute({ how = 'obj' }: HostileInput): Route {
  return { name: how, probe: how !== 'msg' && how !== 'args', send: ownSends[how] }
}

const ownSends: Readonly<Record<NonNullable<HostileInput['how']>, Route['send']>> = {
  obj: (log, value) => log.info(value, 'probe'),
  field: (log, value) => log.info({ v: value }, 'probe'),
  err: (log, value) => log.error(value, 'probe'),
  msg: (log, value) => log.info(value as string),
  args: (log, value) => Reflect.apply(log.info, log, value as unknown[]),
  child: (log, value) => log.child(value as object).info('probe'),
}

/** The routes that every value is sent by, whatever its entry asks for. */
export const routes: readonly Route[] = [
  {
    name: 'child bindings',
    probe: true,
    send: (log, value) => log.child(value as object).info('probe'),
  },
  {
    name: 'a child binding',
    probe: true,
    send: (log, value) => log.child({ v: value }).info('probe'),
  },
  {
    name: 'setBindings',
    probe: true,
    send: (log, value) => {
      const child = log.child({})
      child.setBindings(value as object)
      child.info('probe')
    },
  },
  { name: '%s', probe: false, send: (log, value) => log.info('probe %s', value as string) },
  { name: '%o', probe: false, send: (log, value) => log.info('probe %o', value as object) },
  { name: '%j', probe: false, send: (log, value) => log.info('probe %j', value as object) },
  { name: '%d', probe: false, send: (log, value) => log.info('probe %d', value as number) },
  {
    name: 'an argument that no placeholder takes',
    probe: true,
    send: (log, value) => Reflect.apply(log.info, log, ['probe', value]),
  },
  {
    name: 'ambient fields',
    probe: true,
    send: (log, value) => log.withFields(value as object, () => log.info('probe')),
  },
  {
    name: 'an ambient field',
    probe: true,
    send: (log, value) => log.withFields({ v: value }, () => log.info('probe')),
  },
  {
    name: 'an error’s own property',
    probe: true,
    send: (log, value) => log.error(Object.assign(new Error('m'), { v: value }), 'probe'),
  },
  {
    name: 'a cause',
    probe: true,
    send: (log, value) => log.error(new Error('m', { cause: value }), 'probe'),
  },
  {
    name: 'an array and a Map',
    probe: true,
    send: (log, value) => log.info({ list: [value], map: new Map([['v', value]]) }, 'probe'),
  },
  {
    name: 'the fields of a security event',
    probe: true,
    send: (log, value) => log.security('session_created', value as object, 'probe'),
  },
  {
    name: 'fields of ECS in a security event',
    probe: true,
    send: (log, value) =>
      Reflect.apply(log.security, log, [
        'upload_complete',
        { user: value, threat: value, event: value, userid: value, ruleid: value },
        'probe',
      ]),
  },
  {
    name: 'span attributes',
    probe: false,
    send: (log, value) => {
      log.withSpan('probe', { attributes: { v: value as string } }, (span) => {
        if (!isList(value)) span.setAttributes(value as Record<string, string>)
      })
    },
  },
]

function isList(value: unknown): boolean {
  try {
    return Array.isArray(value)
  } catch {
    return false
  }
}
