import { randomUUID } from 'node:crypto'
import { type Carrier, readCarrier } from './carrier.js'

/** A request's id, and where it comes from. */
export interface RequestId {
  /** 8 to 128 of the characters `A-Z a-z 0-9 . _ ~ -`. */
  readonly id: string
  /** `replaced`: there was one that was not accepted; nothing of it is kept. */
  readonly origin: 'accepted' | 'replaced' | 'created'
}

const names = ['x-request-id', 'x-correlation-id'] as const
const accepted = /^[A-Za-z0-9._~-]{8,128}$/
const nameSet: ReadonlySet<string> = new Set(names)

/**
 * The `X-Request-ID` of a carrier, else its `X-Correlation-ID`, if there is exactly one and it is harmless; else a new one.
 *
 * An id from outside is no secret and proves nothing: never use it as a document id, a file name or the key of a cache.
 *
 * @see https://owasp.org/www-community/attacks/Log_Injection
 * @example
 * response.setHeader('x-request-id', requestId(request.headers))
 */
export function requestId(carrier: Carrier | undefined): string {
  return readRequestId(carrier).id
}

/** As {@link requestId}, and says where the id comes from. */
export function readRequestId(carrier: Carrier | undefined): RequestId {
  const values = readCarrier(carrier, nameSet)
  if (values === undefined) return { id: randomUUID(), origin: 'replaced' }
  for (const name of names) {
    const [id, ...more] = values.get(name) ?? []
    if (id === undefined) continue
    const isAccepted = more.length === 0 && accepted.test(id)
    return isAccepted ? { id, origin: 'accepted' } : { id: randomUUID(), origin: 'replaced' }
  }
  return { id: randomUUID(), origin: 'created' }
}
