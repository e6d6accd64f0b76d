/** Bits of {@link scan}'s answer. */
export const scanBits = {
  /** Nothing to do: the text can be put between quotes as it is. */
  clean: 0,
  /** Some character must be escaped in JSON (quote, backslash, C0, DEL, C1, U+2028/9, bidi control, lone surrogate). */
  escape: 1,
  /**
   * Some value rule may match: the text must pass {@link Redaction.text}. The rest of the text is not looked at then, so
   * `escape` is set too.
   */
  suspect: 2,
} as const

/** What the name of a key says about the values under it. */
export interface KeyVerdict {
  /** The rule that fired, as it is counted. */
  readonly rule: string
  /**
   * `branch`: whatever stands under the key is masked whole; `scalar`: only strings and numbers, and arrays of them;
   * `text`: only strings; `opaque`: only strings that look like a token. Asked through `verdictMasks`.
   */
  readonly scope: 'branch' | 'scalar' | 'text' | 'opaque'
  /** The name is in the plural: a number under it counts them. */
  readonly plural?: true
}

/** A state of the compiled pino paths; `undefined` where no path leads on. */
export interface PathState {
  /** The state after this key (or array index), of all paths that match so far. */
  next(key: string): PathState | undefined
  /** A path ends here: the value is censored. */
  readonly ends: boolean
}

/** Given by a censor that removes the key altogether. */
export const removed: unique symbol = Symbol('seclog.removed')

/**
 * The compiled rules of one logger or redactor, as the serializer asks them. Nothing here throws: it fails closed.
 */
export interface Redaction {
  /**
   * Every text must pass {@link Redaction.text}, whatever {@link scan} says: PII rules, patterns of the user's own, or registered
   * secrets are on. Changes when secrets are registered.
   */
  readonly eager: boolean
  /**
   * Safe text: every value rule and registered secret applied. Linear in the length; `text` when nothing matched.
   *
   * @param bits - What {@link scan} has said of it, where it has been asked.
   */
  text(text: string, bits?: number): string
  /** Whether values under this key are masked; cached per key. */
  key(name: string): KeyVerdict | undefined
  /** The rule that a number breaks (a card number), if any. */
  number(value: number | bigint): string | undefined
  /** What is written in place of a value that a rule masks; counts the rule. */
  censor(value: unknown, rule: string, path?: readonly string[]): unknown | typeof removed
  /** The compiled pino paths, if there are any. */
  readonly paths: PathState | undefined
  /** How often each rule fired; no matched text is kept. */
  readonly counts: Readonly<Record<string, number>>
}
