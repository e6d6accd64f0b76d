import { sharedState } from '../context/shared.js'
import { aliases, type OwaspEvent, type SecurityEventDefinition, vocabulary } from './vocabulary.js'

/** What a name stands for; one that nobody has defined has a definition of its own. */
export interface NamedEvent {
  readonly name: string
  readonly definition: SecurityEventDefinition
  readonly isKnown: boolean
}

const own = sharedState('security.events.1', () => new Map<string, SecurityEventDefinition>())

/** Events that teams have defined, by name. */
export const ownEvents: ReadonlyMap<string, SecurityEventDefinition> = own

export function addEvent(name: string, definition: SecurityEventDefinition): void {
  own.set(name, definition)
}

/** The definition of a standard event, or of one that was added. */
export function definitionOf(name: string): SecurityEventDefinition | undefined {
  return Object.hasOwn(vocabulary, name) ? vocabulary[name as OwaspEvent] : own.get(name)
}

/** Never throws, whatever it is given as a name. */
export function eventNamed(given: unknown): NamedEvent {
  if (typeof given !== 'string') return unknown
  const name = Object.hasOwn(aliases, given) ? (aliases[given] as string) : given
  const definition = definitionOf(name)
  return definition === undefined ? unknown : { name, definition, isKnown: true }
}

const unknown: NamedEvent = {
  name: 'unknown_event',
  definition: {
    level: 'WARN',
    category: ['process'],
    type: ['info'],
    outcome: 'unknown',
    message: 'a security event that nobody has defined',
  },
  isKnown: false,
}
