import { randomUUID } from 'node:crypto'
import { SeclogError } from '../errors.js'
import { firstPrev, leafHash, linePrefix, signedBytes, withSignature } from './format.js'
import { newCheckpointKey, publicText, readPrivateKey, signLine } from './keys.js'
import type { ChainState } from './state.js'
import type { AuditLogOptions } from './types.js'

/**
 * The opening line of a new chain, signed by the root key, and the key of its first checkpoint.
 *
 * @throws SeclogError `SECLOG_OPTION_INVALID`
 */
export async function beginChain(options: AuditLogOptions, now: number): Promise<ChainState> {
  const { rootKey, signer, id = randomUUID() } = options
  const key = newCheckpointKey()
  const next = publicText(key)
  const time = new Date(now).toISOString()
  const ckpt = JSON.stringify({ time, pk: next })
  const beforeTail = Buffer.from(`${linePrefix(id, 0, firstPrev, 'open')},"ckpt":${ckpt}`)
  const line = withSignature(beforeTail, await signOpening(beforeTail, rootKey, signer))
  const head = { id, seq: 0, h: leafHash(line), n: -1, why: 'open' as const, time, next }
  return { head, line, end: line.length + 1, first: 0, key }
}

async function signOpening(
  beforeTail: Buffer,
  rootKey: AuditLogOptions['rootKey'],
  signer: AuditLogOptions['signer'],
): Promise<Uint8Array> {
  if (rootKey !== undefined) return signLine(beforeTail, readPrivateKey(rootKey))
  if (signer === undefined)
    throw new SeclogError('SECLOG_OPTION_INVALID', 'A new audit log needs a rootKey or a signer.')
  const signature = await signer(signedBytes(beforeTail))
  if (signature instanceof Uint8Array && signature.byteLength === 64) return signature
  throw new SeclogError(
    'SECLOG_OPTION_INVALID',
    'The signer of an audit log must give the 64 bytes of an Ed25519 signature.',
  )
}
