import type { X509Certificate } from 'node:crypto'
import { Agent } from 'node:https'
import { checkServerIdentity, connect, type TLSSocket } from 'node:tls'

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
  const leaf = socket.getPeerX509Certificate()
  if (leaf === undefined) return 'the server shows no certificate'
  // The handshake has shown that the server holds its key.
  if (digits(leaf) === fingerprint) return undefined
  if (!isSignedUnder(leaf, fingerprint))
    return 'the certificate is not the one of tls.fingerprint, nor signed by it'
  return checkServerIdentity(host, socket.getPeerCertificate())?.message
}

/** Whether the chain of signatures leads to the certificate: names alone prove nothing. */
function isSignedUnder(leaf: X509Certificate, fingerprint: string): boolean {
  const now = Date.now()
  let certificate = leaf
  for (let length = 0; length < longestChain; length++) {
    if (now < Date.parse(certificate.validFrom) || now > Date.parse(certificate.validTo))
      return false
    const issuer = certificate.issuerCertificate
    if (issuer === undefined || !issuer.ca) return false
    if (!certificate.checkIssued(issuer) || !certificate.verify(issuer.publicKey)) return false
    if (digits(issuer) === fingerprint) return true
    if (issuer.fingerprint256 === certificate.fingerprint256) return false
    certificate = issuer
  }
  return false
}

function digits({ fingerprint256 }: X509Certificate): string {
  return fingerprint256.replaceAll(':', '')
}
