import type { Scope } from '../context/scope.js'
import type { BaseSpan } from './base-span.js'
import { endWithThenable } from './thenable-results.js'

/**
 * Ends the span when a native promise settles.
 *
 * The promise given back is derived from the given one: who leaves it unhandled has one unhandled rejection, and who
 * handles it has none, as without a span. Subclasses make their own kind; one with a `then` of its own may be lazy, so it
 * is left alone until somebody subscribes to it.
 */
export function endWithPromise(
  promise: Promise<unknown>,
  span: BaseSpan,
  scope: Scope,
): Promise<unknown> {
  if (promise.then !== Promise.prototype.then) return endWithThenable(promise, span, scope)
  span.watchUntilExit()
  const derived = promise.then(
    (value) => {
      span.succeed(value)
      return value
    },
    (error: unknown) => {
      span.fail(error)
      span.end()
      throw error
    },
  )
  if (hasOwnNames(promise)) copyOwnProperties(promise, derived)
  return derived
}

// Asked of every promise, and far cheaper than its list of keys: see bench/.
function hasOwnNames(promise: object): boolean {
  for (const key in promise) if (Object.hasOwn(promise, key)) return true
  return false
}

/** What libraries hang on their promises: `cancel`, `kill`, `json`. */
function copyOwnProperties(from: object, to: object): void {
  for (const key of Reflect.ownKeys(from)) {
    // Node keeps state of its own on promises, under symbols that every promise has.
    if (Object.hasOwn(to, key) && typeof key === 'symbol') continue
    const descriptor = Object.getOwnPropertyDescriptor(from, key)
    if (descriptor !== undefined) Reflect.defineProperty(to, key, descriptor)
  }
}
