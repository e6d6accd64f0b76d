import { quoteJson } from './quote.js'
import { scan, scanVersion } from './scan.js'
import { scanBits } from './types.js'

const mostFrames = 32
const known: string[] = []
const written: string[] = []
let next = 0
let version = -1

/**
 * The frames of a stack as they are written, with the closing quote: a program throws from few places, so those seen last are kept
 * instead of being looked through again (see bench/: half the time of an error's line).
 *
 * @param frames - From the first `\n    at ` to the end.
 * @returns `undefined` when there may be something to mask.
 */
export function quotedFrames(frames: string): string | undefined {
  if (version !== scanVersion()) {
    version = scanVersion()
    known.length = 0
    written.length = 0
    next = 0
  }
  for (let index = 0; index < known.length; index++) {
    if (known[index] === frames) return written[index]
  }
  if ((scan(frames) & scanBits.suspect) !== 0) return undefined
  const quoted = quoteJson(frames).slice(1)
  // A slice would keep the whole stack, its message included, alive.
  known[next] = `${frames} `.slice(0, -1)
  written[next] = quoted
  next = (next + 1) % mostFrames
  return quoted
}
