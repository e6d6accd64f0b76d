/** How much of a value is written; see `LineLimits` of the logger for the defaults' meaning. */
export interface SerializeLimits {
  readonly stringLength: number
  readonly depth: number
  readonly keys: number
  readonly items: number
  readonly nodes: number
  /** UTF-16 units of output after which the rest is only marked. */
  readonly length: number
}

export const defaultLimits: SerializeLimits = Object.freeze({
  stringLength: 8_192,
  depth: 10,
  keys: 200,
  items: 200,
  nodes: 5_000,
  length: 65_536,
})

/** Strings above this are named by their length: looking into one makes the engine flatten a rope of any size. */
export const unreadLength = 1_048_576

/** Looked at beyond a cut, so that a secret across the edge is recognised before it is cut. */
export const cutOverlap = 1_024

/** Causes followed from one error, and members of one AggregateError. */
export const mostCauses = 8
export const mostAggregated = 10
/** Errors of one record, causes and members together: the engine makes the text of each stack when it is first read. */
export const mostErrors = 32

/** Length of a key before it is cut. */
export const keyLength = 256

/** Digits of a BigInt that are printed. */
export const bigintDigits = 64
