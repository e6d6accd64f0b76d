import { Buffer } from 'node:buffer'

/** Counts what a line may still hold, in bytes of UTF-8. Counts exactly only when it comes close to the limit. */
export class Room {
  readonly #bytes: number
  readonly #written: () => string
  #length = 0
  #exact = false

  /** @param written - Gives all that was taken since `begin`, in any order; asked only close to the limit. */
  constructor(bytes: number, written: () => string) {
    this.#bytes = bytes
    this.#written = written
  }

  /** @param length - UTF-16 units that stand on the line whatever comes; `written` gives them too. */
  begin(length: number): void {
    this.#length = length
    this.#exact = false
  }

  /**
   * Whether there is room for a text; takes it if so. What was taken must be written before the next one is asked for.
   *
   * @param more - Bytes beside the text.
   */
  take(text: string, more: number = 0): boolean {
    if (!this.#exact) {
      const length = this.#length + text.length + more
      if (length * 3 <= this.#bytes) {
        this.#length = length
        return true
      }
      this.#exact = true
      this.#length = Buffer.byteLength(this.#written())
    }
    const bytes = Buffer.byteLength(text) + more
    if (this.#length + bytes > this.#bytes) return false
    this.#length += bytes
    return true
  }
}
