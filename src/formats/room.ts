import { Buffer } from 'node:buffer'

/** Counts what a line may still hold, in bytes of UTF-8. Counts exactly only when it comes close to the limit. */
export class Room {
  readonly #bytes: number
  #length = 0
  /** What was let in while only lengths were counted. */
  #texts = ''
  #exact = false

  constructor(bytes: number) {
    this.#bytes = bytes
  }

  /** Whether there is room for a text; takes it if so. */
  take(text: string): boolean {
    if (!this.#exact) {
      if ((this.#length + text.length) * 3 <= this.#bytes) {
        this.#length += text.length
        this.#texts += text
        return true
      }
      this.#exact = true
      this.#length = Buffer.byteLength(this.#texts)
      this.#texts = ''
    }
    const bytes = Buffer.byteLength(text)
    if (this.#length + bytes > this.#bytes) return false
    this.#length += bytes
    return true
  }
}
