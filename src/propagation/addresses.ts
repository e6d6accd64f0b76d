import { BlockList, isIP } from 'node:net'
import { trimSpace } from './text.js'

/** Loopback, private (RFC 1918, RFC 4193) and link-local networks. Shared address space (100.64.0.0/10) is none of them. */
const privateNetworks = [
  '127.0.0.0/8',
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '169.254.0.0/16',
  '::1',
  'fc00::/7',
  'fe80::/10',
] as const

/** Whether an address is in one of a list of networks. IPv4 in IPv6 (`::ffff:10.0.0.1`) counts as IPv4. */
export type AddressTest = (address: string) => boolean

/**
 * Compiles addresses and CIDR networks of IPv4 and IPv6.
 *
 * @param onBad - Told of each entry that is neither; it is left out.
 */
export function createAddressTest(
  networks: readonly string[],
  onBad: (entry: string) => void = () => {},
): AddressTest {
  const list = new BlockList()
  for (const entry of networks) if (!addNetwork(list, entry)) onBad(String(entry))
  return (address) => {
    const plain = withoutZone(address)
    const version = isIP(plain)
    return version !== 0 && list.check(plain, version === 4 ? 'ipv4' : 'ipv6')
  }
}

export const isPrivateAddress: AddressTest = createAddressTest(privateNetworks)

/**
 * The address in one entry of a forwarding header: bare, with a port, in brackets, in quotes.
 *
 * @returns `undefined` for what is none: `unknown`, a name, an obfuscated identifier.
 * @see https://www.rfc-editor.org/rfc/rfc7239#section-6
 */
export function parseNode(entry: string): string | undefined {
  let text = trimSpace(entry)
  if (text.startsWith('"') && text.endsWith('"')) text = text.slice(1, -1)
  const bracket = text.startsWith('[') ? text.indexOf(']') : -1
  if (bracket !== -1) text = text.slice(1, bracket)
  else if (text.indexOf(':') === text.lastIndexOf(':')) text = text.split(':', 1)[0] ?? ''
  const address = withoutZone(text)
  return isIP(address) === 0 ? undefined : address
}

function addNetwork(list: BlockList, entry: unknown): boolean {
  if (typeof entry !== 'string') return false
  const [address = '', prefix, ...more] = entry.split('/')
  const version = isIP(address)
  if (version === 0 || more.length > 0) return false
  const family = version === 4 ? 'ipv4' : 'ipv6'
  if (prefix === undefined) {
    list.addAddress(address, family)
    return true
  }
  const bits = /^\d{1,3}$/.test(prefix) ? Number(prefix) : Number.POSITIVE_INFINITY
  if (bits > (version === 4 ? 32 : 128)) return false
  list.addSubnet(address, bits, family)
  return true
}

/** `fe80::1%eth0` without the name of the interface. */
function withoutZone(address: string): string {
  const percent = address.indexOf('%')
  return percent === -1 ? address : address.slice(0, percent)
}
