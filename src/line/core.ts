import type { SerializeLimits } from '../redaction/limits.js'
import type { KeyVerdict, Redaction } from '../redaction/types.js'

/** What is counted over a logger and all its children. */
export class Counters {
  lines = 0
  dropped = 0
  shadowed = 0
  truncated = 0
  faults = 0
}

/** What one look at a key's name found; kept per name, since the same names come with every line. */
export interface KeyInfo {
  /** `,"key":` */
  readonly prefix: string
  /** `,"key":"`, to which clean text is added as it is. */
  readonly quoted: string
  /** Whether the key needs more than its value being written. */
  readonly special: boolean
  /** The logger writes this name itself. */
  readonly own: boolean
  readonly verdict: KeyVerdict | undefined
  /** The name as it is written differs from the name as it was given. */
  readonly altered: boolean
}

/** How a logger's lines are written: made once at construction, and anew for a child with a redaction of its own. */
export interface LineSettings {
  readonly redaction: Redaction
  readonly limits: SerializeLimits
  /** Bytes of one line. */
  readonly lineBytes: number
  readonly messageKey: string
  readonly errorKey: string
  readonly nestedKey: string | undefined
  /** Levels are written as pino's numbers. */
  readonly numericLevel: boolean
  /** Under which name a logger's `name` is written. */
  readonly nameKey: string
  /** The names that only the logger writes. */
  readonly ownNames: ReadonlySet<string>
  /** `}` and the line's end. */
  readonly end: string
  readonly counters: Counters
}
