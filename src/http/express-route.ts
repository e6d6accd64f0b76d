import type { IncomingMessage } from 'node:http'

/** What Express adds to a request. */
export interface RoutedRequest extends IncomingMessage {
  readonly baseUrl?: string
  readonly route?: { readonly path?: unknown }
}

/** Of each request, the patterns of the paths at which the routers that it passed are mounted. */
const mounts = new WeakMap<object, Map<string, string>>()

/** Notes the pattern by which a request came to where it is. */
export function noteMount(request: RoutedRequest, pattern: unknown): void {
  const { baseUrl } = request
  if (baseUrl === undefined || baseUrl === '' || request.route !== undefined) return
  const text = patternText(pattern)
  if (text === undefined || text === '/') return
  let known = mounts.get(request)
  if (known === undefined) mounts.set(request, (known = new Map()))
  if (!known.has(baseUrl)) known.set(baseUrl, outerPattern(known, baseUrl) + text)
}

/** The pattern that a request was routed by, from the root on; `undefined` where no route took it. */
export function expressRoute(request: RoutedRequest): string | undefined {
  const path = patternText(request.route?.path)
  if (path === undefined) return undefined
  const base = request.baseUrl ?? ''
  const mount = mounts.get(request)?.get(base) ?? withoutIds(base)
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
