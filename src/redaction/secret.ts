const brand = Symbol.for('seclog.secret')
const inspect = Symbol.for('nodejs.util.inspect.custom')
const shown = '[Redacted]'

/**
 * A value that prints as `[Redacted]` through every route there is: JSON, template, `String()`, `+`, `util.inspect`, `console`,
 * spread, `structuredClone`. Only {@link Secret.expose} gives it.
 *
 * @example
 * ```ts
 * const key = new Secret(loadKey())
 * log.info({ key }) // {"key":"[Redacted]"}
 * connect(key.expose())
 * ```
 */
export class Secret<T> {
  readonly #value: T

  constructor(value: T) {
    this.#value = value
  }

  /** The value itself. */
  expose(): T {
    return this.#value
  }

  toString(): string {
    return shown
  }

  toLocaleString(): string {
    return shown
  }

  toJSON(): string {
    return shown
  }

  valueOf(): string {
    return shown
  }

  [Symbol.toPrimitive](): string {
    return shown
  }

  get [Symbol.toStringTag](): string {
    return 'Secret'
  }

  static [Symbol.hasInstance](value: unknown): boolean {
    return isSecret(value)
  }
}

// On the prototype and not enumerable: a secret has no own properties that a spread, Object.entries or structuredClone could copy.
Object.defineProperty(Secret.prototype, brand, { value: true })
Object.defineProperty(Secret.prototype, inspect, { value: (): string => shown })

/** Whether a value is a {@link Secret}, of this copy of the package or another. */
export function isSecret(value: unknown): boolean {
  try {
    return typeof value === 'object' && value !== null && brand in value
  } catch {
    return false
  }
}
