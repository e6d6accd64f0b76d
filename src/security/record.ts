import { type ArgumentPlace, argumentPlaces } from './arguments.js'
import { eventNamed } from './registry.js'
import { checkThreat } from './threat.js'
import type { EventOutcome, SecurityEventDefinition, SecurityLevel } from './vocabulary.js'

/** The level of a line by OWASP's of its event. `CRITICAL` is `fatal`: the one above `error` that tools of pino know. */
export type EventLineLevel = 'info' | 'warn' | 'fatal'

/** A security event as a logger writes it. */
export interface SecurityRecord {
  readonly name: string
  readonly level: SecurityLevel
  readonly lineLevel: EventLineLevel
  readonly message: string
  /** Names of ECS, `event.*` dotted. */
  readonly fields: Readonly<Record<string, unknown>>
  /** What a call got wrong: a name that nobody defined, an id of the wrong form. */
  readonly faults: number
}

/** `event.severity`, on the scale that Elastic's detection rules use. */
const severities: Readonly<Record<SecurityLevel, number>> = { INFO: 21, WARN: 47, CRITICAL: 99 }
const lineLevels: Readonly<Record<SecurityLevel, EventLineLevel>> = {
  INFO: 'info',
  WARN: 'warn',
  CRITICAL: 'fatal',
}

/**
 * The record of an event. What is wrong with a call is marked in it, and never keeps it from being written. Values are not
 * redacted: that is up to the logger that writes them.
 *
 * @param given - The fields of the call; what throws when it is read is marked.
 */
export function securityRecord(
  event: unknown,
  given: unknown,
  message: string | undefined,
): SecurityRecord {
  const { name, definition, isKnown } = eventNamed(event)
  const call = readMembers(given)
  const own = readMembers(call['event'])
  delete call['event']
  const level = levelOf(name, definition, call)
  const marks: Record<string, unknown> = {}
  const fields: Record<string, unknown> = {
    'event.kind': definition.kind ?? 'event',
    'event.category': definition.category,
    'event.type': definition.type,
    'event.outcome': outcomeOf(own['outcome'], name, definition, call),
    'event.action': name,
    'event.code': definition.code ?? name,
    'event.severity': severities[level],
  }
  for (const key of Object.keys(own)) {
    if (key === 'outcome') continue
    const path = `event.${key}`
    // What the vocabulary says of the event, no call says otherwise.
    if (path in fields) marks['shadowed'] = { ...(marks['shadowed'] as object), [path]: own[key] }
    else fields[path] = own[key]
  }
  if (!isKnown) marks['unknown'] = typeof event === 'string' ? event : typeof event
  const { threat, ...rest } = placed(name, call, fields)
  Object.assign(fields, rest)
  if (threat !== undefined) {
    const checked = checkThreat(threat)
    if (checked.threat !== undefined) fields['threat'] = checked.threat
    if (checked.malformed !== undefined) marks['malformed'] = checked.malformed
  }
  const faults = Object.keys(marks).length
  if (faults > 0) fields['security'] = { ...(fields['security'] as object), ...marks }
  return {
    name,
    level,
    lineLevel: lineLevels[level],
    message: typeof message === 'string' ? message : definition.message,
    fields,
    faults,
  }
}

/** The level of the table, but for the one event whose level its result decides. */
function levelOf(
  name: string,
  { level }: SecurityEventDefinition,
  call: Readonly<Record<string, unknown>>,
): SecurityLevel {
  return name === 'upload_validation' && call['result'] === 'FAILED' ? 'CRITICAL' : level
}

function outcomeOf(
  given: unknown,
  name: string,
  { outcome = 'unknown' }: SecurityEventDefinition,
  call: Readonly<Record<string, unknown>>,
): EventOutcome {
  if (given === 'success' || given === 'failure' || given === 'unknown') return given
  if (name !== 'upload_validation') return outcome
  if (call['result'] === 'FAILED') return 'failure'
  return call['result'] === 'passed' ? 'success' : 'unknown'
}

/** Puts the event's arguments where ECS has a place for them; the others, under `security`. */
function placed(
  name: string,
  call: Readonly<Record<string, unknown>>,
  fields: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const places: Readonly<Record<string, ArgumentPlace>> = argumentPlaces(name)
  const out: Record<string, unknown> = {}
  const own: Record<string, unknown> = {}
  for (const key of Object.keys(call)) {
    const value = call[key]
    if (value === undefined || key in fields) continue
    if (common.has(key)) out[key] = merged(value, out[key])
    else if (key in places) {
      const { path, clean } = places[key] as ArgumentPlace
      const shown = clean === undefined ? value : clean(value)
      if (path === undefined) own[key] = shown
      else put(out, path, shown)
    } else own[key] = value
  }
  if (Object.keys(own).length > 0) out['security'] = own
  return out
}

/** Names of ECS that a call may give as they are. */
const common: ReadonlySet<string> = new Set([
  'user',
  'source',
  'client',
  'destination',
  'http',
  'url',
  'user_agent',
  'rule',
  'threat',
  'vulnerability',
  'file',
  'labels',
  'err',
])

/** Puts a value at a path, unless the call has given another one there. */
function put(out: Record<string, unknown>, path: string, value: unknown): void {
  if (path.startsWith('event.')) {
    out[path] ??= value
    return
  }
  const [root = '', ...rest] = path.split('.')
  let nested: unknown = value
  for (const key of rest.reverse()) nested = { [key]: nested }
  out[root] = merged(out[root], nested)
}

/** Two objects in one; where both say something of a member, the first does. */
function merged(first: unknown, second: unknown): unknown {
  if (first === undefined) return second
  if (second === undefined || !isObject(first) || !isObject(second)) return first
  const both: Record<string, unknown> = { ...second }
  for (const key of Object.keys(first)) both[key] = merged(first[key], both[key])
  return both
}

/** As many members of a call's fields as a logger writes by default. */
const mostMembers = 200

/** The members of an object, each read once; what throws is marked. */
function readMembers(given: unknown): Record<string, unknown> {
  const members: Record<string, unknown> = {}
  if (!isObject(given)) return members
  const keys = Object.keys(given)
  if (keys.length > mostMembers) members['[Truncated]'] = `${keys.length - mostMembers} more keys`
  for (const key of keys.slice(0, mostMembers)) {
    try {
      members[key] = given[key]
    } catch {
      members[key] = '[Throws]'
    }
  }
  return members
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
