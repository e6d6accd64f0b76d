import { trimSpace } from './text.js'

/** OpenTelemetry's `TraceState`, structurally. Immutable. */
export interface RemoteTraceState {
  /** A copy with this member leftmost; the same state if key or value is not valid. */
  set(key: string, value: string): RemoteTraceState
  unset(key: string): RemoteTraceState
  get(key: string): string | undefined
  serialize(): string
}

const mostMembers = 32
/** Characters of a whole state; the standard asks for 512 at least. A header of this size still fits into what servers take. */
const mostCharacters = 8_192
/** Members longer than this go first when the whole is too long. */
const longMember = 128
const keyForm = /^[a-z\d][a-z\d_\-*/@]{0,255}$/
const valueForm = /^[\x20-\x2b\x2d-\x3c\x3e-\x7e]{0,255}[\x21-\x2b\x2d-\x3c\x3e-\x7e]$/

/**
 * Reads the `tracestate` headers of a request as one list.
 *
 * @returns `undefined` for an empty one, and for one with any member that is not valid or more than 32 of them: those are
 * dropped whole.
 * @see https://www.w3.org/TR/trace-context-2/#tracestate-header
 */
export function parseTraceState(headers: readonly string[]): RemoteTraceState | undefined {
  const members = new Map<string, string>()
  let count = 0
  for (const header of headers) {
    for (let start = 0; start <= header.length; ) {
      const comma = header.indexOf(',', start)
      const end = comma === -1 ? header.length : comma
      const member = trimSpace(header.slice(start, end))
      start = end + 1
      if (member === '') continue
      const equals = member.indexOf('=')
      const key = member.slice(0, Math.max(equals, 0))
      const value = member.slice(equals + 1)
      count += 1
      if (count > mostMembers || !keyForm.test(key) || !valueForm.test(value)) return undefined
      // The leftmost is the newest.
      if (!members.has(key)) members.set(key, value)
    }
  }
  return members.size === 0 ? undefined : new MemberList(shortened(members))
}

class MemberList implements RemoteTraceState {
  private readonly members: ReadonlyMap<string, string>

  constructor(members: ReadonlyMap<string, string>) {
    this.members = members
  }

  set(key: string, value: string): RemoteTraceState {
    if (!keyForm.test(key) || !valueForm.test(value)) return this
    const others = [...this.members].filter(([name]) => name !== key)
    const members = new Map([[key, value], ...others.slice(0, mostMembers - 1)])
    return new MemberList(shortened(members))
  }

  unset(key: string): RemoteTraceState {
    return new MemberList(new Map([...this.members].filter(([name]) => name !== key)))
  }

  get(key: string): string | undefined {
    return this.members.get(key)
  }

  serialize(): string {
    return [...this.members].map(([key, value]) => `${key}=${value}`).join(',')
  }
}

/** The standard's order of what goes when the whole is too long: long members first, then from the right. */
function shortened(members: Map<string, string>): Map<string, string> {
  let length = -1
  for (const [key, value] of members) length += lengthOf(key, value) + 1
  if (length <= mostCharacters) return members
  const fromTheRight = [...members].reverse()
  const long = fromTheRight.filter(([key, value]) => lengthOf(key, value) > longMember)
  for (const [key, value] of [...long, ...fromTheRight]) {
    if (length > mostCharacters && members.delete(key)) length -= lengthOf(key, value) + 1
  }
  return members
}

function lengthOf(key: string, value: string): number {
  return key.length + 1 + value.length
}
