import { X509Certificate } from 'node:crypto'
import { Agent } from 'node:https'
import {
  checkServerIdentity,
  connect,
  type DetailedPeerCertificate,
  type TLSSocket,
} from 'node:tls'

/** Chains are short; one that has no end is no chain. */
const longestChain = 10

/**
 * An agent that trusts one certificate, or whom it has signed, by its SHA-256, and nothing else. Nothing is sent before that is checked.
 *
 * @param fingerprint - 64 hexadecimal digits in upper case.
 */
export function pinnedAgent(fingerprint: string): Agent {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  agent.createConnection = ((
    options: object,
    done: (error: Error | null, socket?: TLSSocket) => void,
  ) => {
    const socket = connect({ ...options, rejectUnauthorized: false })
    const { host = '' } = options as { host?: string }
    socket.once('error', done)
    socket.once('secureConnect', () => {
      socket.off('error', done)
      const problem = problemOf(socket, host, fingerprint)
      if (problem === undefined) done(null, socket)
      else {
        socket.destroy()
        done(new Error(problem))
      }
    })
    return undefined
  }) as never
  return agent
}

function problemOf(socket: TLSSocket, host: string, fingerprint: string): string | undefined {
  const chain = chainOf(socket)
  const [leaf] = chain
  if (leaf === undefined) return 'the server shows no certificate'
  // The handshake has shown that the server holds its key.
  if (digits(leaf) === fingerprint) return undefined
  if (!isSignedUnder(chain, fingerprint)) {
    return 'the certificate is not the one of tls.fingerprint, nor signed by it'
  }
  return checkServerIdentity(host, socket.getPeerCertificate())?.message
}

/** What the server has shown: its own certificate, then that of who has signed the one before. */
function chainOf(socket: TLSSocket): X509Certificate[] {
  const chain: X509Certificate[] = []
  let shown: DetailedPeerCertificate | undefined = socket.getPeerCertificate(true)
  while (shown?.raw !== undefined && chain.length < longestChain) {
    const certificate = new X509Certificate(shown.raw)
    if (chain.at(-1)?.fingerprint256 === certificate.fingerprint256) break
    chain.push(certificate)
    shown = shown.issuerCertificate
  }
  return chain
}

/** Whether the chain of signatures leads to the certificate: names alone prove nothing. */
function isSignedUnder(chain: readonly X509Certificate[], fingerprint: string): boolean {
  const now = Date.now()
  for (const [index, certificate] of chain.entries()) {
    if (now < Date.parse(certificate.validFrom) || now > Date.parse(certificate.validTo))
      return false
    if (digits(certificate) === fingerprint) return true
    const issuer = chain[index + 1]
    if (issuer === undefined || !issuer.ca) return false
    if (!certificate.checkIssued(issuer) || !certificate.verify(issuer.publicKey)) return false
  }
  return false
}

function digits({ fingerprint256 }: X509Certificate): string {
  return fingerprint256.replaceAll(':', '')
}
