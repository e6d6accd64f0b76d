import { warnOnce } from '../diagnostics.js'

/**
 * Runs `trace`, which is to call `next` once; the work goes on, untraced, where tracing itself fails.
 *
 * @throws What `next` throws, and nothing else.
 */
export function contained<A extends unknown[], T>(
  trace: (next: (...args: A) => T) => T,
  next: (...args: A) => T,
  ...given: A
): T {
  let done: { readonly value: T } | undefined
  let thrown: { readonly error: unknown } | undefined
  try {
    return trace((...args) => {
      try {
        done = { value: next(...args) }
        return done.value
      } catch (error) {
        thrown = { error }
        throw error
      }
    })
  } catch {
    // Asked again through functions, as the compiler does not see that the callback sets them.
    if (isSet(thrown)) throw thrown.error
    warnOnce('mcp:fault', 'Tracing of an MCP message failed; the message itself went on.')
    return isSet(done) ? done.value : next(...given)
  }
}

function isSet<T>(value: T | undefined): value is T {
  return value !== undefined
}
