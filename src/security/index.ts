export { defineSecurityEvents } from './define.js'
export type {
  CommonEventFields,
  EventEndpoint,
  EventUser,
  SecurityEventFields,
} from './event-fields.js'
export type { OwaspEvents, SecurityEventName, SecurityEvents } from './events.js'
export type {
  EventCategory,
  EventOutcome,
  EventType,
  OwaspEvent,
  SecurityEventDefinition,
  SecurityLevel,
} from './vocabulary.js'
export { vocabulary as owaspEvents } from './vocabulary.js'
