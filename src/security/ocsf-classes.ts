/** What a kind of event is in OCSF: the name of its class, and the id of what was done. */
export type OcsfPlace = readonly [className: OcsfClassName, activityId: number]

export type OcsfClassName = keyof typeof ocsfClasses

/** Classes of OCSF 1.6, with their ids. */
export const ocsfClasses = {
  account_change: { uid: 3001, category: 3 },
  authentication: { uid: 3002, category: 3 },
  user_access: { uid: 3005, category: 3 },
  detection_finding: { uid: 2004, category: 2 },
  application_lifecycle: { uid: 6002, category: 6 },
  api_activity: { uid: 6003, category: 6 },
  file_hosting: { uid: 6006, category: 6 },
} as const

const other = 99

const authentication = { logon: 1, logoff: 2 } as const
const account = { create: 1, passwordChange: 3, disable: 5, delete: 6, lock: 9 } as const
const access = { assign: 1 } as const
const finding = { create: 1 } as const
const lifecycle = { start: 3, stop: 4, restart: 5, enable: 6, disable: 7 } as const
const api = { create: 1, read: 2, update: 3, delete: 4 } as const
const hosting = { upload: 1, delete: 4 } as const

/** By name; where a name is not here, by what it begins with. Our own reading: OWASP and OCSF have none. */
export const ocsfPlaces: Readonly<Record<string, OcsfPlace>> = {
  authn_login_success: ['authentication', authentication.logon],
  authn_login_successafterfail: ['authentication', authentication.logon],
  authn_login_fail: ['authentication', authentication.logon],
  authn_login_fail_max: ['authentication', authentication.logon],
  authn_login_lock: ['account_change', account.lock],
  authn_password_change: ['account_change', account.passwordChange],
  authn_password_change_fail: ['account_change', account.passwordChange],
  authn_impossible_travel: ['detection_finding', finding.create],
  authn_token_reuse: ['detection_finding', finding.create],
  authn: ['authentication', other],
  authz_change: ['user_access', access.assign],
  authz: ['api_activity', other],
  excess: ['api_activity', other],
  upload_complete: ['file_hosting', hosting.upload],
  upload_delete: ['file_hosting', hosting.delete],
  upload: ['file_hosting', other],
  input: ['detection_finding', finding.create],
  malicious: ['detection_finding', finding.create],
  mcp: ['detection_finding', finding.create],
  sequence: ['detection_finding', finding.create],
  privilege: ['user_access', access.assign],
  sensitive_create: ['api_activity', api.create],
  sensitive_read: ['api_activity', api.read],
  sensitive_update: ['api_activity', api.update],
  sensitive_delete: ['api_activity', api.delete],
  session_created: ['authentication', authentication.logon],
  session_expired: ['authentication', authentication.logoff],
  session_logout: ['authentication', authentication.logoff],
  session_use_after_expire: ['detection_finding', finding.create],
  session: ['authentication', other],
  sys_startup: ['application_lifecycle', lifecycle.start],
  sys_shutdown: ['application_lifecycle', lifecycle.stop],
  sys_crash: ['application_lifecycle', lifecycle.stop],
  sys_restart: ['application_lifecycle', lifecycle.restart],
  sys_monitor_enabled: ['application_lifecycle', lifecycle.enable],
  sys_monitor_disabled: ['application_lifecycle', lifecycle.disable],
  user_created: ['account_change', account.create],
  user_archived: ['account_change', account.disable],
  user_deleted: ['account_change', account.delete],
  user: ['account_change', other],
}

/** Where events stand that nothing is said of: those of an application's own among them. */
export const ocsfElsewhere: OcsfPlace = ['api_activity', other]
