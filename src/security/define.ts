import { SeclogError } from '../errors.js'
import { addEvent, definitionOf, ownEvents } from './registry.js'
import {
  aliases,
  type EventCategory,
  type EventType,
  expectedTypes,
  type SecurityEventDefinition,
  vocabulary,
} from './vocabulary.js'

/**
 * Adds events of an application's own to those of OWASP, for all loggers of the process.
 *
 * Their names are made known to the compiler by declaration merging. A definition that is the same as the one before is no
 * conflict, so a module may be loaded twice.
 *
 * @throws SeclogError `SECLOG_EVENT_INVALID` for a malformed name, level, category or type, and for a type that ECS does not
 *   expect with any of the categories; `SECLOG_EVENT_TAKEN` for a name of OWASP's, or one that is defined otherwise.
 * @see https://www.elastic.co/docs/reference/ecs/ecs-category-field-values-reference
 * @example
 * declare module 'seclog/security' {
 *   interface SecurityEvents { refund_abuse: { readonly orderid?: string } }
 * }
 * defineSecurityEvents({
 *   refund_abuse: { level: 'WARN', category: ['web'], type: ['info'], message: 'refund abused' },
 * })
 */
export function defineSecurityEvents(
  definitions: Readonly<Record<string, SecurityEventDefinition>>,
): void {
  if (typeof definitions !== 'object' || definitions === null) {
    throw invalid('The events must be an object of definitions by name.')
  }
  const all = Object.entries(definitions)
  // All are looked at before any is added.
  for (const [name, definition] of all) check(name, definition)
  for (const [name, definition] of all) addEvent(name, frozen(definition))
}

/** Lower-case words joined by underscores, as OWASP's. */
const form = /^[a-z][a-z0-9]*(?:_[a-z0-9]+)*$/
const longestName = 64
const levels: readonly unknown[] = ['INFO', 'WARN', 'CRITICAL']
const outcomes: readonly unknown[] = [undefined, 'success', 'failure', 'unknown']
const kinds: readonly unknown[] = [undefined, 'event', 'alert']

function check(name: string, definition: SecurityEventDefinition): void {
  const shown = JSON.stringify(name.slice(0, longestName))
  if (!form.test(name) || name.length > longestName) {
    throw invalid(
      `The event ${shown} must be lower-case words joined by underscores, at most ${longestName} characters.`,
    )
  }
  if (name in vocabulary || name in aliases || name === 'unknown_event') {
    throw taken(`The event ${shown} is one of the standard vocabulary.`)
  }
  if (typeof definition !== 'object' || definition === null) {
    throw invalid(`The definition of the event ${shown} must be an object.`)
  }
  const { level, message, outcome, kind, code } = definition
  if (!levels.includes(level)) {
    throw invalid(`The level of the event ${shown} must be INFO, WARN or CRITICAL.`)
  }
  if (typeof message !== 'string' || message === '') {
    throw invalid(`The event ${shown} needs a message.`)
  }
  if (!outcomes.includes(outcome)) {
    throw invalid(`The outcome of the event ${shown} must be success, failure or unknown.`)
  }
  if (!kinds.includes(kind)) {
    throw invalid(`The kind of the event ${shown} must be event or alert.`)
  }
  if (code !== undefined && (typeof code !== 'string' || code === '')) {
    throw invalid(`The code of the event ${shown} must be a text.`)
  }
  checkPlace(shown, definition)
  if (ownEvents.has(name) && !isSame(definitionOf(name), definition)) {
    throw taken(`The event ${shown} is defined already, and otherwise.`)
  }
}

function checkPlace(shown: string, { category, type }: SecurityEventDefinition): void {
  if (!isList(category) || !isList(type)) {
    throw invalid(`The event ${shown} needs a list of categories and one of types.`)
  }
  const expected = new Set<EventType>()
  for (const each of category) {
    if (!Object.hasOwn(expectedTypes, each)) {
      throw invalid(`The category ${JSON.stringify(each)} of the event ${shown} is none of ECS.`)
    }
    for (const one of expectedTypes[each as EventCategory]) expected.add(one)
  }
  for (const each of type) {
    if (expected.has(each)) continue
    throw invalid(
      `ECS does not expect the type ${JSON.stringify(each)} of the event ${shown} with its categories; they go with ${[...expected].join(', ')}.`,
    )
  }
}

function isList(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.length > 0
}

function frozen(definition: SecurityEventDefinition): SecurityEventDefinition {
  const { level, category, type, outcome, kind, message, code } = definition
  return Object.freeze({
    level,
    category: Object.freeze([...category]),
    type: Object.freeze([...type]),
    message,
    ...(outcome !== undefined && { outcome }),
    ...(kind !== undefined && { kind }),
    ...(code !== undefined && { code }),
  })
}

function isSame(one: SecurityEventDefinition | undefined, other: SecurityEventDefinition): boolean {
  return JSON.stringify(one) === JSON.stringify(frozen(other))
}

function invalid(message: string): SeclogError {
  return new SeclogError('SECLOG_EVENT_INVALID', message)
}

function taken(message: string): SeclogError {
  return new SeclogError('SECLOG_EVENT_TAKEN', message)
}
