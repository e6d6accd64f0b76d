import { AsyncResource } from 'node:async_hooks'
import { types } from 'node:util'
import { runInSpanScope, type Scope } from '../context/scope.js'
import { stopWatching, type Watch, watchFor } from './abandoned.js'
import type { BaseSpan } from './base-span.js'
import { findDescriptor, shadow } from './shadow.js'

type Then = (...callbacks: unknown[]) => unknown

/** Whether a value has a `then` that can be called. A getter is not asked: it may do the work. */
export function isThenable(value: object): boolean {
  if (types.isProxy(value)) return typeof (value as { then?: unknown }).then === 'function'
  if (!('then' in value)) return false
  const descriptor = findDescriptor(value, 'then')
  return descriptor?.get !== undefined || typeof descriptor?.value === 'function'
}

/**
 * Ends the span when a thenable settles that may do its work only when it is asked to: a query builder, a lazy promise.
 *
 * It is not subscribed to here: the span ends with the consumer's own subscription, whose work runs in the span's context.
 * That nobody ever subscribes is stated when the thenable is collected.
 */
export function endWithThenable<T extends object>(thenable: T, span: BaseSpan, scope: Scope): T {
  const watch: Watch = { span, started: false }
  const descriptor = types.isProxy(thenable) ? undefined : findDescriptor(thenable, 'then')
  const read = (): unknown =>
    descriptor === undefined
      ? Reflect.get(thenable, 'then')
      : descriptor.get === undefined
        ? descriptor.value
        : Reflect.apply(descriptor.get, thenable, [])
  const property = {
    configurable: true,
    get(): unknown {
      if (watch.started) return read()
      const then = orFail(watch, read)
      return typeof then === 'function' ? observedThen(then as Then, thenable, watch, scope) : then
    },
    set(value: unknown) {
      Reflect.defineProperty(thenable, 'then', { value, configurable: true, writable: true })
    },
  }
  const observed = shadow(thenable, Object.fromEntries([['then', property]]))
  watchFor(observed, watch)
  span.watchUntilExit(watch)
  return observed
}

function observedThen(then: Then, thenable: object, watch: Watch, scope: Scope): Then {
  return (onFulfilled, onRejected, ...rest) => {
    if (watch.started) return Reflect.apply(then, thenable, [onFulfilled, onRejected, ...rest])
    watch.started = true
    // The callbacks are the consumer's: they run where they would run without a span.
    const fulfil = AsyncResource.bind((value: unknown) => {
      stopWatching(watch)
      watch.span.succeed(value)
      return typeof onFulfilled === 'function' ? onFulfilled(value) : value
    })
    const reject = AsyncResource.bind((error: unknown) => {
      watch.span.fail(error)
      finish(watch)
      if (typeof onRejected === 'function') return onRejected(error)
      throw error
    })
    return orFail(watch, () =>
      runInSpanScope(scope, Reflect.apply, then, thenable, [fulfil, reject, ...rest]),
    )
  }
}

function orFail<T>(watch: Watch, action: () => T): T {
  try {
    return action()
  } catch (error) {
    watch.span.fail(error)
    finish(watch)
    throw error
  }
}

function finish(watch: Watch): void {
  stopWatching(watch)
  watch.span.end()
}
