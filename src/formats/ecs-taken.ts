/** The paths that one line has so far. Small sets are arrays: most lines have few fields, and arrays cost less. */
export class TakenPaths {
  readonly #outs: string[] = []
  readonly #origins: string[] = []
  #outSet: Set<string> | undefined
  #originSet: Set<string> | undefined

  /**
   * @param out - Where a value stands.
   * @param origin - The path under which it was given.
   */
  add(out: string, origin: string): void {
    this.#outs.push(out)
    this.#origins.push(origin)
    if (this.#outSet !== undefined) {
      this.#outSet.add(out)
      this.#originSet?.add(origin)
    } else if (this.#outs.length > fewest) {
      this.#outSet = new Set(this.#outs)
      this.#originSet = new Set(this.#origins)
    }
  }

  has(out: string): boolean {
    return this.#outSet === undefined ? this.#outs.includes(out) : this.#outSet.has(out)
  }

  hasOrigin(origin: string): boolean {
    return this.#originSet === undefined
      ? this.#origins.includes(origin)
      : this.#originSet.has(origin)
  }

  hasBelow(path: string): boolean {
    return this.#outs.some((out) => out.startsWith(path) && out[path.length] === '.')
  }

  /** A copy, to tell what came before from what comes now. */
  copy(): { readonly outs: ReadonlySet<string>; readonly origins: ReadonlySet<string> } {
    return { outs: new Set(this.#outs), origins: new Set(this.#origins) }
  }
}

const fewest = 16
