/** Who, by the id that the application knows. */
interface ByUser {
  readonly userid?: string | number
}

/** A client: who it is if that is known, and what it says it is. */
interface ByClient extends ByUser {
  readonly useragent?: string
}

interface OnData extends ByUser {
  readonly file?: string
  readonly object?: string
}

/** An account that something is done to. */
interface OnUser extends ByUser {
  readonly onuserid?: string | number
  /** Names of the attributes, never their values. */
  readonly attributes?: readonly string[]
}

/** Ids and categories only: never a prompt, an argument or a result. */
interface OfModel extends ByUser {
  readonly server?: string
  readonly tool?: string
  readonly model?: string
  /** What the detector calls it. */
  readonly detection?: string
  readonly ruleid?: string
  readonly requestid?: string | number
  readonly tokens_in?: number
  readonly tokens_out?: number
}

/**
 * OWASP's 57 events with the arguments of each.
 *
 * @see https://cheatsheetseries.owasp.org/cheatsheets/Logging_Vocabulary_Cheat_Sheet.html
 */
export interface OwaspEvents {
  authn_login_success: ByUser
  authn_login_successafterfail: ByUser & { readonly retries?: number }
  authn_login_fail: ByUser
  authn_login_fail_max: ByUser & { readonly maxlimit?: number }
  authn_login_lock: ByUser & {
    readonly reason?: 'maxretries' | 'suspicious' | 'customer' | 'other'
  }
  authn_password_change: ByUser
  authn_password_change_fail: ByUser
  authn_impossible_travel: ByUser & { readonly region1?: string; readonly region2?: string }
  authn_token_created: ByUser & { readonly entitlements?: readonly string[] }
  authn_token_revoked: ByUser & { readonly tokenid?: string }
  authn_token_reuse: ByUser & { readonly tokenid?: string }
  authn_token_delete: { readonly appid?: string }
  authz_fail: ByUser & { readonly resource?: string }
  authz_change: ByUser & { readonly from?: string; readonly to?: string }
  authz_admin: ByUser & { readonly activity?: string }
  crypt_decrypt_fail: ByUser
  crypt_encrypt_fail: ByUser
  excess_rate_limit_exceeded: ByUser & { readonly max?: number }
  excess_sessions_exceeded: ByUser & { readonly max?: number }
  upload_complete: ByUser & { readonly filename?: string; readonly type?: string }
  upload_stored: { readonly filename?: string; readonly from?: string; readonly to?: string }
  upload_validation: {
    readonly filename?: string
    /** `virusscan`, `imagemagick`, … */
    readonly validator?: string
    /** `FAILED` makes the event a critical one. */
    readonly result?: 'FAILED' | 'incomplete' | 'passed'
  }
  upload_delete: ByUser & { readonly fileid?: string }
  input_validation_fail: ByUser & { readonly fields?: readonly string[] }
  input_validation_discrete_fail: ByUser & { readonly field?: string }
  malicious_excess_404: ByClient
  malicious_extraneous: ByClient & { readonly inputname?: string }
  malicious_attack_tool: ByClient & { readonly toolname?: string }
  /** The parameter's name and the rule's id, never the payload. */
  malicious_sqli: ByClient & { readonly parameter?: string; readonly ruleid?: string }
  malicious_cors: ByClient & { readonly referer?: string }
  malicious_direct_reference: ByClient
  malicious_csrf: ByClient
  /** Query and fragment of `blocked_uri` are taken off. */
  malicious_csp_violation: ByClient & {
    readonly effective_directive?: string
    readonly blocked_uri?: string
  }
  mcp_prompt_injection: OfModel
  mcp_resource_exhaustion: OfModel
  mcp_tool_poisoning: OfModel
  privilege_permissions_changed: OnData & { readonly fromlevel?: string; readonly tolevel?: string }
  sensitive_create: OnData
  sensitive_read: OnData
  sensitive_update: OnData
  sensitive_delete: OnData
  sequence_fail: ByUser
  session_created: ByUser
  session_renewed: ByUser
  session_expired: ByUser & { readonly reason?: string }
  session_logout: ByUser & { readonly sessionid?: string }
  session_use_after_expire: ByUser
  sys_startup: ByUser
  sys_shutdown: ByUser
  sys_restart: ByUser
  sys_crash: { readonly reason?: string }
  sys_monitor_disabled: ByUser & { readonly monitor?: string }
  sys_monitor_enabled: ByUser & { readonly monitor?: string }
  user_created: ByUser & {
    readonly newuserid?: string | number
    readonly attributes?: readonly string[]
  }
  user_updated: OnUser
  user_archived: OnUser
  user_deleted: OnUser
}

/**
 * The events that `log.security` takes, with the arguments of each, all of them optional: OWASP's, and those that an application
 * adds by declaration merging and `defineSecurityEvents`.
 */
export interface SecurityEvents extends OwaspEvents {}

export type SecurityEventName = keyof SecurityEvents & string
