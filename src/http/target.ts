import type { Redaction } from '../redaction/types.js'
import { createQueryRedactor } from './query.js'

/** What the first line of a request says about where it goes; nothing of it can make this throw. */
export interface RequestTarget {
  /** As it came, without the query; `*` of `OPTIONS *`; absent for `CONNECT`. */
  readonly path: string | undefined
  /** Without the `?`, redacted; absent if there is none. */
  readonly query: string | undefined
  /** Of an absolute target, or one of `CONNECT`. */
  readonly authority: string | undefined
}

const longestPath = 2_048

/**
 * Reads the four forms of a request target.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9112#section-3.2
 */
export function parseTarget(
  method: string,
  target: string,
  redactions: readonly Redaction[],
): RequestTarget {
  if (method === 'CONNECT')
    return { path: undefined, query: undefined, authority: withoutUser(target) }
  const absolute = /^[a-z][a-z\d+.-]{0,31}:\/\/([^/?#]*)/i.exec(target)
  const rest = absolute === null ? target : target.slice(absolute[0].length)
  const hash = rest.indexOf('#')
  const text = hash === -1 ? rest : rest.slice(0, hash)
  const mark = text.indexOf('?')
  const path = mark === -1 ? text : text.slice(0, mark)
  const query = mark === -1 ? '' : text.slice(mark + 1)
  return {
    path: path === '' ? '/' : path.slice(0, longestPath),
    query: query === '' ? undefined : createQueryRedactor(redactions)(query),
    authority: absolute?.[1] === undefined ? undefined : withoutUser(absolute[1]),
  }
}

/** Host, without brackets, and port of an authority such as `[::1]:8080`. */
export function splitAuthority(authority: string): { host: string; port: number | undefined } {
  const match = /^(\[[^\]]*\]|[^:]*)(?::(\d{1,5}))?$/.exec(authority)
  if (match === null) return { host: authority.slice(0, 255), port: undefined }
  const [, host = '', port] = match
  return {
    host: host.slice(0, 255).replace(/^\[|\]$/g, ''),
    port: port === undefined ? undefined : Number(port),
  }
}

function withoutUser(authority: string): string {
  return authority.slice(authority.lastIndexOf('@') + 1, authority.length).slice(0, 300)
}
