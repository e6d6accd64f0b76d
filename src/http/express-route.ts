import type { IncomingMessage } from 'node:http'

const key: unique symbol = Symbol('seclog.way')

/** What Express adds to a request. */
export interface RoutedRequest extends IncomingMessage {
  readonly baseUrl?: string
  readonly route?: { readonly path?: unknown }
  [key]?: Way
}

/** How a request has come to where it is. */
interface Way {
  /** By the path at which a router is mounted, the pattern of it. */
  readonly mounts: Map<string, string>
  /** Where its route is: an error that leaves a router takes that away from the request. */
  routedAt: string | undefined
}

/** Notes the pattern by which a request has come to where it is. */
export function noteMatch(request: RoutedRequest, pattern: unknown): void {
  request[key] ??= { mounts: new Map(), routedAt: undefined }
  const way = request[key]
  const base = request.baseUrl ?? ''
  if (request.route !== undefined) {
    way.routedAt = base
    return
  }
  const text = patternText(pattern)
  if (base === '' || text === undefined || text === '/' || way.mounts.has(base)) return
  way.mounts.set(base, outerPattern(way.mounts, base) + text)
}

/** The pattern that a request was routed by, from the root on; `undefined` where no route took it. */
export function expressRoute(request: RoutedRequest): string | undefined {
  const path = patternText(request.route?.path)
  if (path === undefined) return undefined
  const way = request[key]
  const base = way?.routedAt ?? request.baseUrl ?? ''
  const mount = way?.mounts.get(base) ?? withoutIds(base)
  return mount !== '' && path === '/' ? mount : mount + path
}

function patternText(pattern: unknown): string | undefined {
  if (typeof pattern === 'string') return pattern
  if (pattern instanceof RegExp) return String(pattern)
  if (!Array.isArray(pattern)) return undefined
  return pattern.flat(3).slice(0, 8).map(String).join('|')
}

function outerPattern(known: ReadonlyMap<string, string>, baseUrl: string): string {
  let outer = ''
  for (const at of known.keys()) {
    if (at.length > outer.length && baseUrl.startsWith(`${at}/`)) outer = at
  }
  return known.get(outer) ?? ''
}

const id = /^(?:\d+|[\da-f]{16,}|[\da-f]{8}-[\da-f-]{27}|.{33,})$/i

/** An Express that does not say by which pattern a router was reached: what looks like an id is taken for one. */
function withoutIds(base: string): string {
  return base
    .split('/')
    .map((segment) => (id.test(segment) ? ':id' : segment))
    .join('/')
}
