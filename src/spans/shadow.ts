import { types } from 'node:util'

/**
 * Puts properties before those that an object has, so that its type, identity, prototype and private state stay.
 *
 * @returns The object; or, where it is frozen or a proxy, one that shows the properties and passes on everything else.
 */
export function shadow<T extends object>(target: T, properties: PropertyDescriptorMap): T {
  if (!types.isProxy(target) && defineAll(target, properties)) return target
  // What a frozen object has cannot be reported differently by a proxy of it, but by one of a stand-in it can.
  const base = types.isProxy(target) ? target : Object.create(Object.getPrototypeOf(target))
  const shown: object = Object.defineProperties({}, properties)
  return new Proxy(base, {
    get(_, key, proxy) {
      if (Object.hasOwn(shown, key)) return Reflect.get(shown, key)
      const value: unknown = Reflect.get(target, key, target)
      if (typeof value !== 'function') return value
      // Private state needs the object as `this`; what gives that back, `where()` or `[Symbol.iterator]()`, gives back the proxy.
      return (...args: unknown[]) => {
        const result: unknown = Reflect.apply(value, target, args)
        return result === target ? proxy : result
      }
    },
    set: (_, key, value) => Reflect.set(target, key, value, target),
    has: (_, key) => Reflect.has(target, key),
  }) as T
}

/** The property as an object or its prototypes have it; no getter is asked. */
export function findDescriptor(from: object, key: PropertyKey): PropertyDescriptor | undefined {
  for (let at: object | null = from; at !== null; at = Object.getPrototypeOf(at)) {
    const descriptor = Object.getOwnPropertyDescriptor(at, key)
    if (descriptor !== undefined) return descriptor
  }
  return undefined
}

function defineAll(target: object, properties: PropertyDescriptorMap): boolean {
  if (!Object.isExtensible(target)) return false
  return Object.entries(properties).every(([key, descriptor]) =>
    Reflect.defineProperty(target, key, descriptor),
  )
}
