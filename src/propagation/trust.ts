import { warnOnce } from '../diagnostics.js'
import { type AddressTest, createAddressTest, isPrivateAddress, parseNode } from './addresses.js'
import type { CarrierValues } from './carrier.js'

/**
 * Whose trace context is continued: everyone's, no one's, those for whom the function says `true`, or those whose address is
 * in one of the networks (`10.0.0.0/8`, `fd00::/8`, `192.0.2.7`).
 */
export type Trust = boolean | ((peer: string | undefined) => boolean) | readonly string[]

/** Headers in which a proxy says for whom it speaks. */
export const forwardingNames: readonly string[] = [
  'forwarded',
  'x-forwarded-for',
  'x-original-forwarded-for',
  'x-forwarded',
  'forwarded-for',
  'x-real-ip',
  'x-client-ip',
  'x-cluster-client-ip',
  'x-envoy-external-address',
  'x-appengine-user-ip',
  'x-azure-clientip',
  'x-azure-socketip',
  'cf-connecting-ip',
  'cf-connecting-ipv6',
  'cf-pseudo-ipv4',
  'do-connecting-ip',
  'fastly-client-ip',
  'fly-client-ip',
  'true-client-ip',
]

/** Of these, those in the syntax of RFC 7239. */
const inPairs: ReadonlySet<string> = new Set(['forwarded', 'x-forwarded'])
const longestForwarding = 4_096

/**
 * Whether the trace context of a carrier is continued. What cannot be decided is not trusted.
 *
 * @param trust - By default a peer with a loopback, private or link-local address is trusted, unless a forwarding header names
 * anything else. No peer, no trust.
 * @param peer - Address of the other end of the connection, as `socket.remoteAddress` has it.
 * @param values - What the carrier says under {@link forwardingNames}.
 */
export function isTrusted(
  trust: Trust | undefined,
  peer: string | undefined,
  values: CarrierValues,
): boolean {
  if (trust === undefined) {
    return peer !== undefined && isPrivateAddress(peer) && !comesFromOutside(values)
  }
  if (typeof trust === 'function') return asksTrue(trust, peer)
  if (Array.isArray(trust)) return peer !== undefined && testOf(trust)(peer)
  return trust === true
}

function asksTrue(trust: (peer: string | undefined) => boolean, peer: string | undefined): boolean {
  try {
    return trust(peer) === true
  } catch {
    warnOnce('propagation:trust', 'The function `trust` threw; the peer was not trusted.')
    return false
  }
}

const tests = new WeakMap<readonly string[], AddressTest>()

function testOf(networks: readonly string[]): AddressTest {
  const known = tests.get(networks)
  if (known !== undefined) return known
  const test = createAddressTest(networks, (entry) =>
    warnOnce(
      `propagation:trust:${entry.slice(0, 64)}`,
      `The entry ${JSON.stringify(entry.slice(0, 64))} of \`trust\` is neither an IP address nor a CIDR network; it trusts no one.`,
    ),
  )
  tests.set(networks, test)
  return test
}

function comesFromOutside(values: CarrierValues): boolean {
  for (const name of forwardingNames) {
    for (const header of values.get(name) ?? []) {
      if (header.length > longestForwarding) return true
      for (const entry of header.split(',')) {
        if (!(inPairs.has(name) ? isPrivateElement(entry) : isPrivateNode(entry))) return true
      }
    }
  }
  return false
}

function isPrivateNode(entry: string): boolean {
  const address = parseNode(entry)
  return address !== undefined && isPrivateAddress(address)
}

/** One hop of a `Forwarded` header: `for="[2001:db8::1]:4711";proto=https`. */
function isPrivateElement(element: string): boolean {
  let origins = 0
  for (const pair of element.split(';')) {
    const [, origin] = /^[ \t]{0,8}for=(.*)$/i.exec(pair) ?? []
    if (origin === undefined) continue
    origins += 1
    if (!isPrivateNode(origin)) return false
  }
  return origins === 1
}
