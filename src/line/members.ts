/** One member of an object in JSON text. */
export interface Member {
  /** The name, quoted and escaped as it stands. */
  readonly name: string
  /** The value's text. */
  text: string
}

/** The members at the top of an object in JSON text, in their order, each name and value as it stands. */
export function topMembers(json: string): Member[] {
  const members: Member[] = []
  let at = json.indexOf('{') + 1
  while (json[at] === '"') {
    const nameEnd = stringEnd(json, at)
    const valueEnd = endOfValue(json, nameEnd + 1)
    members.push({ name: json.slice(at, nameEnd), text: json.slice(nameEnd + 1, valueEnd) })
    at = valueEnd + 1
  }
  return members
}

/** The members with each name told apart from those before it, as `"name_2"`. */
export function distinctMembers(members: readonly Member[]): Member[] {
  const taken = new Set(members.map(({ name }) => name))
  const seen = new Set<string>()
  return members.map((member) => {
    if (!seen.has(member.name)) {
      seen.add(member.name)
      return member
    }
    return { name: uniqueName(member.name, taken), text: member.text }
  })
}

function uniqueName(name: string, taken: Set<string>): string {
  let candidate = name
  for (let count = 2; taken.has(candidate); count++) candidate = `${name.slice(0, -1)}_${count}"`
  taken.add(candidate)
  return candidate
}

function stringEnd(json: string, start: number): number {
  let at = start + 1
  while (json[at] !== '"') at += json[at] === '\\' ? 2 : 1
  return at + 1
}

function endOfValue(json: string, start: number): number {
  let depth = 0
  for (let at = start; at < json.length; at++) {
    const character = json[at]
    if (character === '"') at = stringEnd(json, at) - 1
    else if (character === '{' || character === '[') depth++
    else if (depth === 0 && (character === ',' || character === '}')) return at
    else if (character === '}' || character === ']') depth--
  }
  return json.length
}
