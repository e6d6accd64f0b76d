import type { Spans } from './spans.js'

/**
 * The body of a PEM, PGP or SSH2 private key; certificates and public keys stay.
 *
 * @param at - Where the dashes of `-----BEGIN` begin.
 * @returns Where to go on reading; 0 when this is no private key.
 */
export function maskKeyBlock(text: string, at: number, spans: Spans): number {
  opening.lastIndex = at
  if (!opening.test(text)) return 0
  const start = opening.lastIndex
  const close = text.indexOf('-----END', start)
  const end = close >= 0 ? close : text.length
  return spans.add(start, end, 'private-key')
}

const opening = /-{4,5} ?BEGIN (?:[A-Z0-9]{1,12} ){0,4}PRIVATE KEY(?: BLOCK)? ?-{4,5}/y

/** Base64 of `-----BEGIN …`, as Kubernetes secrets and kubeconfig hold keys. */
export function maskEncodedBlock(text: string, at: number, spans: Spans): number {
  if (!text.startsWith('LS0tLS1CRUdJTi', at)) return 0
  const head = Buffer.from(text.slice(at, at + 80), 'base64').toString('latin1')
  if (!head.includes('PRIVATE')) return 0
  encoded.lastIndex = at
  encoded.test(text)
  return spans.add(at, Math.max(encoded.lastIndex, at + 14), 'private-key')
}

const encoded = /[A-Za-z0-9+/=_-]*/y
