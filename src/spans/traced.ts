import { types } from 'node:util'
import type { SpanAttributes, SpanKind, SpanOptions } from './types.js'
import { runSpan } from './with-span.js'

export interface TracedOptions<A extends readonly unknown[] = readonly never[], R = never> {
  /** @defaultValue 'internal' */
  readonly kind?: SpanKind
  /**
   * Attributes of a call: asked when it begins, and again with its result when it has one. An extractor that throws gives
   * none; a generator has no result.
   */
  readonly attributes?: (args: A, result?: R) => SpanAttributes | undefined
}

/** Wraps a function, or decorates a method: of stage 3 and of `experimentalDecorators` alike. */
export interface Traced {
  <F extends (...args: never[]) => unknown>(fn: F, context?: DecoratorContext): F
  (target: object, key: string | symbol, descriptor: PropertyDescriptor): PropertyDescriptor
}

/**
 * Runs every call of a function in a span of its own, as `withSpan` does. Type, `this`, name and length of the function stay.
 *
 * @param name - Low cardinality: what is done, not what it is done to.
 * @throws TypeError when it decorates what is no method.
 * @example
 * const scan = traced('scan lockfile')(scanLockfile)
 */
export function traced<A extends readonly unknown[] = readonly never[], R = never>(
  name: string,
  options: TracedOptions<A, R> = {},
): Traced {
  const extract = options.attributes as Extract | undefined
  const fixed: SpanOptions | undefined =
    options.kind === undefined ? undefined : { kind: options.kind }
  if (extract === undefined) return wrapping((_args, call) => runSpan(name, fixed, call))
  return wrapping((args, call) => {
    const attributes = contained(extract, args)
    const given = attributes === undefined ? fixed : { ...fixed, attributes }
    return runSpan(name, given, call, undefined, (result) => contained(extract, args, result))
  })
}

type Callable = (this: unknown, ...args: unknown[]) => unknown
type Extract = (args: readonly unknown[], result?: unknown) => SpanAttributes | undefined

/**
 * A wrapper of functions and decorator of methods that runs each call through `run`.
 *
 * @param run - Gets the arguments, what makes the call, and the function.
 */
export function wrapping(
  run: (args: readonly unknown[], call: () => unknown, fn: { readonly name: string }) => unknown,
): Traced {
  const decorate = (
    target: unknown,
    _context?: unknown,
    descriptor?: PropertyDescriptor,
  ): unknown => {
    const fn: unknown = descriptor === undefined ? target : descriptor.value
    if (typeof fn !== 'function') throw new TypeError('Only functions and methods can be traced.')
    const wrapped = wrap(fn as Callable, run)
    return descriptor === undefined ? wrapped : { ...descriptor, value: wrapped }
  }
  return decorate as Traced
}

function wrap(fn: Callable, run: Parameters<typeof wrapping>[0]): Callable {
  const wrapped = function (this: unknown, ...args: unknown[]): unknown {
    return run(args, () => Reflect.apply(fn, this, args), fn)
  }
  // Its name and length, and what else hangs on it; an arrow function has no `prototype` to give.
  const { prototype: _, ...own } = Object.getOwnPropertyDescriptors(fn) as PropertyDescriptorMap
  Object.defineProperties(wrapped, own)
  return wrapped
}

function contained(
  extract: Extract,
  ...call: [args: readonly unknown[], result?: unknown]
): SpanAttributes | undefined {
  try {
    const attributes: unknown = extract(...call)
    // An extractor that is async by mistake: nobody else would handle its rejection.
    if (types.isPromise(attributes)) attributes.catch(() => {})
    return attributes as SpanAttributes | undefined
  } catch {
    return undefined
  }
}
