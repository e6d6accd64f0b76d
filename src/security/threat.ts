/** What of a call's `threat` is written, and what is not. */
export interface CheckedThreat {
  readonly threat: unknown
  /** Values under `…id` that are no ids of MITRE ATT&CK, by the path that they were given under. */
  readonly malformed: Readonly<Record<string, unknown>> | undefined
}

const forms: Readonly<Record<string, RegExp>> = {
  'tactic.id': /^TA\d{4}$/,
  'technique.id': /^T\d{4}$/,
  'technique.subtechnique.id': /^T\d{4}\.\d{3}$/,
}

/**
 * Holds the ids of MITRE ATT&CK against their form; an id of a subtechnique under `technique.id` goes to where ECS has it.
 *
 * Ids of another framework are left as they are when `framework` names one.
 *
 * @see https://www.elastic.co/docs/reference/ecs/ecs-threat
 */
export function checkThreat(given: unknown): CheckedThreat {
  if (!isObject(given)) return { threat: undefined, malformed: { threat: given } }
  const { framework } = given
  if (framework !== undefined && framework !== attack)
    return { threat: given, malformed: undefined }
  const malformed: Record<string, unknown> = {}
  const tactic = checked(given['tactic'], 'tactic', malformed)
  const technique = checked(given['technique'], 'technique', malformed)
  const threat: Record<string, unknown> = { ...given }
  replace(threat, 'tactic', tactic)
  replace(threat, 'technique', technique)
  if (tactic !== undefined || technique !== undefined) threat['framework'] = attack
  return {
    threat: Object.keys(threat).length === 0 ? undefined : threat,
    malformed: Object.keys(malformed).length === 0 ? undefined : malformed,
  }
}

const attack = 'MITRE ATT&CK'

function replace(holder: Record<string, unknown>, key: string, value: unknown): void {
  if (value === undefined) delete holder[key]
  else holder[key] = value
}

function checked(given: unknown, path: string, malformed: Record<string, unknown>): unknown {
  if (given === undefined) return undefined
  if (!isObject(given)) {
    malformed[`threat.${path}`] = given
    return undefined
  }
  const out: Record<string, unknown> = { ...given }
  if (path === 'technique') {
    const split = splitSubtechniques(given)
    out['id'] = split.ids
    if (split.subtechnique !== undefined) out['subtechnique'] = split.subtechnique
    replace(out, 'subtechnique', checked(out['subtechnique'], 'technique.subtechnique', malformed))
  }
  const form = forms[`${path}.id`] as RegExp
  const ids = listOf(out['id'])
  const good = ids.filter((id) => typeof id === 'string' && form.test(id))
  const bad = ids.filter((id) => !good.includes(id))
  if (bad.length > 0) malformed[`threat.${path}.id`] = bad.length === 1 ? bad[0] : bad
  replace(out, 'id', good.length === 0 ? undefined : good)
  return Object.keys(out).length === 0 ? undefined : out
}

/** `T1110.003` as a technique's id is a subtechnique of `T1110`. */
function splitSubtechniques(given: Readonly<Record<string, unknown>>): {
  ids: unknown
  subtechnique: unknown
} {
  const subs = forms['technique.subtechnique.id'] as RegExp
  const ids = listOf(given['id'])
  const found = ids.filter((id): id is string => typeof id === 'string' && subs.test(id))
  if (found.length === 0) return { ids: given['id'], subtechnique: undefined }
  const parents = ids.map((id) => (found.includes(id as string) ? String(id).slice(0, 5) : id))
  const known = isObject(given['subtechnique']) ? given['subtechnique'] : {}
  return {
    ids: [...new Set(parents)],
    subtechnique: { ...known, id: [...new Set([...listOf(known['id']), ...found])] },
  }
}

function listOf(value: unknown): readonly unknown[] {
  if (value === undefined) return []
  return Array.isArray(value) ? value : [value]
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
