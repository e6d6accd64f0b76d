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
  const { kind } = options
  const decorate = (
    target: unknown,
    _context?: unknown,
    descriptor?: PropertyDescriptor,
  ): unknown => {
    const fn: unknown = descriptor === undefined ? target : descriptor.value
    if (typeof fn !== 'function') throw new TypeError('traced wraps functions and methods only.')
    const wrapped = wrap(fn as Callable, name, kind, extract)
    return descriptor === undefined ? wrapped : { ...descriptor, value: wrapped }
  }
  return decorate as Traced
}

type Callable = (this: unknown, ...args: unknown[]) => unknown
type Extract = (args: readonly unknown[], result?: unknown) => SpanAttributes | undefined

function wrap(
  fn: Callable,
  name: string,
  kind: SpanKind | undefined,
  extract: Extract | undefined,
): Callable {
  const fixed: SpanOptions | undefined = kind === undefined ? undefined : { kind }
  const wrapped = function (this: unknown, ...args: unknown[]): unknown {
    const call = (): unknown => Reflect.apply(fn, this, args)
    if (extract === undefined) return runSpan(name, fixed, call)
    const attributes = contained(extract, args)
    const options = attributes === undefined ? fixed : { ...fixed, attributes }
    return runSpan(name, options, call, undefined, (result) => contained(extract, args, result))
  }
  Object.defineProperties(wrapped, {
    name: { value: fn.name, configurable: true },
    length: { value: fn.length, configurable: true },
  })
  return wrapped
}

function contained(
  extract: Extract,
  ...call: [args: readonly unknown[], result?: unknown]
): SpanAttributes | undefined {
  try {
    return extract(...call)
  } catch {
    return undefined
  }
}
