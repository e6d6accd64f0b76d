import { createAddressTest, parseNode } from '../propagation/addresses.js'

/** Whose word about the client is taken: networks (`10.0.0.0/8`, `fd00::/8`, `192.0.2.7`), or a function. */
export type TrustedProxies = readonly string[] | ((address: string) => boolean)

const longestHeader = 4_096
const mostHops = 32

/**
 * The address of the client: that of the peer, or, as long as that is a trusted proxy, of whom it speaks for.
 *
 * `X-Forwarded-For` is read from the right: each entry was written by the hop behind it, and the first one that no trusted
 * proxy has written is where belief ends.
 *
 * @see https://www.rfc-editor.org/rfc/rfc7239#section-7.4
 */
export function clientAddress(
  peer: string | undefined,
  forwardedFor: string | undefined,
  isProxy: ((address: string) => boolean) | undefined,
): string | undefined {
  const plain = peer === undefined ? undefined : unmapped(peer)
  if (plain === undefined || forwardedFor === undefined || isProxy === undefined) return plain
  if (forwardedFor.length > longestHeader) return plain
  let client = plain
  for (const entry of forwardedFor.split(',').slice(-mostHops).reverse()) {
    if (!isProxy(client)) return client
    const address = parseNode(entry)
    if (address === undefined) return client
    client = unmapped(address)
  }
  return client
}

/** @returns `undefined` where no one is trusted. */
export function createProxyTest(
  proxies: TrustedProxies | undefined,
  onBad: (entry: string) => void,
): ((address: string) => boolean) | undefined {
  if (proxies === undefined) return undefined
  if (typeof proxies === 'function') {
    return (address) => {
      try {
        return proxies(address) === true
      } catch {
        return false
      }
    }
  }
  return createAddressTest(proxies, onBad)
}

/** An IPv4 address that a dual-stack socket shows as IPv6. */
function unmapped(address: string): string {
  const match = /^::ffff:(\d{1,3}(?:\.\d{1,3}){3})$/i.exec(address)
  return match?.[1] ?? address
}
