/** Pauses between tries: twice as long each time, and never the same for all who wait for one server. */
export class Backoff {
  readonly #min: number
  readonly #max: number
  #tries = 0

  /** Both in milliseconds. */
  constructor(min: number, max: number) {
    this.#min = min
    this.#max = max
  }

  /** How often in a row it was asked. */
  get tries(): number {
    return this.#tries
  }

  /** The next pause, in milliseconds: at random up to the bound ("full jitter"), but never under the least one. */
  next(): number {
    const bound = Math.min(this.#max, this.#min * 2 ** Math.min(this.#tries, 30))
    this.#tries++
    return this.#min + Math.random() * Math.max(0, bound - this.#min)
  }

  reset(): void {
    this.#tries = 0
  }
}
