/**
 * The paths that one line has so far, each with its hash. Most questions are answered by one bit of it, the others by a walk
 * over numbers; only lines with many fields need sets (see bench/). Serves one line after another: `begin` before each.
 */
export class TakenPaths {
  readonly #outs: string[] = []
  readonly #outHashes: number[] = []
  readonly #origins: string[] = []
  readonly #originHashes: number[] = []
  #count = 0
  #outSet: Set<string> | undefined
  #originSet: Set<string> | undefined
  /** A bit for each path taken, of 32 that all paths share. */
  outBits = 0
  originBits = 0

  begin(): void {
    if (this.#outs.length > fewest) {
      this.#outs.length = 0
      this.#origins.length = 0
      this.#outSet = undefined
      this.#originSet = undefined
    }
    this.#count = 0
    this.outBits = 0
    this.originBits = 0
  }

  /**
   * @param out - Where a value stands.
   * @param origin - The path under which it was given.
   */
  add(out: string, outHash: number, origin: string, originHash: number): void {
    const at = this.#count++
    this.#outs[at] = out
    this.#outHashes[at] = outHash
    this.#origins[at] = origin
    this.#originHashes[at] = originHash
    this.outBits |= bitOf(outHash)
    this.originBits |= bitOf(originHash)
    if (this.#outSet !== undefined) {
      this.#outSet.add(out)
      this.#originSet?.add(origin)
    } else if (this.#count > fewest) {
      this.#outSet = new Set(this.#outs.slice(0, this.#count))
      this.#originSet = new Set(this.#origins.slice(0, this.#count))
    }
  }

  has(out: string, hash: number = hashPath(out)): boolean {
    if ((this.outBits & bitOf(hash)) === 0) return false
    return this.#outSet === undefined
      ? isAmong(this.#outs, this.#outHashes, this.#count, out, hash)
      : this.#outSet.has(out)
  }

  hasOrigin(origin: string, hash: number): boolean {
    if ((this.originBits & bitOf(hash)) === 0) return false
    return this.#originSet === undefined
      ? isAmong(this.#origins, this.#originHashes, this.#count, origin, hash)
      : this.#originSet.has(origin)
  }

  hasBelow(path: string): boolean {
    for (let index = 0; index < this.#count; index++) {
      const out = this.#outs[index] as string
      if (out.startsWith(path) && out[path.length] === '.') return true
    }
    return false
  }

  /** A copy, to tell what came before from what comes now. */
  copy(): { readonly outs: ReadonlySet<string>; readonly origins: ReadonlySet<string> } {
    return {
      outs: new Set(this.#outs.slice(0, this.#count)),
      origins: new Set(this.#origins.slice(0, this.#count)),
    }
  }
}

const fewest = 64

function isAmong(
  paths: readonly string[],
  hashes: readonly number[],
  count: number,
  path: string,
  hash: number,
): boolean {
  for (let index = 0; index < count; index++) {
    if (hashes[index] === hash && paths[index] === path) return true
  }
  return false
}

/** A path's hash of 30 bits, which an engine keeps as a small integer. */
export function hashPath(path: string): number {
  let hash = 0
  for (let index = 0; index < path.length; index++) {
    hash = (Math.imul(hash, 31) + path.charCodeAt(index)) | 0
  }
  return (hash ^ (hash >>> 15)) & 0x3fffffff
}

/** The bit of a path in {@link TakenPaths.outBits}. */
export function bitOf(hash: number): number {
  return 1 << (hash & 31)
}
