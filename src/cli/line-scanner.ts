/** Cuts chunks of bytes into lines. */
export interface LineScanner {
  push(chunk: Buffer): void
  /** The last line, where it has no end. */
  end(): void
  /** Lines that were longer than a line may be, and were left out. */
  readonly tooLong: number
}

const newline = 10

/** In bytes. A logger writes lines of 64 KiB at most; others do not know such a limit. */
const longestLine = 16 * 1024 * 1024

/**
 * Makes a scanner that hands on every line, or only those that hold the bytes of `needle`: a search for bytes costs a
 * hundredth of parsing a line.
 *
 * @param handle - Gets a line without its end. Blank lines are left out.
 */
export function createLineScanner(handle: (line: string) => void, needle?: string): LineScanner {
  const sought = needle === undefined ? undefined : Buffer.from(needle)
  let partial: Buffer[] = []
  let partialLength = 0
  /** Inside of a line that is too long. */
  let skipping = false
  let tooLong = 0

  const emit = (bytes: Buffer, from: number, to: number): void => {
    const end = to > from && bytes[to - 1] === 13 ? to - 1 : to
    if (end > from) handle(bytes.toString('utf8', from, end))
  }

  const scanAll = (bytes: Buffer, from: number, to: number): void => {
    for (let start = from; start < to; ) {
      const found = bytes.indexOf(newline, start)
      const end = found === -1 || found > to ? to : found
      emit(bytes, start, end)
      start = end + 1
    }
  }

  const scanFor = (needle: Buffer, bytes: Buffer, from: number, to: number): void => {
    for (let at = bytes.indexOf(needle, from); at !== -1 && at < to; ) {
      const start = Math.max(bytes.lastIndexOf(newline, at) + 1, from)
      const found = bytes.indexOf(newline, at)
      const end = found === -1 || found > to ? to : found
      emit(bytes, start, end)
      at = bytes.indexOf(needle, end)
    }
  }

  const scan = (bytes: Buffer, from: number, to: number): void => {
    if (sought === undefined) scanAll(bytes, from, to)
    else scanFor(sought, bytes, from, to)
  }

  const keep = (bytes: Buffer): void => {
    if (bytes.length === 0 || skipping) return
    partialLength += bytes.length
    if (partialLength <= longestLine) {
      // A copy: a view would hold the whole chunk.
      partial.push(Buffer.from(bytes))
      return
    }
    forget()
    skipping = true
    tooLong += 1
  }

  const forget = (): void => {
    partial = []
    partialLength = 0
  }

  return {
    get tooLong() {
      return tooLong
    },
    push(chunk) {
      const last = chunk.lastIndexOf(newline)
      if (last === -1) return keep(chunk)
      let from = 0
      if (partialLength > 0 || skipping) {
        const first = chunk.indexOf(newline)
        keep(chunk.subarray(0, first))
        const line = Buffer.concat(partial)
        forget()
        skipping = false
        scan(line, 0, line.length)
        from = first + 1
      }
      scan(chunk, from, last)
      keep(chunk.subarray(last + 1))
    },
    end() {
      const line = Buffer.concat(partial)
      forget()
      scan(line, 0, line.length)
    },
  }
}
