import { isPrivateAddress } from '../propagation/addresses.js'
import { invalid } from './options.js'

/**
 * Which servers may know the trace of a request: origins (`https://api.example.com`), hosts (`api.example.com`, with a port or
 * not), hosts below a domain (`*.example.com`), or what a function says.
 */
export type Origins = readonly string[] | ((url: URL) => boolean)

export type OriginTest = (url: URL) => boolean

/**
 * By default only servers of one's own: loopback, private and link-local addresses, and names that public DNS does not answer.
 * Names without a dot are among those: ICANN does not let a top-level domain have an address (SAC053).
 */
export const isOwnServer: OriginTest = (url) => {
  const host = bareHost(url)
  if (isPrivateAddress(host)) return true
  return !host.includes(':') && !isIpv4(host) && (!host.includes('.') || privateName.test(host))
}

/** RFC 6761 and 6762, RFC 8375, ICANN's `.internal`, and the names of Kubernetes. */
const privateName = /\.(?:localhost|local|internal|home\.arpa)$/

/** @throws SeclogError `SECLOG_OPTION_INVALID` */
export function createOriginTest(origins: Origins | undefined): OriginTest {
  if (origins === undefined) return isOwnServer
  if (typeof origins === 'function') {
    return (url) => {
      try {
        return origins(url) === true
      } catch {
        return false
      }
    }
  }
  if (!Array.isArray(origins)) throw invalid('The option propagateTo must be a list or a function.')
  const tests = origins.map((entry: unknown) => compile(entry))
  return (url) => tests.some((test) => test(url))
}

function compile(entry: unknown): OriginTest {
  if (typeof entry !== 'string' || entry === '') throw bad(entry)
  if (entry.includes('://')) {
    const { origin, pathname, search } = parsed(entry, entry)
    if (origin === 'null' || pathname !== '/' || search !== '') throw bad(entry)
    return (url) => url.origin === origin
  }
  if (entry.startsWith('*.')) {
    const suffix = parsed(`http://x${entry.slice(1)}`, entry).hostname.slice(1)
    return (url) => bareHost(url).endsWith(suffix)
  }
  const { host, hostname, port, pathname } = parsed(`http://${entry}`, entry)
  if (pathname !== '/') throw bad(entry)
  return port === '' ? (url) => url.hostname === hostname : (url) => url.host === host
}

function parsed(text: string, entry: string): URL {
  if (!URL.canParse(text)) throw bad(entry)
  return new URL(text)
}

function bad(entry: unknown): Error {
  return invalid(
    `The option propagateTo has ${JSON.stringify(String(entry).slice(0, 64))}, which is neither an origin nor a host.`,
  )
}

/** Without brackets and without the dot that ends a full name. */
function bareHost({ hostname }: URL): string {
  return hostname.replace(/^\[|\]$|\.$/g, '')
}

function isIpv4(host: string): boolean {
  return /^\d+\.\d+\.\d+\.\d+$/.test(host)
}
