export type { Duration } from '../config/duration.js'
export type { AlertRule } from './alert-rules.js'
export type { AlertHandler, SecurityAlert, WrittenEvent } from './alert-types.js'
export { type AlertHealth, type AlertSubscription, onSecurityEvent } from './alerts.js'
export { type DeviceOptions, formatCef } from './cef.js'
export { defineSecurityEvents } from './define.js'
export type {
  CommonEventFields,
  EventEndpoint,
  EventUser,
  SecurityEventFields,
} from './event-fields.js'
export type { OwaspEvents, SecurityEventName, SecurityEvents } from './events.js'
export { formatOcsf } from './ocsf.js'
export { formatSyslog, type SyslogOptions } from './syslog.js'
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
export type { EventRecord } from './written-fields.js'
