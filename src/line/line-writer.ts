import type { ContextSpan } from '../context/scope.js'
import type { Redaction } from '../redaction/types.js'
import type { Bindings } from './bindings.js'
import type { LineSettings } from './core.js'
import type { Correlation } from './correlation.js'
import type { Serializers } from './frame.js'

/** What one line is made of. */
export interface LineInput {
  /** pino's numeric level. */
  readonly level: number
  /** The level's part of the line's start, as pino keeps it per level: `{"level":"info"`. */
  readonly head: string
  readonly object: object | null
  readonly message: string | undefined
  readonly bindings: Bindings
  readonly serializers: Serializers | undefined
  /** The ids to write under, where they are not those of the active span. */
  readonly ids: Correlation | undefined
  /** The result of a user's mixin. */
  readonly mixin: object | undefined
  /** The record is the library's own: of a span, say. */
  readonly own: boolean
  /** Arguments that no placeholder of the message took. */
  readonly rest: readonly unknown[] | undefined
}

/** A shape of lines: json and pino's own, or ECS. */
export interface LineWriter {
  readonly settings: LineSettings
  /** One whole line with its end. Throws nothing that a value could cause. */
  line(input: LineInput): string
  /** Fields to be put on many lines, as this shape keeps them. */
  bind(fields: object, serializers: Serializers | undefined): Bindings
  /** The same shape of lines with another redaction. */
  withRedaction(redaction: Redaction): LineWriter
  /** A line's start for a level, from the label and number or a user's own level formatter. */
  head(level: object): string
}

/** Per logger and child: what differs between them. */
export interface LineState {
  readonly writer: LineWriter
  readonly bindings: Bindings
  /** A span that this logger's lines belong to whatever is active. */
  readonly span: ContextSpan | undefined
}
