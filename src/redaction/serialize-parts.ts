import type { SerializeLimits } from './limits.js'

/** The writer of a record, as those see it who write one kind of value: what is inside goes back through it. */
export interface PartWriter {
  readonly limits: SerializeLimits
  /** Errors written below others in this record. */
  errors: number
  value(value: unknown): string | undefined
  stack(text: string): string
  string(text: string): string
  pairs(keys: readonly string[], values: readonly unknown[], omitted: number): string
  members(keys: readonly string[], values: readonly unknown[], omitted: number): string
  items(items: readonly unknown[], omitted: number): string
  within(holder: object, write: () => string | undefined): string | undefined
  throws(error: unknown): string
  mark(text: string): string
}

/**
 * A getter's exception, standing in for the value that it did not give.
 *
 * Recognised by a private field: `instanceof` would call the traps of a hostile proxy.
 */
export class Fault {
  readonly #error: unknown

  constructor(error: unknown) {
    this.#error = error
  }

  get error(): unknown {
    return this.#error
  }

  static is(value: unknown): value is Fault {
    return typeof value === 'object' && value !== null && #error in value
  }
}

/** A value that has been written already. */
export class Written {
  readonly #text: string

  constructor(text: string) {
    this.#text = text
  }

  get text(): string {
    return this.#text
  }

  static is(value: unknown): value is Written {
    return typeof value === 'object' && value !== null && #text in value
  }
}
