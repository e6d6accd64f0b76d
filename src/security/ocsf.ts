import {
  type OcsfClassName,
  type OcsfPlace,
  ocsfClasses,
  ocsfElsewhere,
  ocsfPlaces,
} from './ocsf-classes.js'
import { type EventRecord, ecsNames, numberAt, textAt, timeOf } from './written-fields.js'

type Fields = ReadonlyMap<string, unknown>

/** The version of OCSF that events are written in. */
export const ocsfVersion = '1.6.0'

const severityIds: ReadonlyMap<number, number> = new Map([
  [21, 1],
  [47, 3],
  [99, 5],
])

/**
 * A security event as an event of the Open Cybersecurity Schema Framework: its class by the event's name, the attributes that the
 * class demands, and under `unmapped` what has no place. Pure; give it records that a logger has written.
 *
 * @see https://schema.ocsf.io/1.6.0/
 */
export function formatOcsf(record: EventRecord): Readonly<Record<string, unknown>> {
  const fields = ecsNames(record)
  const name = textAt(fields, 'event.action') ?? 'unknown_event'
  const [className, activity] = placeOf(name)
  const { uid, category } = ocsfClasses[className]
  const product = textAt(fields, 'service.name') ?? 'seclog'
  const outcome = textAt(fields, 'event.outcome')
  return compact({
    class_uid: uid,
    category_uid: category,
    activity_id: activity,
    type_uid: uid * 100 + activity,
    activity_name: activity === 99 ? name : undefined,
    time: timeOf(fields),
    severity_id: severityIds.get(numberAt(fields, 'event.severity') ?? 0) ?? 0,
    status_id: outcome === 'success' ? 1 : outcome === 'failure' ? 2 : 0,
    status_detail: textAt(fields, 'event.reason'),
    message: textAt(fields, 'message'),
    risk_score: wholeAt(fields, 'event.risk_score'),
    metadata: compact({
      version: ocsfVersion,
      product: compact({
        name: product,
        vendor_name: 'seclog',
        version: textAt(fields, 'service.version'),
      }),
      event_code: textAt(fields, 'event.code'),
      uid: textAt(fields, 'event.id'),
      correlation_uid: textAt(fields, 'trace.id'),
    }),
    device: compact({ hostname: textAt(fields, 'host.hostname'), type_id: 0 }),
    src_endpoint: endpointOf(fields),
    http_request: requestOf(fields),
    ...demands[className](fields, name, product),
    attacks: attackOf(fields),
    unmapped: unmapped(fields),
  })
}

/** What each class demands beyond the attributes that all have. */
const demands: Readonly<
  Record<OcsfClassName, (fields: Fields, name: string, product: string) => object>
> = {
  account_change: (fields) => ({ user: affected(fields), actor: actorOf(fields) }),
  authentication: (fields, _name, product) => ({
    user: userOf(fields, 'user'),
    service: { name: product },
  }),
  user_access: (fields, name) => ({
    user: affected(fields),
    actor: actorOf(fields),
    privileges: [textAt(fields, 'security.to') ?? textAt(fields, 'security.tolevel') ?? name],
  }),
  detection_finding: (fields, name) => ({
    finding_info: {
      uid: textAt(fields, 'event.id') ?? textAt(fields, 'trace.id') ?? `${name}-${timeOf(fields)}`,
      title: textAt(fields, 'message') ?? name,
      types: [name],
    },
    evidences: [{ actor: actorOf(fields) }],
  }),
  application_lifecycle: (_fields, _name, product) => ({
    app: { name: product, vendor_name: 'seclog' },
  }),
  api_activity: (fields, name) => ({ actor: actorOf(fields), api: { operation: name } }),
  file_hosting: (fields) => ({
    actor: actorOf(fields),
    file: compact({
      name: textAt(fields, 'file.name') ?? textAt(fields, 'security.fileid') ?? 'unknown',
      path: textAt(fields, 'file.path'),
      type_id: 1,
    }),
  }),
}

function placeOf(name: string): OcsfPlace {
  if (Object.hasOwn(ocsfPlaces, name)) return ocsfPlaces[name] as OcsfPlace
  const [group = ''] = name.split('_')
  return Object.hasOwn(ocsfPlaces, group) ? (ocsfPlaces[group] as OcsfPlace) : ocsfElsewhere
}

function userOf(fields: Fields, path: string): object {
  const user = compact({
    uid: textAt(fields, `${path}.id`),
    name: textAt(fields, `${path}.name`),
    email_addr: textAt(fields, `${path}.email`),
    domain: textAt(fields, `${path}.domain`),
  })
  return Object.keys(user).length === 0 ? { name: 'unknown' } : user
}

function actorOf(fields: Fields): object {
  return { user: userOf(fields, 'user') }
}

/** Whom it was done to; who did it, if that is the same. */
function affected(fields: Fields): object {
  const hasTarget = fields.has('user.target.id') || fields.has('user.target.name')
  return userOf(fields, hasTarget ? 'user.target' : 'user')
}

function endpointOf(fields: Fields): object {
  const side = fields.has('source.ip') || fields.has('source.address') ? 'source' : 'client'
  const endpoint = compact({
    ip: textAt(fields, `${side}.ip`),
    port: wholeAt(fields, `${side}.port`),
    domain: textAt(fields, `${side}.domain`),
    name: textAt(fields, `${side}.address`),
  })
  return Object.keys(endpoint).length === 0 ? { name: 'unknown' } : endpoint
}

function requestOf(fields: Fields): object | undefined {
  const request = compact({
    http_method: textAt(fields, 'http.request.method'),
    referrer: textAt(fields, 'http.request.referrer'),
    user_agent: textAt(fields, 'user_agent.original'),
    uid: textAt(fields, 'http.request.id'),
    url: compact({
      url_string: textAt(fields, 'url.full'),
      path: textAt(fields, 'url.path'),
      hostname: textAt(fields, 'url.domain'),
    }),
  })
  return Object.keys(request).length === 0 ? undefined : request
}

function attackOf(fields: Fields): object[] | undefined {
  const technique = textAt(fields, 'threat.technique.id')
  const sub = textAt(fields, 'threat.technique.subtechnique.id')
  const tactic = textAt(fields, 'threat.tactic.id')
  if (technique === undefined && tactic === undefined) return undefined
  return [
    compact({
      technique: technique === undefined ? undefined : { uid: technique },
      sub_technique: sub === undefined ? undefined : { uid: sub },
      tactic: tactic === undefined ? undefined : { uid: tactic },
    }),
  ]
}

function wholeAt(fields: Fields, name: string): number | undefined {
  const number = numberAt(fields, name)
  return number === undefined ? undefined : Math.round(number)
}

/** Arguments, labels, rules and vulnerabilities, dotted. */
function unmapped(fields: Fields): object | undefined {
  const rest = [...fields].filter(([name]) =>
    /^(?:security|labels|rule|vulnerability)\./.test(name),
  )
  return rest.length === 0 ? undefined : Object.fromEntries(rest)
}

/** Without members that are absent or empty. */
function compact(object: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(object).filter(
      ([, value]) => value !== undefined && !(isPlain(value) && Object.keys(value).length === 0),
    ),
  )
}

function isPlain(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
