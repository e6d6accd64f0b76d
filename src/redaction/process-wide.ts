import { createRedaction } from './engine.js'
import type { Redaction } from './types.js'

interface Holder {
  redaction: Redaction | undefined
}

// Under a registered symbol, so that an ESM and a CommonJS copy of this library follow the same rules.
const key = Symbol.for('seclog.redaction.1')
const holder = holderOf()

/** The rules for what leaves the process by another way than a logger's lines: the default ones, unless others were set. */
export function processRedaction(): Redaction {
  holder.redaction ??= createRedaction()
  return holder.redaction
}

/** @param redaction - `undefined` brings the default rules back. */
export function setProcessRedaction(redaction: Redaction | undefined): void {
  holder.redaction = redaction
}

function holderOf(): Holder {
  const shared = globalThis as unknown as Record<symbol, Holder | undefined>
  shared[key] ??= { redaction: undefined }
  return shared[key]
}
