import { isIP } from 'node:net'

/** Whether a URL's host is this machine, so that plain http to it is read by nobody else. */
export function isLoopbackHost(hostname: string): boolean {
  if (hostname === 'localhost' || hostname === '[::1]') return true
  return isIP(hostname) === 4 && hostname.startsWith('127.')
}
