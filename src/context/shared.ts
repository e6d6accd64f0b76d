const registry = globalThis as unknown as Record<symbol, object | undefined>

/**
 * State that an ESM and a CommonJS copy of this library in one process have in common.
 *
 * @param name - Ends in the version of the state's shape.
 * @internal
 */
export function sharedState<T extends object>(name: string, create: () => T): T {
  const key = Symbol.for(`seclog.${name}`)
  registry[key] ??= create()
  return registry[key] as T
}
