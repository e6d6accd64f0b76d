import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  KeyObject,
  sign,
  verify,
} from 'node:crypto'
import { SeclogError } from '../errors.js'
import { key43, signedBytes } from './format.js'

/** An Ed25519 private key: a `KeyObject`, PEM, or the 32 bytes of its seed (RFC 8032). */
export type AuditPrivateKey = KeyObject | string | Uint8Array

/** An Ed25519 public key: a `KeyObject`, PEM, 32 bytes, or those in base64url. */
export type AuditPublicKey = KeyObject | string | Uint8Array

/** Before the seed in PKCS #8 (RFC 8410, section 7). */
const privateHeader = Buffer.from('302e020100300506032b657004220420', 'hex')

const raw = new RegExp(`^${key43}$`)

/** @throws SeclogError `SECLOG_OPTION_INVALID` */
export function readPrivateKey(key: AuditPrivateKey): KeyObject {
  return ed25519('private', () => {
    if (key instanceof KeyObject) return key
    if (typeof key === 'string') return createPrivateKey(key)
    if (key.byteLength !== 32) throw new Error('A seed has 32 bytes.')
    return createPrivateKey({
      key: Buffer.concat([privateHeader, key]),
      format: 'der',
      type: 'pkcs8',
    })
  })
}

/** @throws SeclogError `SECLOG_OPTION_INVALID` */
export function readPublicKey(key: AuditPublicKey): KeyObject {
  return ed25519('public', () => {
    if (key instanceof KeyObject) return key.type === 'private' ? createPublicKey(key) : key
    if (typeof key === 'string' && key.includes('-----BEGIN')) return createPublicKey(key)
    const x = typeof key === 'string' ? key : Buffer.from(key).toString('base64url')
    if (!raw.test(x)) throw new Error('A raw public key has 32 bytes.')
    return publicKeyOf(x)
  })
}

function ed25519(kind: 'private' | 'public', read: () => KeyObject): KeyObject {
  let key: KeyObject | undefined
  let cause: unknown
  try {
    key = read()
  } catch (error) {
    cause = error
  }
  if (key?.asymmetricKeyType === 'ed25519' && key.type === kind) return key
  throw new SeclogError(
    'SECLOG_OPTION_INVALID',
    `The root key of an audit log must be an Ed25519 ${kind} key.`,
    cause === undefined ? undefined : { cause },
  )
}

/** The key of the 43 characters that a line announces. */
export function publicKeyOf(x: string): KeyObject {
  return createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' })
}

/** The 43 characters of a key's public part. */
export function publicText(key: KeyObject): string {
  return (key.type === 'private' ? createPublicKey(key) : key).export({ format: 'jwk' }).x as string
}

/** A new key that will sign one checkpoint. */
export function newCheckpointKey(): KeyObject {
  return generateKeyPairSync('ed25519').privateKey
}

/** The 43 characters of a private key's seed, as the state file holds it. */
export function seedText(key: KeyObject): string {
  return key.export({ format: 'jwk' }).d as string
}

export function signLine(beforeTail: Uint8Array, key: KeyObject): Buffer {
  return sign(null, signedBytes(beforeTail), key)
}

export function isSignedBy(beforeTail: Uint8Array, signature: string, key: KeyObject): boolean {
  return verify(null, signedBytes(beforeTail), key, Buffer.from(signature, 'base64url'))
}
