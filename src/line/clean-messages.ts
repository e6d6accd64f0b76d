import { scan, scanVersion } from '../redaction/scan.js'

const slots = 256
const longest = 256

/**
 * Messages that were found clean. Most are literals of the program, so that most calls find theirs by a comparison of pointers;
 * one that is not there costs the look at its slot beside the scan that it needs anyway (see bench/).
 */
export class CleanMessages {
  private readonly known: (string | undefined)[] = new Array(slots).fill(undefined)
  private version = scanVersion()

  /** Whether nothing in a message must be masked or escaped. */
  has(message: string): boolean {
    const { length } = message
    if (length === 0 || length > longest) return scan(message) === 0
    if (this.version !== scanVersion()) this.forget()
    const slot =
      (length * 7 + message.charCodeAt(0) * 31 + message.charCodeAt(length >> 1)) & (slots - 1)
    if (this.known[slot] === message) return true
    if (scan(message) !== 0) return false
    this.known[slot] = message
    return true
  }

  private forget(): void {
    this.version = scanVersion()
    this.known.fill(undefined)
  }
}
