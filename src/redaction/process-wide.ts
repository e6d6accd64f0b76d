import { createRedaction } from './engine.js'
import type { Redaction } from './types.js'

// Under a registered symbol, so that an ESM and a CommonJS copy of this library follow the same rules.
const key = Symbol.for('seclog.redaction.1')
const shared = globalThis as unknown as Record<symbol, Redaction | undefined>

/** The rules for what leaves the process by another way than a logger's lines: the default ones, unless others were set. */
export function processRedaction(): Redaction {
  shared[key] ??= createRedaction()
  return shared[key]
}

/** @param redaction - `undefined` brings the default rules back. */
export function setProcessRedaction(redaction: Redaction | undefined): void {
  shared[key] = redaction
}
