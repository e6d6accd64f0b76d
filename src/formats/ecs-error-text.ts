import type { EcsFields } from './ecs-fields.js'
import type { EcsHomes } from './ecs-homes.js'

/**
 * Puts an error that is safe JSON text, as the safe serializer writes it, without making an object of it: most of the text is
 * the stack, which goes into the line as it is (see bench/).
 *
 * @returns false, and nothing put, for an error with causes, members or other values that are no scalars.
 */
export function putErrorText(fields: EcsFields, homes: EcsHomes, json: string): boolean {
  const members = scalarMembers(json)
  if (members === undefined) return false
  const error = homes.at('error')
  for (let index = 0; index < members.length; index += 2) {
    const key = members[index] as string
    const home = homes.below(error, key === 'stack' ? 'stack_trace' : key)
    fields.putJson(home, members[index + 1] as string)
  }
  return true
}

/** The keys and values of an object in JSON text, in turn, values as JSON; `undefined` if it is not as simple as that. */
function scalarMembers(json: string): string[] | undefined {
  if (!json.startsWith('{"type":"')) return undefined
  const members: string[] = []
  let at = 1
  for (;;) {
    const keyEnd = json.indexOf('"', at + 1)
    const key = json.slice(at + 1, keyEnd)
    if (!usual.has(key) && (!plainKey.test(key) || aside.has(key))) return undefined
    const from = keyEnd + 2
    const end = json.charCodeAt(from) === 0x22 ? stringEnd(json, from + 1) : literalEnd(json, from)
    if (end === -1) return undefined
    members.push(key, json.slice(from, end))
    if (json.charCodeAt(end) === 0x7d) return members
    at = end + 1
  }
}

const usual = new Set(['type', 'message', 'stack', 'code'])
/** Names of members that `errorFields` has something to do with, beside the stack. */
const aside = new Set(['cause', 'errors', 'aggregateErrors'])
/** No escapes, and none of the whole numbers that objects put first. */
const plainKey = /^[A-Za-z_$][\w$.-]*$/
const literal = /-?[\w.+-]+(?=[,}])/y

/** Where a string has ended that goes on at `from`. */
function stringEnd(json: string, from: number): number {
  let end = json.indexOf('"', from)
  while (end !== -1 && isEscaped(json, end)) end = json.indexOf('"', end + 1)
  return end === -1 ? -1 : end + 1
}

function isEscaped(json: string, at: number): boolean {
  let before = at
  while (json.charCodeAt(before - 1) === 0x5c) before--
  return (at - before) % 2 === 1
}

/** Where a number, boolean or null ends; -1 for an object or array. */
function literalEnd(json: string, from: number): number {
  literal.lastIndex = from
  return literal.test(json) ? literal.lastIndex : -1
}
