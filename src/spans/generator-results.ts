import { types } from 'node:util'
import { runInSpanScope, type Scope } from '../context/scope.js'
import { abandon, stopWatching, type Watch, watchFor } from './abandoned.js'
import type { BaseSpan } from './base-span.js'
import { shadow } from './shadow.js'

type Step = (...args: unknown[]) => unknown
type StepName = 'next' | 'return' | 'throw'

interface GeneratorLike extends Record<StepName, Step> {}

/** Whether a value is a generator's object, sync or async, also of a generator that a compiler has rewritten. */
export function isGeneratorLike(value: object): value is GeneratorLike {
  if (types.isGeneratorObject(value)) return true
  if (!('next' in value && 'return' in value && 'throw' in value)) return false
  return (
    (Symbol.iterator in value || Symbol.asyncIterator in value) &&
    typeof value.next === 'function' &&
    typeof value.return === 'function' &&
    typeof value.throw === 'function'
  )
}

/**
 * Ends the span when a generator is done: returned, thrown, or told to return.
 *
 * Every `next`, `return` and `throw` runs in the span's context, for a generator's body runs in that of its caller. One
 * that is collected before it is done, or told to return before it began, is stated.
 */
export function endWithGenerator(
  generator: GeneratorLike,
  span: BaseSpan,
  scope: Scope,
): GeneratorLike {
  const watch: Watch = { span, started: false }
  const observed = shadow(generator, {
    next: method(observedStep(generator, 'next', watch, scope)),
    return: method(observedStep(generator, 'return', watch, scope)),
    throw: method(observedStep(generator, 'throw', watch, scope)),
  })
  watchFor(observed, watch)
  span.watchUntilExit(watch)
  return observed
}

function method(value: Step): PropertyDescriptor {
  return { value, configurable: true, writable: true, enumerable: false }
}

function observedStep(generator: GeneratorLike, name: StepName, watch: Watch, scope: Scope): Step {
  const step = generator[name]
  return (...args) => {
    if (watch.span.ended) return Reflect.apply(step, generator, args)
    if (name === 'next') watch.started = true
    let result: unknown
    try {
      result = runInSpanScope(scope, Reflect.apply, step, generator, args)
    } catch (error) {
      fail(watch, error)
      throw error
    }
    if (!types.isPromise(result)) return ended(watch, result)
    return result.then(
      (settled) => ended(watch, settled),
      (error: unknown) => {
        fail(watch, error)
        throw error
      },
    )
  }
}

function ended(watch: Watch, result: unknown): unknown {
  if ((result as IteratorResult<unknown> | undefined)?.done === true) {
    stopWatching(watch)
    if (watch.started) watch.span.end()
    else abandon(watch)
  }
  return result
}

function fail(watch: Watch, error: unknown): void {
  stopWatching(watch)
  watch.span.fail(error)
  watch.span.end()
}
