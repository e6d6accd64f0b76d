import type { ContextSpan } from '../context/scope.js'
import type { Redaction } from '../redaction/types.js'
import type { Bindings } from './bindings.js'
import type { LineSettings } from './core.js'
import type { Correlation } from './correlation.js'
import type { Serializers } from './frame.js'

/** What a user has put in the way of a line, resolved when a logger or child is made. */
export interface Detours {
  readonly mixin: ((object: object, level: number, logger: object) => object) | undefined
  readonly merge: ((object: object, mixin: object) => object) | undefined
  readonly log: ((object: object) => object) | undefined
  readonly streamWrite: ((line: string) => string) | undefined
  /** The serializers that need not be asked: pino's own one for errors, for which ours stands. */
  readonly plainSerializers: unknown
}

/** Per logger and child: what differs between them. */
export interface LineState {
  readonly writer: LineWriter
  readonly bindings: Bindings
  /** A span that this logger's lines belong to, unless the active one was begun under it. */
  readonly span: ContextSpan | undefined
  readonly detours: Detours
}

/** What only some lines have beside their fields and message. */
export interface LineExtras {
  readonly serializers: Serializers | undefined
  /** The ids to write under, where they are not those of the active span. */
  readonly ids: Correlation | undefined
  /** The record is the library's own: it may say what a caller's may not. */
  readonly own: boolean
  /** The result of a user's mixin. */
  readonly mixin: object | undefined
  /** Arguments that no placeholder of the message took. */
  readonly rest: readonly unknown[] | undefined
}

/** A shape of lines: json and pino's own, or ECS. */
export interface LineWriter {
  readonly settings: LineSettings
  /**
   * One whole line with its end. Throws nothing that a value could cause.
   *
   * @param head - The level's part of the line's start, as {@link LineWriter.head} made it.
   */
  line(
    state: LineState,
    head: string,
    object: object | null,
    message: string | undefined,
    extras: LineExtras | undefined,
  ): string
  /** Fields to be put on many lines, as this shape keeps them. */
  bind(fields: object, serializers: Serializers | undefined): Bindings
  /** The same shape of lines with another redaction. */
  withRedaction(redaction: Redaction): LineWriter
  /**
   * The same shape of lines, where these names too are the logger's own.
   *
   * @param names - What a user's level formatter writes.
   */
  owning(names: readonly string[]): LineWriter
  /** Takes over bindings that another writer has made. */
  adopt(bindings: Bindings): void
  /** A line's start for a level, from the label and number or a user's own level formatter. */
  head(level: object, label: string): string
}
