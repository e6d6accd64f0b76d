import type { SerializeLimits } from '../redaction/limits.js'
import type { Redaction } from '../redaction/types.js'

/** What is counted over a logger and all its children. */
export class Counters {
  lines = 0
  dropped = 0
  shadowed = 0
  truncated = 0
  faults = 0
  /** Records that stand in the number of a summary. */
  heldBack = 0
  /** Lines by pino's number of their level, but for those that must arrive. */
  readonly byLevel: number[] = []
  /** Security events by name. */
  readonly events: Record<string, number> = {}
}

/**
 * How far calls go that a call itself makes, by a getter, a mixin, a hook or a destination that logs: beyond, what makes
 * them is left out, so that one call never becomes thousands.
 */
export const deepest = 8

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
  /** Under which name the time is written. */
  readonly timeKey: string
  readonly counters: Counters
  /** Lines are numbered when they are handed over. */
  readonly sequence?: boolean | undefined
  /** Whether a line is one too many of the same. */
  readonly holdsBack?: ((instance: object, level: number, line: string) => boolean) | undefined
}
