import type { OwaspEvents } from './events.js'

/** How much an event matters, in OWASP's words. */
export type SecurityLevel = 'INFO' | 'WARN' | 'CRITICAL'

/** What a kind of event is in the words of the Elastic Common Schema. */
export interface SecurityEventDefinition {
  readonly level: SecurityLevel
  /** `event.category`: at least one that ECS knows. */
  readonly category: readonly EventCategory[]
  /** `event.type`: each one that ECS expects with one of the categories. */
  readonly type: readonly EventType[]
  /** `event.outcome`, unless a call says otherwise. @defaultValue 'unknown' */
  readonly outcome?: EventOutcome
  /** `event.kind`. @defaultValue 'event' */
  readonly kind?: 'event' | 'alert'
  /** The message where a call gives none. */
  readonly message: string
  /** `event.code`. @defaultValue the event's name */
  readonly code?: string
}

export type EventOutcome = 'success' | 'failure' | 'unknown'

/**
 * The types that ECS expects with each category.
 *
 * @see https://www.elastic.co/docs/reference/ecs/ecs-allowed-values-event-category
 */
export const expectedTypes = {
  api: [
    'access',
    'admin',
    'allowed',
    'change',
    'creation',
    'deletion',
    'denied',
    'end',
    'info',
    'start',
    'user',
  ],
  authentication: ['start', 'end', 'info'],
  configuration: ['access', 'change', 'creation', 'deletion', 'info'],
  database: ['access', 'change', 'info', 'error'],
  file: ['access', 'change', 'creation', 'deletion', 'info'],
  iam: ['admin', 'change', 'creation', 'deletion', 'group', 'info', 'user'],
  intrusion_detection: ['allowed', 'denied', 'info'],
  malware: ['info'],
  network: ['access', 'allowed', 'connection', 'denied', 'end', 'info', 'protocol', 'start'],
  process: ['access', 'change', 'end', 'info', 'start'],
  session: ['start', 'end', 'info'],
  threat: ['indicator'],
  vulnerability: ['info'],
  web: ['access', 'error', 'info'],
} as const

export type EventCategory = keyof typeof expectedTypes
export type EventType = (typeof expectedTypes)[EventCategory][number]

/**
 * The 57 events of OWASP's Application Logging Vocabulary, with OWASP's levels; their place in ECS is our own reading.
 *
 * @see https://cheatsheetseries.owasp.org/cheatsheets/Logging_Vocabulary_Cheat_Sheet.html (2026-08-17)
 */
export const vocabulary: Readonly<Record<OwaspEvent, SecurityEventDefinition>> = {
  authn_login_success: event('INFO', 'authentication', 'start', 'success', 'user logged in'),
  authn_login_successafterfail: event(
    'INFO',
    'authentication',
    'start',
    'success',
    'user logged in after failures',
  ),
  authn_login_fail: event('WARN', 'authentication', 'start', 'failure', 'login failed'),
  authn_login_fail_max: event(
    'WARN',
    'authentication',
    'start',
    'failure',
    'login failed too often',
  ),
  authn_login_lock: event(
    'WARN',
    'authentication iam',
    'info user change',
    'success',
    'account locked',
  ),
  authn_password_change: event('INFO', 'iam', 'user change', 'success', 'password changed'),
  authn_password_change_fail: event(
    'CRITICAL',
    'iam',
    'user change',
    'failure',
    'password change failed',
  ),
  authn_impossible_travel: alert(
    'CRITICAL',
    'authentication intrusion_detection',
    'info',
    'unknown',
    'user seen in two far places',
  ),
  authn_token_created: event('INFO', 'iam', 'creation', 'success', 'token created'),
  authn_token_revoked: event('INFO', 'iam', 'deletion', 'success', 'token revoked'),
  authn_token_reuse: alert(
    'CRITICAL',
    'authentication intrusion_detection',
    'info denied',
    'failure',
    'revoked token used again',
  ),
  authn_token_delete: event('WARN', 'iam', 'deletion', 'success', 'token deleted'),
  authz_fail: event('CRITICAL', 'api', 'access denied', 'failure', 'access denied'),
  authz_change: event('WARN', 'iam', 'user change', 'success', 'entitlements changed'),
  authz_admin: event('WARN', 'iam', 'admin', 'success', 'administrative activity'),
  crypt_decrypt_fail: event('WARN', 'process', 'info', 'failure', 'decryption failed'),
  crypt_encrypt_fail: event('WARN', 'process', 'info', 'failure', 'encryption failed'),
  excess_rate_limit_exceeded: event(
    'WARN',
    'api',
    'access denied',
    'failure',
    'rate limit exceeded',
  ),
  excess_sessions_exceeded: event('WARN', 'session', 'info', 'failure', 'too many sessions'),
  upload_complete: event('INFO', 'file', 'creation', 'success', 'file uploaded'),
  upload_stored: event('INFO', 'file', 'change', 'success', 'uploaded file stored'),
  upload_validation: event('INFO', 'file', 'info', 'unknown', 'uploaded file validated'),
  upload_delete: event('INFO', 'file', 'deletion', 'success', 'uploaded file deleted'),
  input_validation_fail: event('WARN', 'web', 'error', 'failure', 'input rejected'),
  input_validation_discrete_fail: event(
    'WARN',
    'web intrusion_detection',
    'error info',
    'failure',
    'input outside of the offered values',
  ),
  malicious_excess_404: alert(
    'WARN',
    'web intrusion_detection',
    'error info',
    'failure',
    'too many pages not found',
  ),
  malicious_extraneous: alert(
    'CRITICAL',
    'web intrusion_detection',
    'info',
    'unknown',
    'input that no form has',
  ),
  malicious_attack_tool: alert(
    'CRITICAL',
    'web intrusion_detection',
    'info',
    'unknown',
    'attack tool recognised',
  ),
  malicious_sqli: alert(
    'CRITICAL',
    'web intrusion_detection',
    'info',
    'unknown',
    'SQL injection tried',
  ),
  malicious_cors: alert(
    'CRITICAL',
    'web intrusion_detection',
    'info denied',
    'failure',
    'illegal cross-origin request',
  ),
  malicious_direct_reference: alert(
    'CRITICAL',
    'web intrusion_detection',
    'info denied',
    'failure',
    'direct reference to a forbidden object',
  ),
  malicious_csrf: alert(
    'WARN',
    'web intrusion_detection',
    'info denied',
    'failure',
    'cross-site request forgery tried',
  ),
  malicious_csp_violation: alert(
    'WARN',
    'web intrusion_detection',
    'info denied',
    'failure',
    'content security policy violated',
  ),
  mcp_prompt_injection: alert(
    'WARN',
    'api intrusion_detection',
    'info',
    'unknown',
    'prompt injection recognised',
  ),
  mcp_resource_exhaustion: alert(
    'WARN',
    'api intrusion_detection',
    'info',
    'unknown',
    'resources of a model or tool exhausted',
  ),
  mcp_tool_poisoning: alert(
    'WARN',
    'api intrusion_detection',
    'info',
    'unknown',
    'poisoned tool recognised',
  ),
  privilege_permissions_changed: event('WARN', 'iam', 'change', 'success', 'permissions changed'),
  sensitive_create: event(
    'WARN',
    'database file',
    'change creation',
    'success',
    'sensitive data created',
  ),
  sensitive_read: event('WARN', 'database file', 'access', 'success', 'sensitive data read'),
  sensitive_update: event('WARN', 'database file', 'change', 'success', 'sensitive data updated'),
  sensitive_delete: event(
    'WARN',
    'database file',
    'change deletion',
    'success',
    'sensitive data deleted',
  ),
  sequence_fail: alert(
    'CRITICAL',
    'web intrusion_detection',
    'error info',
    'failure',
    'steps taken out of order',
  ),
  session_created: event('INFO', 'session', 'start', 'success', 'session created'),
  session_renewed: event('INFO', 'session', 'info', 'success', 'session renewed'),
  session_expired: event('INFO', 'session', 'end', 'success', 'session expired'),
  session_logout: event('INFO', 'authentication session', 'end', 'success', 'user logged out'),
  session_use_after_expire: alert(
    'CRITICAL',
    'session intrusion_detection',
    'info denied',
    'failure',
    'expired session used',
  ),
  sys_startup: event('WARN', 'process', 'start', 'success', 'system started'),
  sys_shutdown: event('WARN', 'process', 'end', 'success', 'system shut down'),
  sys_restart: event('WARN', 'process', 'end start', 'success', 'system restarted'),
  sys_crash: event('WARN', 'process', 'end', 'failure', 'system crashed'),
  sys_monitor_disabled: event('WARN', 'configuration', 'change', 'success', 'monitor disabled'),
  sys_monitor_enabled: event('WARN', 'configuration', 'change', 'success', 'monitor enabled'),
  user_created: event('WARN', 'iam', 'user creation', 'success', 'user created'),
  user_updated: event('WARN', 'iam', 'user change', 'success', 'user updated'),
  user_archived: event('WARN', 'iam', 'user change', 'success', 'user archived'),
  user_deleted: event('WARN', 'iam', 'user deletion', 'success', 'user deleted'),
}

export type OwaspEvent = keyof OwaspEvents

/** Spellings of the sheet's own examples. */
export const aliases: Readonly<Record<string, OwaspEvent>> = {
  malicious_excess404: 'malicious_excess_404',
  permissions_changed: 'privilege_permissions_changed',
}

function event(
  level: SecurityLevel,
  category: string,
  type: string,
  outcome: EventOutcome,
  message: string,
): SecurityEventDefinition {
  return {
    level,
    category: category.split(' ') as EventCategory[],
    type: type.split(' ') as EventType[],
    outcome,
    message,
  }
}

/** What is a sign of an attack by itself. */
function alert(...args: Parameters<typeof event>): SecurityEventDefinition {
  return { ...event(...args), kind: 'alert' }
}
