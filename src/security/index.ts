export type { AlertRule } from './alert-rules.js'
export {
  type AlertHandler,
  type AlertHealth,
  type AlertSubscription,
  onSecurityEvent,
  type SecurityAlert,
  type WrittenEvent,
} from './alerts.js'
export { defineSecurityEvents } from './define.js'
export type { Duration } from './duration.js'
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
export { createWebhook, type Webhook, type WebhookHealth } from './webhook.js'
export type { WebhookOptions } from './webhook-options.js'
export type { AlertCounter } from './window.js'
