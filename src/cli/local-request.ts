import type { IncomingMessage } from 'node:http'

const names: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]'])

/**
 * Why a request is not to be answered; `undefined` when it comes from this machine and from no foreign page.
 *
 * A foreign page can make a browser ask here, also under a name of its own that leads to this machine (DNS rebinding): the
 * browser says so in `Host`, `Origin` and `Sec-Fetch-Site`, which a page cannot set.
 *
 * @see https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Sec-Fetch-Site
 */
export function foreignReason({ headers, socket }: IncomingMessage): string | undefined {
  const port = socket.localPort
  if (!isOwn(headers.host ?? '', port)) return 'The Host header names another host than this one.'
  const { origin } = headers
  if (origin !== undefined) {
    const own = origin.startsWith('http://') && isOwn(origin.slice('http://'.length), port)
    if (!own) return 'The request comes from a page of another origin.'
  }
  const site = headers['sec-fetch-site']
  if (site === undefined || site === 'same-origin' || site === 'none') return undefined
  return 'The request comes from a page of another site.'
}

function isOwn(host: string, port: number | undefined): boolean {
  const split = /^(.+?)(?::(\d+))?$/.exec(host.toLowerCase())
  return names.has(split?.[1] ?? '') && Number(split?.[2] ?? 80) === port
}
