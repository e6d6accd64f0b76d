import type { IncomingMessage } from 'node:http'
import type { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'

/** Why a body was not taken: the status to answer with. */
export type BodyFault = 400 | 413 | 415

/** A request's body, unpacked; or why there is none. @param most - Bytes, packed and unpacked. */
export async function readBody(
  request: IncomingMessage,
  most: number,
): Promise<Buffer | BodyFault> {
  const encoding = request.headers['content-encoding'] ?? 'identity'
  if (encoding !== 'identity' && encoding !== 'gzip') return 415
  if (Number(request.headers['content-length'] ?? 0) > most) return 413
  const stream: Readable = encoding === 'gzip' ? request.pipe(createGunzip()) : request
  const chunks: Buffer[] = []
  let length = 0
  try {
    for await (const chunk of stream) {
      length += (chunk as Buffer).length
      if (length > most) return 413
      chunks.push(chunk as Buffer)
    }
  } catch {
    return 400
  }
  return Buffer.concat(chunks)
}
