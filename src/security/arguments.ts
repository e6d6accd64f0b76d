/** Where an argument of an event stands in its record. */
export interface ArgumentPlace {
  /** A field of ECS; without one, the argument stands under `security` by its own name. */
  readonly path?: string
  /** What must not be logged of it is taken off. */
  readonly clean?: (value: unknown) => unknown
}

const user: ArgumentPlace = { path: 'user.id', clean: asText }
const target: ArgumentPlace = { path: 'user.target.id', clean: asText }
const agent: ArgumentPlace = { path: 'user_agent.original' }
const fileName: ArgumentPlace = { path: 'file.name' }
const rule: ArgumentPlace = { path: 'rule.id' }

/** The places of arguments whatever the event is. */
const everywhere: Readonly<Record<string, ArgumentPlace>> = {
  userid: user,
  onuserid: target,
  newuserid: target,
  useragent: agent,
  filename: fileName,
  file: { path: 'file.path' },
  ruleid: rule,
  reason: { path: 'event.reason' },
  referer: { path: 'http.request.referrer', clean: withoutQuery },
  blocked_uri: { clean: withoutQuery },
  requestid: { path: 'http.request.id' },
}

/** Arguments that would hold what the sheet says never to log: prompts, arguments and results of tools. */
const ofModels: Readonly<Record<string, ArgumentPlace>> = {
  ...everywhere,
  ...Object.fromEntries(
    [
      'prompt',
      'completion',
      'messages',
      'content',
      'input',
      'output',
      'arguments',
      'args',
      'result',
      'response',
      'payload',
      'body',
      'text',
    ].map((name) => [name, { clean: () => omitted }]),
  ),
}

const omitted = '[Omitted]'

/** SQL, requests and values that an attack is made of: the parameter's name and the rule's id are logged instead. */
const ofAttacks: Readonly<Record<string, ArgumentPlace>> = {
  ...everywhere,
  ...Object.fromEntries(
    ['payload', 'query', 'sql', 'value', 'values', 'body', 'input'].map((name) => [
      name,
      { clean: () => omitted },
    ]),
  ),
}

/**
 * The places of an event's arguments.
 *
 * @see https://cheatsheetseries.owasp.org/cheatsheets/Logging_Vocabulary_Cheat_Sheet.html on what not to log
 */
export function argumentPlaces(event: string): Readonly<Record<string, ArgumentPlace>> {
  if (event.startsWith('mcp_')) return ofModels
  return event.startsWith('malicious_') ? ofAttacks : everywhere
}

/** Ids are text, so that a number and a text do not end in two mappings. */
function asText(value: unknown): unknown {
  return typeof value === 'number' || typeof value === 'bigint' ? String(value) : value
}

/** A URL as far as it names a place: what follows `?` and `#` may be anybody's data. */
function withoutQuery(value: unknown): unknown {
  return typeof value === 'string' ? value.slice(0, 2_048).replace(/[?#].*$/su, '') : value
}
