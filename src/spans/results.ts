import { types } from 'node:util'
import type { Scope } from '../context/scope.js'
import type { BaseSpan } from './base-span.js'
import { endWithGenerator, isGeneratorLike } from './generator-results.js'
import { endWithPromise } from './promise-results.js'
import { endWithThenable, isThenable } from './thenable-results.js'

/**
 * Ends the span when the work behind a callback's result is done.
 *
 * @returns The result, or a promise that settles as the result does. Nothing of what the result does is called twice.
 */
export function endWith<T>(result: T, span: BaseSpan, scope: Scope): T {
  if (result === null || (typeof result !== 'object' && typeof result !== 'function')) {
    span.succeed(result)
    return result
  }
  try {
    if (types.isPromise(result)) return endWithPromise(result, span, scope) as T
    if (isGeneratorLike(result)) return endWithGenerator(result, span, scope) as T
    if (isThenable(result)) return endWithThenable(result, span, scope) as T
  } catch {
    // A proxy whose traps throw, say: it is the caller's to find that out.
  }
  span.succeed(result)
  return result
}
